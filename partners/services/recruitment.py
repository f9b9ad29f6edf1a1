"""How a vendor takes applications: its rules and its forms. Each change of a form is a new version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from partners.models import ApplicationForm, FormVersion, FormVisits, RecruitmentSettings
from partners.recruitment.codes import pattern_clean
from partners.recruitment.defaults import DEFAULTS, definition_of
from partners.recruitment.fields import definition_clean
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit

BEGIN = Actor.system("recruitment")
SLUG = re.compile(r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$")
RESERVED = frozenset({"a", "again", "files"})
CHANGEABLE = frozenset(
    {"opens", "closes", "days_off", "code_pattern", "draft_days", "answer_days", "erase_days", "embed_origins",
     "locator_is_open"}
)  # fmt: skip


@transaction.atomic
def recruitment_settings_change(*, actor: Actor, **changes: Any) -> RecruitmentSettings:
    """Change some of `CHANGEABLE`. Raises `Invalid` with `fields`."""
    actor.require(Right.RECRUITMENT_EDIT)
    if unknown := set(changes) - CHANGEABLE:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    RecruitmentSettings.objects.get_or_create(tenant=require_tenant())
    settings = RecruitmentSettings.objects.select_for_update().get()
    if "code_pattern" in changes:
        changes["code_pattern"] = pattern_clean(changes["code_pattern"])
    if "embed_origins" in changes:
        changes["embed_origins"] = origins_clean(changes["embed_origins"])
    before = {name: getattr(settings, name) for name in changes}
    for name, value in changes.items():
        setattr(settings, name, value)
    try:
        settings.clean_fields(exclude=["tenant"])
        settings.validate_constraints(exclude=["tenant"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    settings.save(update_fields=list(changes))
    differing = {name: str(value) for name, value in changes.items() if before[name] != value}
    if differing:
        record(actor, "partners.recruitment.changed", settings, differing)
    return settings


def origins_clean(given: Sequence[str]) -> list[str]:
    """Origins such as https://www.example.com: they go into a header, so nothing else may stand there."""
    kept = []
    for text in dict.fromkeys(one.strip().rstrip("/").lower() for one in given if one.strip()):
        parts = urlsplit(text)
        host = parts.hostname or ""
        plain = f"{parts.scheme}://{parts.netloc}"
        if (
            parts.scheme not in {"http", "https"}
            or plain != text
            or not re.fullmatch(r"[a-z0-9.-]+(:\d+)?", parts.netloc)
        ):
            problem = _("“%(text)s” is not an address such as https://www.example.com.") % {"text": text[:100]}
            raise Invalid(fields={"embed_origins": [problem]})
        if parts.scheme == "http" and host != "localhost" and not host.endswith(".localhost"):
            raise Invalid(fields={"embed_origins": [_("Only sites with https may embed pages.")]})
        kept.append(text)
    return kept


@transaction.atomic
def forms_begin(*, actor: Actor = BEGIN) -> None:
    """Give a vendor that has no form the ones everybody begins with. Two who come first at once make one set."""
    if ApplicationForm.objects.exists():
        return
    for position, (slug, given) in enumerate(DEFAULTS.items()):
        form, is_new = ApplicationForm.objects.get_or_create(
            slug=slug, defaults={"partner_type": given["type"], "position": position}
        )
        if is_new:
            _version(actor, form, definition_clean(definition_of(slug)), number=1)


@transaction.atomic
def form_create(
    *, actor: Actor, slug: str, partner_type: str, definition: Mapping[str, Any], is_open: bool = True
) -> ApplicationForm:
    """A form for one more type of partner. Raises `Invalid` with `fields`, `Conflict` when the address is taken."""
    actor.require(Right.RECRUITMENT_EDIT)
    slug = slug.strip().lower()
    if not SLUG.match(slug) or slug in RESERVED:
        raise Invalid(fields={"slug": [_("Two to forty lower-case letters, digits and hyphens.")]})
    clean = definition_clean(definition)
    form = ApplicationForm(
        slug=slug, partner_type=_type(partner_type), is_open=is_open, position=ApplicationForm.objects.count()
    )
    try:
        with transaction.atomic():
            form.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a form at this address already.")
        raise Conflict(text, code="slug_taken", fields={"slug": [text]}) from error
    _version(actor, form, clean, number=1)
    return form


@transaction.atomic
def form_save(
    *, actor: Actor, form_id: UUID, partner_type: str, definition: Mapping[str, Any], is_open: bool = True
) -> ApplicationForm:
    """Change a form: what it asks is a new version, and who has begun is asked as before. Raises `Invalid`."""
    actor.require(Right.RECRUITMENT_EDIT)
    form = ApplicationForm.objects.select_for_update().filter(pk=form_id).first()
    if form is None:
        raise NotFound
    clean = definition_clean(definition)
    newest = form.versions.order_by("-number").first()
    number = newest.number if newest else 0
    form.partner_type, form.is_open = _type(partner_type), is_open
    form.save(update_fields=["partner_type", "is_open"])
    record(actor, "partners.recruitment.form_saved", form, {"is_open": is_open, "type": form.partner_type})
    if newest is None or newest.definition != clean:
        _version(actor, form, clean, number=number + 1)
    return form


def _version(actor: Actor, form: ApplicationForm, definition: dict[str, Any], *, number: int) -> FormVersion:
    version: FormVersion = FormVersion.objects.create(
        form=form, number=number, definition=definition, saved_by_label=actor.label[:254]
    )
    record(actor, "partners.recruitment.form_version", form, {"version": number})
    emit("partners.recruitment.form_changed", {"form_id": str(form.pk), "version": number})
    return version


def visit_count(*, form_id: UUID) -> None:
    """One more browser has opened the form today. Who it was is not known here."""
    today = clock.today(require_tenant())
    table = FormVisits._meta.db_table
    made = FormVisits(form_id=form_id, day=today, count=1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, tenant_id, created_at, form_id, day, count) VALUES (%s, %s, now(), %s, %s, 1)"  # noqa: S608
            f" ON CONFLICT (tenant_id, form_id, day) DO UPDATE SET count = {table}.count + 1",
            [made.pk, made.tenant_id, form_id, today],
        )


def next_code_number() -> tuple[str, int]:
    """The vendor's pattern and the next running number of partner codes; the row is held until the code is used."""
    RecruitmentSettings.objects.get_or_create(tenant=require_tenant())
    settings = RecruitmentSettings.objects.select_for_update().get()
    settings.last_number += 1
    settings.save(update_fields=["last_number"])
    return settings.code_pattern, settings.last_number


def _type(text: str) -> str:
    kept = text.strip()[:100]
    if not kept:
        raise Invalid(fields={"partner_type": [_("Please say what its partners become.")]})
    return kept
