"""What companies can be recognised by, as rows that an index finds; and who shares any of it with an application.

Keys of applications are written when they are sent. Those of partners are made of their names and profiles whenever
these have changed: a fingerprint tells which partners that are, in one statement, however they were changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from partners.models import Application, CompanyKey, Partner, PartnerProfile
from partners.recruitment.checks import BAD, check_company, domain_of, phone_of
from partners.recruitment.names import core_key, name_key
from partners.recruitment.words import PUBLIC_MAIL
from partners.states.applications import APPLICATION_OPEN, KeyKind
from prm.db.scope import require_tenant_id

BATCH = 2000
MOST = 320

STALE = f"""
    WITH told AS (
        SELECT p.id, p.name, p.legal_name, p.country, coalesce(f.website, '') AS website, coalesce(f.phone, '') AS phone
        FROM {Partner._meta.db_table} p
        LEFT JOIN {PartnerProfile._meta.db_table} f ON f.tenant_id = p.tenant_id AND f.partner_id = p.id
        WHERE p.tenant_id = %s
    ), stamped AS (
        SELECT told.*, md5(concat_ws(chr(10), name, legal_name, country, website, phone)) AS stamp FROM told
    )
    SELECT id, name, legal_name, country, website, phone, stamp FROM stamped
    WHERE NOT EXISTS (
        SELECT FROM {CompanyKey._meta.db_table} k
        WHERE k.tenant_id = %s AND k.partner_id = stamped.id AND k.kind = 'stamp' AND k.value = stamped.stamp)
"""  # noqa: S608 (names of tables)

MATCHES = f"""
    SELECT found.partner_id, found.application_id, array_agg(DISTINCT found.kind)
    FROM {CompanyKey._meta.db_table} own
    JOIN {CompanyKey._meta.db_table} found
      ON found.tenant_id = own.tenant_id AND found.kind = own.kind AND found.value = own.value
    LEFT JOIN {Application._meta.db_table} a ON a.tenant_id = found.tenant_id AND a.id = found.application_id
    WHERE own.tenant_id = %s AND own.application_id = %s AND own.kind <> 'stamp'
      AND found.application_id IS DISTINCT FROM own.application_id
      AND (found.partner_id IS NOT NULL OR a.status = ANY(%s))
    GROUP BY found.partner_id, found.application_id
"""  # noqa: S608 (names of tables)


def partner_keys_refresh() -> int:
    """Make the keys of partners that say something else of themselves than when theirs were made; returns how many.

    May run twice at once. What was learnt otherwise, from an application, stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(STALE, [require_tenant_id(), require_tenant_id()])
        stale = cursor.fetchall()
    for start in range(0, len(stale), BATCH):
        part = stale[start : start + BATCH]
        kinds = [KeyKind.NAME, KeyKind.CORE, KeyKind.STAMP]
        CompanyKey.objects.filter(partner__in=[row[0] for row in part], kind__in=kinds).delete()
        _write(CompanyKey(partner_id=row[0], kind=kind, value=value) for row in part for kind, value in _told(*row[1:]))
    return len(stale)


def _told(*told: str) -> set[tuple[KeyKind, str]]:
    name, legal_name, country, website, phone, stamp = told
    domain = domain_of(website)
    own = {(KeyKind.DOMAIN, domain if domain not in PUBLIC_MAIL else ""), (KeyKind.PHONE, phone_of(phone, country))}
    return {(KeyKind.STAMP, stamp), *_names([name, legal_name]), *((kind, value) for kind, value in own if value)}


def application_keys_write(application: Application) -> None:
    """The keys of what an application says of its company, in place of earlier ones."""
    CompanyKey.objects.filter(application=application).delete()
    found = keys_of(application.answers | {"email": application.email})
    _write(CompanyKey(application=application, kind=kind, value=value) for kind, value in found)


def partner_keys_learn(*, application: Application, partner_id: UUID) -> None:
    """What an approved application says of its company is known of the partner from now on."""
    found = {(kind, value) for kind, value in keys_of(application.answers | {"email": application.email})
             if kind not in (KeyKind.NAME, KeyKind.CORE)}  # fmt: skip
    _write(CompanyKey(partner_id=partner_id, kind=kind, value=value) for kind, value in found)


def matches_of(application: Application) -> list[tuple[UUID | None, UUID | None, list[str]]]:
    """(partner, other application, kinds of keys they share), for partners and open applications."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHES, [require_tenant_id(), application.pk, [str(state) for state in APPLICATION_OPEN]])
        rows = cursor.fetchall()
    order = list(KeyKind.values)
    return [(partner, other, sorted(kinds, key=order.index)) for partner, other, kinds in rows]


def keys_of(answers: Mapping[str, Any]) -> set[tuple[KeyKind, str]]:
    """What an applicant's answers can be recognised by."""
    found = set(_names([str(answers.get("legal_name") or ""), str(answers.get("other_name") or "")]))
    kinds = {
        "tax_id": KeyKind.TAX_ID,
        "website": KeyKind.DOMAIN,
        "phone": KeyKind.PHONE,
        "contact_phone": KeyKind.PHONE,
    }
    for check in check_company(answers):
        if check.level != BAD and check.value and check.field in kinds:
            found.add((kinds[check.field], check.value))
    mail = domain_of(str(answers.get("email") or ""))
    if mail and mail not in PUBLIC_MAIL:
        found.add((KeyKind.DOMAIN, mail))
    return {(kind, value[:MOST]) for kind, value in found if value}


def _names(names: Iterable[str]) -> Iterator[tuple[KeyKind, str]]:
    for name in names:
        if name.strip():
            keys = ((KeyKind.NAME, name_key(name)), (KeyKind.CORE, core_key(name)))
            yield from ((kind, value[:MOST]) for kind, value in keys if value)


def _write(rows: Iterable[CompanyKey]) -> None:
    CompanyKey.objects.bulk_create(list(rows), batch_size=BATCH, ignore_conflicts=True)
