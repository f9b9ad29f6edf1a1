"""Reading agreements. A partner's people see those of their company that were sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from partners.models import (
    Agreement,
    AgreementDocument,
    AgreementSigner,
    AgreementTemplate,
    AgreementTemplateVersion,
    Partner,
    Signature,
)
from partners.policies.agreements import agreements_visible
from partners.policies.partners import visible
from partners.signature_chain import chain_holds
from partners.states.agreements import IN_FORCE, OUT, SIGNER_ASKED, UNDER_WAY, TemplateVersionStatus
from partners.states.partner import PartnerStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right

VIEWS = ("open", "waiting_vendor", "in_force", "ending", "over")
GONE = (PartnerStatus.ENDED, PartnerStatus.CONTRACTING)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is to the vendor's agreements: `signed`, the `document` that was sent, or nothing (None)."""

    agreement: Agreement | None = None
    is_signed: bool = False
    chain_holds: bool = False
    signatures: tuple[Signature, ...] = ()


def agreement_list(
    actor: Actor, *, search: str = "", status: str = "", view: str = "", partner_id: UUID | None = None,
    ending_within: int | None = None,
) -> QuerySet[Agreement]:  # fmt: skip
    """`view` is one of `VIEWS`; `ending_within` days from today; `search` looks at number, partner and title."""
    titles = AgreementDocument.objects.only("agreement", "tenant", "title_en", "title_zh")
    rows = agreements_visible(actor).select_related("partner", "version__template")
    rows = rows.prefetch_related(Prefetch("documents", titles))
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    rows = rows.filter(status=status) if status else rows
    rows = _view(rows, view) if view else rows
    if ending_within is not None:
        rows = _ending(rows, ending_within)
    if search:
        digits = search.upper().removeprefix("A-").lstrip("0")
        found = Q(partner__name__icontains=search) | Q(title_en__icontains=search) | Q(title_zh__icontains=search)
        rows = rows.filter(found | Q(number=int(digits)) if digits.isdecimal() and len(digits) < 9 else found)
    return rows.order_by("-number")


def agreement_get(actor: Actor, agreement_id: UUID) -> Agreement:
    """Raises `NotFound`."""
    rows = agreements_visible(actor).select_related("partner", "version__template", "predecessor", "signed_file")
    agreement = rows.filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFound
    return agreement


def agreement_signers(actor: Actor, agreement_id: UUID) -> list[AgreementSigner]:
    """In their order, each with its `signature` or None."""
    agreement = agreement_get(actor, agreement_id)
    return signers_with_signatures(agreement)


def signers_with_signatures(agreement: Agreement) -> list[AgreementSigner]:
    given = {one.signer_id: one for one in Signature.objects.filter(agreement=agreement)}
    rows = list(AgreementSigner.objects.filter(agreement=agreement).order_by("position"))
    for row in rows:
        row.signature = given.get(row.pk)  # type: ignore[attr-defined]
    return rows


def agreement_document(actor: Actor, agreement_id: UUID) -> AgreementDocument | None:
    """What was sent; None while it is a draft."""
    return document_of(agreement_get(actor, agreement_id))


def document_of(agreement: Agreement) -> AgreementDocument | None:
    return AgreementDocument.objects.filter(agreement=agreement).select_related("file").first()


def agreement_file(actor: Actor, agreement_id: UUID) -> StoredFile:
    """The signed paper, or the one that was sent. Raises `NotFound` for a draft."""
    return file_of(agreement_get(actor, agreement_id))


def file_of(agreement: Agreement) -> StoredFile:
    document = document_of(agreement)
    if document is None:
        raise NotFound
    found: StoredFile = agreement.signed_file or document.file
    return found


def agreement_followers(actor: Actor, agreement_id: UUID) -> QuerySet[Agreement]:
    """Amendments and renewals of it."""
    return agreements_visible(actor).filter(predecessor_id=agreement_id).order_by("number")


def agreements_to_sign(actor: Actor) -> QuerySet[Agreement]:
    """Those that wait for the actor: a partner's signer by address, the vendor's to be countersigned."""
    rows = agreements_visible(actor)
    if not actor.is_partner:
        return rows.filter(status="signed") if actor.can(Right.AGREEMENTS_SIGN) else rows.none()
    user = User.objects.filter(pk__in=[actor.id]).first()
    email = user.email.lower() if user else ""
    asked = AgreementSigner.objects.filter(
        agreement=OuterRef("pk"), side="partner", email=email, status__in=SIGNER_ASKED
    )
    return rows.filter(Exists(asked), status__in=OUT)


def chain_of(agreement: Agreement) -> bool:
    """Whether the chain of the agreement's signatures holds."""
    document = document_of(agreement)
    return document is not None and chain_holds(Signature.objects.filter(agreement=agreement), document.sha256)


def agreement_of_file(sha256: str) -> Checked:
    """What a file with this checksum is. Asked by strangers: whoever has the file knows what stands in it."""
    signed = Agreement.objects.filter(signed_file__sha256=sha256).select_related("partner").first()
    sent = None
    if signed is None:
        sent = AgreementDocument.objects.filter(sha256=sha256).select_related("agreement__partner").first()
    agreement = signed or (sent.agreement if sent else None)
    if agreement is None:
        return Checked()
    signatures = tuple(Signature.objects.filter(agreement=agreement).select_related("signer").order_by("position"))
    return Checked(agreement, signed is not None, chain_of(agreement), signatures)


def template_list(actor: Actor, *, with_retired: bool = False) -> list[AgreementTemplate]:
    """With `published` and `draft`, their versions or None."""
    actor.require(Right.AGREEMENTS_VIEW)
    rows = AgreementTemplate.objects.order_by("is_retired", "code")
    found = list(rows if with_retired else rows.filter(is_retired=False))
    versions = AgreementTemplateVersion.objects.filter(template__in=found).order_by("number")
    for template in found:
        template.published = template.draft = None  # type: ignore[attr-defined]
    by_id = {template.pk: template for template in found}
    for version in versions:
        name = "published" if version.status == TemplateVersionStatus.PUBLISHED else "draft"
        setattr(by_id[version.template_id], name, version)
    return found


def template_get(actor: Actor, template_id: UUID) -> AgreementTemplate:
    """Raises `NotFound`."""
    found = {template.pk: template for template in template_list(actor, with_retired=True)}
    if template_id not in found:
        raise NotFound
    return found[template_id]


def template_versions(actor: Actor, template_id: UUID) -> QuerySet[AgreementTemplateVersion]:
    template = template_get(actor, template_id)
    return AgreementTemplateVersion.objects.filter(template=template).order_by("-number")


def template_for(partner: Partner) -> AgreementTemplate | None:
    """The published template that is offered to such a partner: of its type and region, its type, its region, all."""
    published = AgreementTemplateVersion.objects.filter(template=OuterRef("pk"), status=TemplateVersionStatus.PUBLISHED)
    fits = Q(partner_type__in=["", partner.type], region__in=["", partner.region])
    rows = AgreementTemplate.objects.filter(fits, Exists(published), is_offered=True, is_retired=False)
    ranked = sorted(rows, key=lambda one: (not one.partner_type, not one.region, one.code))
    return ranked[0] if ranked else None


def compliance(actor: Actor, *, state: str = "", search: str = "", region: str = "") -> QuerySet[Partner]:
    """Partners that work with the vendor, each with `in_force_until`… as annotations: `has_agreement`, `is_ending`.

    `state`: `missing` has none in force today, `ending` one that ends within 90 days and renews by nobody, `fine`.
    """
    actor.require(Right.AGREEMENTS_VIEW)
    today = clock.today(require_tenant())
    live = in_force_on(Agreement.objects.filter(partner=OuterRef("pk")), today)
    longer = live.filter(
        Q(active_to__isnull=True) | Q(active_to__gt=today + dt.timedelta(days=90)) | Q(auto_renew=True)
    )
    rows = visible(actor).exclude(status=PartnerStatus.ENDED)
    rows = rows.annotate(has_agreement=Exists(live), is_safe=Exists(longer))
    states = {
        "missing": Q(has_agreement=False), "ending": Q(has_agreement=True, is_safe=False), "fine": Q(is_safe=True),
    }  # fmt: skip
    rows = rows.filter(states[state]) if state in states else rows
    rows = rows.filter(region=region) if region else rows
    return rows.filter(Q(name__icontains=search) | Q(code__istartswith=search)) if search else rows


def in_force_on(rows: QuerySet[Agreement], day: dt.date) -> QuerySet[Agreement]:
    """Whatever became of them later."""
    return rows.filter(Q(active_to__isnull=True) | Q(active_to__gte=day), active_from__lte=day)


def _view(rows: QuerySet[Agreement], view: str) -> QuerySet[Agreement]:
    if view == "open":
        return rows.filter(status__in=UNDER_WAY)
    if view == "waiting_vendor":
        return rows.filter(status__in=["draft", "signed"])
    if view == "in_force":
        return rows.filter(status__in=IN_FORCE)
    if view == "ending":
        return _ending(rows, 90)
    return rows.exclude(status__in=[*UNDER_WAY, *IN_FORCE])


def _ending(rows: QuerySet[Agreement], days: int) -> QuerySet[Agreement]:
    until = clock.today(require_tenant()) + dt.timedelta(days=days)
    return rows.filter(status__in=IN_FORCE, active_to__lte=until)


def agreements_in_force_of(partner_ids: list[UUID]) -> dict[UUID, Agreement]:
    """The one of each partner that ends last, of those in force today."""
    rows = in_force_on(Agreement.objects.filter(partner_id__in=partner_ids), clock.today(require_tenant()))
    ordered = rows.order_by(F("active_to").asc(nulls_last=True), "number")
    return {one.partner_id: one for one in ordered}
