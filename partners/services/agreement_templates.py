"""Templates of agreements: written as a draft, published for good, retired when no more are to be made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.models import AgreementTemplate, AgreementTemplateVersion
from partners.policies.agreements import require_agreements_edit
from partners.services.agreement_content import (
    entitlements_read,
    fields_read,
    known_variables,
    role_read,
    roles_read,
    term_check,
    texts_check,
)
from partners.states.agreements import TEMPLATE_VERSION_TRANSITIONS, TemplateVersionStatus
from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.workflow.services import transition

CONTENT = (
    "title_en", "title_zh", "body_en", "body_zh", "fields", "entitlements", "signers", "vendor_signer", "term_months",
    "renewal_notice_days", "auto_renew",
)  # fmt: skip


@transaction.atomic
def template_create(
    *, actor: Actor, code: str, name: str, partner_type: str = "", region: str = "", is_offered: bool = True
) -> AgreementTemplate:
    """A template without a text. Raises `Invalid` with `fields`, `Conflict` when the code is taken."""
    require_agreements_edit(actor)
    template = AgreementTemplate(
        code=code.strip(), name=name.strip(), partner_type=partner_type.strip(), region=region.strip(),
        is_offered=is_offered,
    )  # fmt: skip
    _require_named(template)
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a template with this code already.")
        raise Conflict(text, code="code_taken", fields={"code": [text]}) from error
    record(actor, "partners.agreement_template.created", template, {"code": template.code})
    return template


@transaction.atomic
def template_update(
    *, actor: Actor, template_id: UUID, name: str, partner_type: str = "", region: str = "", is_offered: bool = True
) -> AgreementTemplate:
    """What the template is called and whom it fits; the code stays."""
    require_agreements_edit(actor)
    template = _locked(template_id)
    template.name, template.partner_type, template.region = name.strip(), partner_type.strip(), region.strip()
    template.is_offered = is_offered
    _require_named(template)
    template.save(update_fields=["name", "partner_type", "region", "is_offered"])
    facts = {"name": template.name, "type": template.partner_type, "region": template.region}
    record(actor, "partners.agreement_template.changed", template, facts)
    return template


@transaction.atomic
def template_retire(*, actor: Actor, template_id: UUID, is_retired: bool) -> AgreementTemplate:
    """Agreements are no longer made from it, or again. Those that were stay."""
    require_agreements_edit(actor)
    template = _locked(template_id)
    if template.is_retired != is_retired:
        template.is_retired = is_retired
        template.save(update_fields=["is_retired"])
        verb = "retired" if is_retired else "restored"
        record(actor, f"partners.agreement_template.{verb}", template)
    return template


@transaction.atomic
def template_draft_save(*, actor: Actor, template_id: UUID, content: Mapping[str, Any]) -> AgreementTemplateVersion:
    """Write the draft, a new one after the last published version. Raises `Invalid` naming each fault's place."""
    require_agreements_edit(actor)
    template = _locked(template_id)
    checked = content_checked(content)
    draft = template.versions.filter(status=TemplateVersionStatus.DRAFT).select_for_update().first()
    if draft is None:
        last = template.versions.aggregate(last=Max("number"))["last"] or 0
        draft = AgreementTemplateVersion(template=template, number=last + 1)
    for name, value in checked.items():
        setattr(draft, name, value)
    draft.save()
    record(actor, "partners.agreement_template.drafted", template, {"version": draft.number})
    return draft


@transaction.atomic
def template_publish(*, actor: Actor, template_id: UUID) -> AgreementTemplateVersion:
    """From now on agreements are made from this version. Emits `partners.agreement_template.published`."""
    require_agreements_edit(actor)
    template = _locked(template_id)
    draft = template.versions.filter(status=TemplateVersionStatus.DRAFT).select_for_update().first()
    if draft is None:
        raise Conflict(_("There is no draft to publish."), code="no_draft")
    content_checked({name: getattr(draft, name) for name in CONTENT})
    draft.published_at, draft.published_by_label = clock.now(), actor.label[:254]
    draft.save(update_fields=["published_at", "published_by_label"])
    done = "partners.agreement_template.published"
    transition(draft, "publish", table=TEMPLATE_VERSION_TRANSITIONS, actor=actor, action=done)
    emit(done, {"template_id": str(template.pk), "version_id": str(draft.pk)})
    return draft


@transaction.atomic
def template_draft_discard(*, actor: Actor, template_id: UUID) -> None:
    """Throw the draft away. Raises `Conflict` when there is none."""
    require_agreements_edit(actor)
    template = _locked(template_id)
    draft = template.versions.filter(status=TemplateVersionStatus.DRAFT).select_for_update().first()
    if draft is None:
        raise Conflict(_("There is no draft."), code="no_draft")
    number = draft.number
    draft.delete()
    record(actor, "partners.agreement_template.discarded", template, {"version": number})


@transaction.atomic
def template_import(*, actor: Actor, document: Mapping[str, Any]) -> AgreementTemplate:
    """A template with its draft, from what `template_document` gives. Raises `Invalid`, `Conflict`."""
    if not isinstance(document, dict) or not isinstance(document.get("content"), dict):
        raise Invalid(_("This is no agreement template."), fields={"file": [_("This is no agreement template.")]})
    facts = {name: str(document.get(name, "")) for name in ("code", "name", "partner_type", "region")}
    template = template_create(actor=actor, is_offered=bool(document.get("is_offered", True)), **facts)
    template_draft_save(actor=actor, template_id=template.pk, content=document["content"])
    return template


def content_checked(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a version, clean. Raises `Invalid` with every fault that was found."""
    texts = {name: str(content.get(name, "")).replace("\r\n", "\n").strip() for name in CONTENT[:4]}
    fields = fields_read(_list(content.get("fields")))
    months, notice = _number(content.get("term_months")), _number(content.get("renewal_notice_days")) or 0
    auto_renew = bool(content.get("auto_renew"))
    faults = texts_check(texts, known_variables(fields)) | term_check(months, notice, auto_renew=auto_renew)
    if faults:
        raise Invalid(fields=faults)
    vendor = content.get("vendor_signer")
    return {
        **texts, "fields": fields, "entitlements": entitlements_read(_list(content.get("entitlements"))),
        "signers": roles_read(_list(content.get("signers"))),
        "vendor_signer": role_read(vendor if isinstance(vendor, dict) else {}, "vendor_signer"), "term_months": months,
        "renewal_notice_days": notice, "auto_renew": auto_renew,
    }  # fmt: skip


def _list(value: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []


def _number(value: Any) -> int | None:
    """A whole number as typed; anything else is as good as none."""
    text = str(value if value is not None else "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _require_named(template: AgreementTemplate) -> None:
    faults = {}
    for name, most in (("code", 64), ("name", 200), ("partner_type", 100), ("region", 100)):
        value = getattr(template, name)
        if not value and name in {"code", "name"}:
            faults[name] = [_("Please fill this in.")]
        elif len(value) > most:
            faults[name] = [_("The text is longer than %(max)s characters.") % {"max": most}]
    if faults:
        raise Invalid(fields=faults)


def _locked(template_id: UUID) -> AgreementTemplate:
    template = AgreementTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise NotFound
    return template
