"""Making an agreement: drafted from a template, edited, sent, given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.agreement_pdf import document_pdf
from partners.agreement_values import last_day_of, missing_in, texts_of
from partners.locks import hold
from partners.models import (
    Agreement,
    AgreementDocument,
    AgreementSigner,
    AgreementTemplate,
    AgreementTemplateVersion,
    Partner,
)
from partners.policies.agreements import require_agreements_edit
from partners.selectors.signing import provider_in_use
from partners.services.agreement_content import entitlements_read, known_variables, term_check, texts_check
from partners.services.agreement_steps import agreement_locked, ask_next, invite, locked, release_all, step, tell
from partners.signing import BUILT_IN
from partners.states.agreements import (
    IN_FORCE,
    OUT,
    SIGNER_ASKED,
    AgreementKind,
    AgreementStatus,
    AmendmentEffect,
    SignerSide,
    TemplateVersionStatus,
)
from partners.states.partner import PartnerStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.files.services import file_store
from prm.identity.actor import Actor

EDITABLE = frozenset(
    {"title_en", "title_zh", "body_en", "body_zh", "values", "entitlements", "starts_on", "term_months",
     "renewal_notice_days", "auto_renew"}
)  # fmt: skip
COPIED = ("title_en", "title_zh", "body_en", "body_zh", "entitlements", "term_months", "renewal_notice_days")
People = Sequence[Mapping[str, Any]]
LANGUAGES_OF = {"CN": "zh-hans"}
"""In which language a signer is written to whose own is not known; elsewhere in the vendor's."""


@transaction.atomic
def agreement_draft(
    *,
    actor: Actor,
    partner_id: UUID,
    template_id: UUID,
    starts_on: dt.date | None = None,
    values: Mapping[str, str] | None = None,
    signers: People = (),
) -> Agreement:
    """A draft from the template's published version. Emits `partners.agreement.drafted`.

    `signers` are {name, email, language} in the order of the template's roles; who is missing is named before sending.
    Raises `NotFound`, and `Conflict` for a template that is retired or has no published version.
    """
    require_agreements_edit(actor)
    partner = Partner.objects.filter(pk=partner_id).first()
    template = AgreementTemplate.objects.filter(pk=template_id).first()
    if partner is None or template is None:
        raise NotFound
    version = published_of(template)
    day = starts_on or clock.today(require_tenant())
    return _drafted(actor, partner, version, signers, starts_on=day, values=dict(values or {}))


@transaction.atomic
def agreement_amend(*, actor: Actor, agreement_id: UUID, template_id: UUID, effect: str) -> Agreement:
    """A draft that adds to an agreement in force, or takes its place. Raises `StateError`, `Conflict`."""
    before = _followed(actor, agreement_id)
    if effect not in AmendmentEffect.values:
        raise Invalid(fields={"effect": [_("Say what the amendment does.")]})
    template = AgreementTemplate.objects.filter(pk=template_id).first()
    if template is None:
        raise NotFound
    draft = _drafted(
        actor, before.partner, published_of(template), signers_of(before), starts_on=clock.today(require_tenant()),
        values=before.values, kind=AgreementKind.AMENDMENT, predecessor=before, effect=effect,
    )  # fmt: skip
    if effect == AmendmentEffect.EXTENDS:
        draft.term_months, draft.auto_renew, draft.ends_on = None, False, before.active_to
        draft.save(update_fields=["term_months", "auto_renew", "ends_on"])
    return draft


@transaction.atomic
def agreement_renew(*, actor: Actor, agreement_id: UUID) -> Agreement:
    """A draft from the present version of the template, for the day after the end of the agreement in force."""
    before = _followed(actor, agreement_id)
    today = clock.today(require_tenant())
    starts_on = before.active_to + dt.timedelta(days=1) if before.active_to else today
    version = published_of(before.version.template)
    return _drafted(
        actor, before.partner, version, signers_of(before), starts_on=starts_on, values=before.values,
        kind=AgreementKind.RENEWAL, predecessor=before,
    )  # fmt: skip


@transaction.atomic
def agreement_update(*, actor: Actor, agreement_id: UUID, signers: People | None = None, **changes: Any) -> Agreement:
    """Change a draft: some of `EDITABLE`, and who signs. Raises `StateError` once it was sent, `Invalid`."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if agreement.status != AgreementStatus.DRAFT:
        raise StateError(_("%(number)s was sent; its text stays as it is.") % {"number": agreement})
    if unknown := set(changes) - EDITABLE:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    for name, value in changes.items():
        setattr(agreement, name, value)
    _check_draft(agreement)
    agreement.save(update_fields=[*changes, "ends_on", "entitlements", "updated_at"])
    if signers is not None:
        _name_signers(agreement, signers)
    record(actor, "partners.agreement.edited", agreement, {"changed": sorted(changes)})
    return agreement


@transaction.atomic
def agreement_send(*, actor: Actor, agreement_id: UUID) -> Agreement:
    """Freeze the text, make its paper, ask the first signer. Emits `partners.agreement.sent`.

    Raises `Invalid` for what is missing, `StateError` when it was sent before or the partnership has ended.
    """
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if agreement.partner.status == PartnerStatus.ENDED:
        raise StateError(_("The partnership with %(name)s has ended.") % {"name": agreement.partner.name})
    if agreement.predecessor_id and agreement.predecessor and not _may_follow(agreement):
        raise StateError(_("%(number)s is no longer in force.") % {"number": agreement.predecessor})
    if agreement.status == AgreementStatus.DRAFT:
        _freeze(actor, agreement)
    step(actor, agreement, "send", "sent")
    if agreement.provider == BUILT_IN:
        ask_next(actor, agreement)
    else:
        tell(agreement, "handed_over")
    return agreement


@transaction.atomic
def agreement_void(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """Give it up before it is in force. Links in the hands of signers end. Emits `partners.agreement.voided`."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    reason_set(agreement, reason)
    release_all(actor, agreement)
    step(actor, agreement, "void", "voided", agreement.end_reason, envelope=agreement.envelope)
    return agreement


@transaction.atomic
def agreement_resend(*, actor: Actor, agreement_id: UUID) -> AgreementSigner:
    """Ask whoever is asked again; a new link ends the old one. Raises `StateError` when nobody is asked."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    signer: AgreementSigner | None = agreement.signers.filter(status__in=SIGNER_ASKED).first()
    if signer is None or agreement.status not in {*OUT, AgreementStatus.SIGNED}:
        raise StateError(_("Nobody is asked to sign at the moment."))
    invite(agreement, signer)
    record(actor, "partners.agreement.resent", agreement, {"signer": str(signer)})
    return signer


@transaction.atomic
def agreement_signer_change(*, actor: Actor, agreement_id: UUID, position: int, name: str, email: str) -> Agreement:
    """Somebody else signs in a partner's place that has not signed yet; the link of the first one ends."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    rows = agreement.signers.filter(position=position, side=SignerSide.PARTNER).select_for_update()
    signer = rows.first()
    if signer is None:
        raise NotFound
    if agreement.status not in {AgreementStatus.DRAFT, *OUT} or signer.status not in {"waiting", *SIGNER_ASKED}:
        raise StateError(_("%(name)s can no longer be replaced.") % {"name": signer})
    if agreement.provider != BUILT_IN:
        text = _("%(number)s is at the signing service, which has asked who was named. Void it to name somebody else.")
        raise StateError(text % {"number": agreement}, code="at_service")
    before = signer.email
    signer.name, signer.email = _person(name, email)
    others = agreement.signers.exclude(pk=signer.pk).filter(side=SignerSide.PARTNER)
    if others.filter(email=signer.email).exists():
        raise Invalid(fields={"email": [_("%(email)s signs twice.") % {"email": signer.email}]})
    signer.token_hash = ""
    signer.save(update_fields=["name", "email", "token_hash"])
    record(actor, "partners.agreement.signer_changed", agreement, {"before": before, "email": signer.email})
    if signer.status in SIGNER_ASKED:
        invite(agreement, signer)
    return agreement


def published_of(template: AgreementTemplate) -> AgreementTemplateVersion:
    """The version that agreements are made from. Raises `Conflict`."""
    if template.is_retired:
        raise Conflict(_("“%(name)s” is retired.") % {"name": template}, code="template_retired")
    versions = template.versions.filter(status=TemplateVersionStatus.PUBLISHED)
    version: AgreementTemplateVersion | None = versions.order_by("-number").first()
    if version is None:
        raise Conflict(_("“%(name)s” has no published version yet.") % {"name": template}, code="not_published")
    return version


def reason_set(agreement: Agreement, reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    agreement.end_reason = reason.strip()[:500]
    agreement.save(update_fields=["end_reason"])


def signers_of(agreement: Agreement) -> list[dict[str, str]]:
    """The partner's people who sign, to be asked again in an agreement that follows."""
    rows = agreement.signers.filter(side=SignerSide.PARTNER).order_by("position")
    return [{"name": one.name, "email": one.email, "language": one.language} for one in rows]


def _followed(actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement in force that another one follows."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if agreement.status not in IN_FORCE and agreement.status != AgreementStatus.EXPIRED:
        raise StateError(_("%(number)s is not in force.") % {"number": agreement})
    return agreement


def _may_follow(agreement: Agreement) -> bool:
    before = agreement.predecessor
    assert before is not None  # noqa: S101 (the caller has looked)
    if agreement.kind == AgreementKind.RENEWAL:
        return before.status in {*IN_FORCE, AgreementStatus.EXPIRED}
    return before.status in IN_FORCE


def _drafted(
    actor: Actor,
    partner: Partner,
    version: AgreementTemplateVersion,
    signers: People,
    *,
    starts_on: dt.date,
    values: Mapping[str, str],
    **more: Any,
) -> Agreement:
    hold("agreements")
    number = (Agreement.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    agreement = Agreement(
        number=number, partner=partner, version=version, starts_on=starts_on, auto_renew=version.auto_renew,
        values=dict(values), created_by_label=actor.label[:254], **more,
        **{name: getattr(version, name) for name in COPIED},
    )  # fmt: skip
    _check_draft(agreement)
    agreement.save(force_insert=True)
    roles = [*((role, SignerSide.PARTNER) for role in version.signers), (version.vendor_signer, SignerSide.VENDOR)]
    AgreementSigner.objects.bulk_create(
        AgreementSigner(
            agreement=agreement, position=place, side=side, role_en=role["en"], role_zh=role["zh"]
        )
        for place, (role, side) in enumerate(roles, start=1)
    )  # fmt: skip
    _name_signers(agreement, signers)
    record(actor, "partners.agreement.drafted", agreement, {"template": str(version), "partner": partner.code})
    tell(agreement, "drafted")
    return locked(agreement.pk)


def _check_draft(agreement: Agreement) -> None:
    known = known_variables(agreement.version.fields)
    texts = {name: getattr(agreement, name) for name in ("title_en", "title_zh", "body_en", "body_zh")}
    faults = texts_check(texts, known)
    term, notice = agreement.term_months, agreement.renewal_notice_days
    faults |= term_check(term, notice, auto_renew=agreement.auto_renew)
    own = {field["name"] for field in agreement.version.fields}
    agreement.values = {name: str(agreement.values[name]).strip()[:500] for name in own & set(agreement.values)}
    agreement.entitlements = entitlements_read(agreement.entitlements)
    if faults:
        raise Invalid(fields=faults)
    if agreement.effect != AmendmentEffect.EXTENDS:
        agreement.ends_on = last_day_of(agreement.starts_on, term)


def _name_signers(agreement: Agreement, people: People) -> None:
    """Names and addresses for the partner's places, in their order; empty ones are left to be filled."""
    places = list(agreement.signers.filter(side=SignerSide.PARTNER).order_by("position"))
    seen: set[str] = set()
    for place, person in zip(places, people, strict=False):
        name, email = str(person.get("name", "")).strip(), str(person.get("email", "")).strip()
        if name or email:
            place.name, place.email = _person(name, email)
        else:
            place.name = place.email = ""
        if place.email and place.email in seen:
            raise Invalid(fields={"signers": [_("%(email)s signs twice.") % {"email": place.email}]})
        seen.add(place.email)
        place.language = str(person.get("language") or LANGUAGES_OF.get(agreement.partner.country, ""))[:12]
        place.save(update_fields=["name", "email", "language"])


def _person(name: str, email: str) -> tuple[str, str]:
    address, said = email.strip().lower(), name.strip()
    if not said or len(said) > 200:
        raise Invalid(fields={"signers": [_("Give the name of each signer.")]})
    try:
        validate_email(address)
    except ValidationError as error:
        text = _("“%(email)s” is no e-mail address.") % {"email": address}
        raise Invalid(fields={"signers": [text]}) from error
    return said, address


def _freeze(actor: Actor, agreement: Agreement) -> None:
    """The document that every signature stands under."""
    nameless = agreement.signers.filter(side=SignerSide.PARTNER, email="")
    if nameless.exists():
        raise Invalid(fields={"signers": [_("Say who signs for the partner, with an e-mail address.")]})
    if missing := missing_in(agreement):
        said = _("These variables have no value yet: %(names)s.") % {"names": ", ".join(missing)}
        raise Invalid(fields={"values": [said]})
    if agreement.ends_on and agreement.ends_on < clock.today(require_tenant()):
        raise Invalid(fields={"starts_on": [_("Its term would be over already.")]})
    agreement.sent_at, agreement.provider = clock.now(), provider_in_use()
    agreement.save(update_fields=["sent_at", "provider"])
    texts = texts_of(agreement)
    paper = document_pdf(agreement, texts, list(agreement.signers.all()))
    stored = file_store(actor=actor, name=f"{agreement}.pdf", content=BytesIO(paper), purpose="agreement")
    AgreementDocument.objects.create(agreement=agreement, file=stored, sha256=stored.sha256, **texts)
