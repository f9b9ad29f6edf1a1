"""Certificates: awarded, revoked, expired; and the catalogue of what people can be certified in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from partners.agreement_values import months_after
from partners.models import Certificate, Certification, ExpiryWarning
from partners.policies.own import require_vendor
from partners.selectors.certificates import place_of, superseded
from partners.services.people import person_ensure
from partners.states.certificates import CERTIFICATE_TRANSITIONS, WARN_DAYS, CertificateStatus
from prm import clock
from prm.audit.services import record
from prm.db.models import TenantModel
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition_all

Upload = tuple[str, Any]
"""A name, and an open binary file."""
DETAILS = frozenset({"course", "version", "score", "issuer", "reference"})
BATCH = 500


@transaction.atomic
def certification_save(
    *, actor: Actor, code: str, name_en: str = "", name_zh: str = "", level: str, validity_months: int | None = None,
    is_active: bool = True, certification_id: UUID | None = None,
) -> Certification:  # fmt: skip
    """A certification of the catalogue, new or changed; its code stays, for programs name it.

    Raises `Invalid`, `Conflict` for a taken code.
    """
    require_vendor(actor, Right.CERTIFICATES_EDIT)
    found = Certification(code=code.strip())
    if certification_id is not None:
        locked = Certification.objects.select_for_update().filter(pk=certification_id).first()
        if locked is None:
            raise NotFound
        found = locked
    found.name_en, found.name_zh, found.level = name_en.strip(), name_zh.strip(), level
    found.validity_months, found.is_active = validity_months, is_active
    if not (found.name_en or found.name_zh):
        raise Invalid(fields={"name_en": [_("Give a name in at least one language.")]})
    _check(found)
    _save(found, {"code": [_("This code is taken.")]})
    data = {"code": found.code, "level": level, "validity_months": validity_months, "is_active": is_active}
    record(actor, "partners.certification.saved", found, data)
    return found


@transaction.atomic
def certificate_award(
    *, actor: Actor, email: str, certification: str, issued_on: dt.date, name: str = "", partner_id: UUID | None = None,
    expires_on: dt.date | None = None, evidence: Upload | None = None, **details: Any,
) -> Certificate:  # fmt: skip
    """A person has passed. Without `expires_on` it is valid for the months of the catalogue; `details` are `DETAILS`.

    Emits `partners.certificate.awarded`. Raises `Invalid`, and `Conflict` for the same certificate of the same day.
    """
    require_vendor(actor, Right.CERTIFICATES_EDIT)
    if unknown := details.keys() - DETAILS:
        raise Invalid(fields={one: [_("This cannot be changed.")] for one in sorted(unknown)})
    kind = Certification.objects.filter(code=certification, is_active=True).first()
    if kind is None:
        raise Invalid(fields={"certification": [_("There is no such certification.")]})
    _check_days(issued_on, expires_on)
    person, partner = person_ensure(actor, email=email, name=name, partner_id=partner_id)
    last_day = expires_on or _last_day(kind, issued_on)
    is_over = last_day is not None and last_day < _today()
    certificate = Certificate(
        person=person, certification=kind, issued_on=issued_on, expires_on=last_day,
        status=CertificateStatus.EXPIRED if is_over else CertificateStatus.VALID,
        awarded_by_label=actor.label[:254],
        **{key: value.strip() if isinstance(value, str) else value for key, value in details.items()},
    )  # fmt: skip
    _check(certificate)
    if evidence is not None:
        certificate.evidence = file_store(actor=actor, name=evidence[0], content=evidence[1], purpose="document")
    _save(certificate, {"issued_on": [_("This person has this certificate of this day already.")]})
    record(actor, "partners.certificate.awarded", certificate, _facts(certificate, partner.code))
    emit("partners.certificate.awarded", _payload(certificate, partner.pk, issued_on))
    return certificate


@transaction.atomic
def certificate_revoke(*, actor: Actor, certificate_id: UUID, reason: str) -> Certificate:
    """From today on it counts no more. Emits `partners.certificate.revoked`. Raises `StateError`, `Invalid`."""
    require_vendor(actor, Right.CERTIFICATES_EDIT)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("person", "certification")
    certificate = rows.filter(pk=certificate_id).first()
    if certificate is None:
        raise NotFound
    today = _today()
    transition_all(
        [certificate], "revoke", table=CERTIFICATE_TRANSITIONS, actor=actor, action="partners.certificate.revoked",
        reason=reason.strip(), revoked_on=today,
    )  # fmt: skip
    partner = place_of(certificate.person_id, today)
    emit("partners.certificate.revoked", _payload(certificate, partner.pk if partner else None, today))
    return certificate


@transaction.atomic
def certificates_expire(*, actor: Actor) -> int:
    """Note what is over. Emits `partners.certificate.expired` for each, unless it has been renewed. Returns how many.

    On which day a certificate stops counting its last day says, not this.
    """
    rows = Certificate.objects.filter(status=CertificateStatus.VALID, expires_on__lt=_today())
    return sum(_expire(actor, rows, chunk) for chunk in _chunks(rows))


def _expire(actor: Actor, rows: QuerySet[Certificate], over: list[Certificate]) -> int:
    renewed = set(rows.filter(superseded(), pk__in=[one.pk for one in over]).values_list("pk", flat=True))
    transition_all(
        over, "expire", table=CERTIFICATE_TRANSITIONS, actor=actor, action="partners.certificate.expired"
    )  # fmt: skip
    for certificate in over:
        if certificate.pk not in renewed and certificate.expires_on is not None:
            partner = place_of(certificate.person_id, certificate.expires_on)
            payload = _payload(certificate, partner.pk if partner else None, certificate.expires_on)
            emit("partners.certificate.expired", payload)
    return len(over)


@transaction.atomic
def certificates_warn(*, actor: Actor) -> int:
    """Announce the ends that are `WARN_DAYS` away, each once. Returns how many.

    Who was not told in time is told once, of the nearest of these days. Emits `partners.certificates.expiring`
    {partner_id, endings: [{certificate_id, days}]} for each partner, so that what it loses is reckoned once.
    """
    today = _today()
    first, endings = today, defaultdict[str, list[dict[str, Any]]](list)
    for due in sorted(WARN_DAYS):
        last = today + dt.timedelta(days=due)
        warned = ExpiryWarning.objects.filter(certificate=OuterRef("pk"), days__lte=due)
        near = Certificate.objects.filter(status=CertificateStatus.VALID, expires_on__range=(first, last))
        for chunk in _chunks(near.exclude(superseded()).exclude(Exists(warned))):
            for certificate in chunk:
                if _warn(actor, certificate, due):
                    partner = place_of(certificate.person_id, today)
                    one = {"certificate_id": str(certificate.pk), "days": due}
                    endings[str(partner.pk) if partner else ""].append(one)
        first = last + dt.timedelta(days=1)
    for partner_id, found in endings.items():
        emit("partners.certificates.expiring", {"partner_id": partner_id, "endings": found})
    return sum(len(found) for found in endings.values())


def _warn(actor: Actor, certificate: Certificate, days: int) -> bool:
    """False when another run was faster."""
    _warning, is_new = ExpiryWarning.objects.get_or_create(certificate=certificate, days=days)
    if is_new:
        record(actor, "partners.certificate.expiring", certificate, {"days": days})
    return is_new


def _last_day(kind: Certification, issued_on: dt.date) -> dt.date | None:
    return months_after(issued_on, kind.validity_months) if kind.validity_months else None


def _chunks(rows: QuerySet[Certificate]) -> Iterator[list[Certificate]]:
    """Until none is left: what is done with a certificate takes it out of `rows`. Two runs at once share the work."""
    own = rows.select_for_update(of=("self",), skip_locked=True)
    ordered = own.select_related("person", "certification").order_by("pk")
    while chunk := list(ordered[:BATCH]):
        yield chunk


def _check_days(issued_on: dt.date, expires_on: dt.date | None) -> None:
    if issued_on > _today():
        raise Invalid(fields={"issued_on": [_("This day is still to come.")]})
    if expires_on is not None and expires_on < issued_on:
        raise Invalid(fields={"expires_on": [_("It ends before it begins.")]})


def _check(row: TenantModel) -> None:
    try:
        row.clean_fields(exclude=["tenant", "person", "certification", "evidence"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error


def _save(row: TenantModel, taken: dict[str, list[str]]) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        text = next(iter(taken.values()))[0]
        raise Conflict(text, code="taken", fields=taken) from error


def _facts(certificate: Certificate, partner: str) -> dict[str, Any]:
    score: Decimal | None = certificate.score
    return {
        "certification": certificate.certification.code, "partner": partner,
        "issued_on": certificate.issued_on.isoformat(),
        "expires_on": certificate.expires_on.isoformat() if certificate.expires_on else "",
        "version": certificate.version, "score": "" if score is None else str(score),
    }  # fmt: skip


def _payload(certificate: Certificate, partner_id: UUID | None, since: dt.date) -> dict[str, Any]:
    return {
        "certificate_id": str(certificate.pk), "person_id": str(certificate.person_id),
        "partner_id": str(partner_id or ""), "partner_ids": [str(partner_id)] if partner_id else [],
        "since": since.isoformat(),
    }  # fmt: skip


def _today() -> dt.date:
    return clock.today(require_tenant())
