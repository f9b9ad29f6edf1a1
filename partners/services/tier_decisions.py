"""What people decide about tiers: that one is lost, that one is kept, and what becomes of an appeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.models import TierAppeal, TierAppealFile, TierScheme, TierStay
from partners.notices.tiers import APPEALED
from partners.selectors.tiers import appeals_of_loss
from partners.services.tier_moves import clock_clear, decide, decide_final, name_of, require_warned
from partners.services.tier_warnings import tell_partner
from partners.states.tiers import (
    APPEAL_TRANSITIONS,
    STAY_LOSING,
    STAY_TRANSITIONS,
    AppealStatus,
    SchemeStatus,
    StayStatus,
)
from partners.tiers.scheme import Scheme
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.outbox.services import emit
from prm.workflow.services import transition

Upload = tuple[str, IO[bytes]]
LONGEST_TEXT, MOST_FILES, LONGEST_KEEP = 5000, 5, 730
LEAST_NOTICE = dt.timedelta(days=7)
"""Between a rejected appeal and the loss of the tier, so that the partner reads of it before."""


@transaction.atomic
def stay_decide(*, actor: Actor, stay_id: UUID, reason: str) -> TierStay:
    """The tier will be lost. Raises `StateError`: `too_early` before the grace period is over, `appealed` while an
    appeal is open, `not_warned` when no warning has reached anybody.
    """
    _require_person(actor)
    said = _said(reason, "reason")
    stay = _locked(stay_id)
    day = clock.today(require_tenant())
    if stay.status == StayStatus.GRACE and stay.decision_on is not None and stay.decision_on > day:
        raise StateError(_("The grace period is not over yet."), code="too_early")
    if stay.stopped_on is not None:
        raise StateError(_("The partner has appealed: decide on that first."), code="appealed")
    decide(actor=actor, stay=stay, scheme=_scheme(stay), day=day, reason=said)
    return stay


@transaction.atomic
def stay_retain(*, actor: Actor, stay_id: UUID, kept_until: dt.date, reason: str) -> TierStay:
    """The partner keeps the tier until a day, whatever its figures. Raises `StateError` while an appeal is open."""
    _require_person(actor)
    said = _said(reason, "reason")
    stay = _locked(stay_id)
    if stay.stopped_on is not None:
        raise StateError(_("The partner has appealed: decide on that first."), code="appealed")
    _retain(actor, stay, _until(kept_until), said)
    return stay


@transaction.atomic
def appeal_open(*, actor: Actor, stay_id: UUID, text: str, files: Sequence[Upload] = ()) -> TierAppeal:
    """The partner objects: from today no day passes. Raises `StateError` unless the tier is in grace or decided upon,
    `Conflict` when there is an appeal against this loss, or was one that was rejected.
    """
    actor.require(Right.OWN_TIER_APPEAL)
    said = _said(text, "text")
    stay = _locked(stay_id, partner_id=actor.partner_id)
    if stay.status not in (StayStatus.GRACE, StayStatus.DECIDED):
        raise StateError(_("An appeal is possible in the grace period, and until a decision takes effect."))
    if appeals_of_loss([stay]).exists():
        raise Conflict(_("You have appealed already."), code="appealed")
    if len(files) > MOST_FILES:
        raise Invalid(fields={"files": [_("At most %(most)d files.") % {"most": MOST_FILES}]})
    appeal: TierAppeal = _create_appeal(actor, stay, said)
    for name, content in files:
        stored = file_store(actor=actor, name=name, content=content, purpose="document")
        TierAppealFile.objects.create(appeal=appeal, file=stored)
    stay.stopped_on = clock.today(require_tenant())
    stay.save(update_fields=["stopped_on"])
    record(actor, "partners.tier_appeal.opened", appeal, {"stay_id": str(stay.pk), "files": len(files)})
    facts = {"partner": stay.partner.name, "tier": stay.tier, "stay_id": str(stay.pk)}
    notify(APPEALED, to=users_with(Right.TIERS_DECIDE), data=facts, once=str(appeal.pk))
    emit("partners.tier.appealed", {"partner_id": str(stay.partner_id), "appeal_id": str(appeal.pk)})
    return appeal


@transaction.atomic
def appeal_withdraw(*, actor: Actor, appeal_id: UUID) -> TierAppeal:
    """The partner thinks better of it: the days go on."""
    actor.require(Right.OWN_TIER_APPEAL)
    appeal, stay = _appeal(appeal_id, partner_id=actor.partner_id)
    transition(
        appeal, "withdraw", table=APPEAL_TRANSITIONS, actor=actor, action="partners.tier_appeal.withdrawn"
    )  # fmt: skip
    _go_on(stay)
    return appeal


@transaction.atomic
def appeal_assign(*, actor: Actor, appeal_id: UUID, user_id: UUID) -> TierAppeal:
    """Hand it to somebody who may decide on tiers and is neither who hands it out nor who decided the loss."""
    _require_person(actor)
    appeal, _stay = _appeal(appeal_id)
    user = next((one for one in users_with(Right.TIERS_DECIDE) if one.pk == user_id), None)
    if user is None:
        raise Invalid(fields={"user": [_("This person may not decide on tiers.")]})
    _require_another(appeal, user)
    if actor.is_person(user.pk):
        raise Invalid(fields={"user": [_("Hand it to somebody else: who hands it out does not decide.")]})
    appeal.assigned_to_id, appeal.assigned_to_label = user.pk, user.email[:254]
    appeal.assigned_by_id = actor.person_id
    appeal.save(update_fields=["assigned_to_id", "assigned_to_label", "assigned_by_id"])
    record(actor, "partners.tier_appeal.assigned", appeal, {"to": user.email})
    return appeal


@transaction.atomic
def appeal_decide(
    *, actor: Actor, appeal_id: UUID, is_upheld: bool, reason: str, kept_until: dt.date | None = None
) -> TierAppeal:
    """Upheld: the tier is kept until a day. Rejected: where the grace period is over it is lost, at the earliest
    `LEAST_NOTICE` from today.

    Raises `Forbidden` (code `same_person`) for who decided the loss or handed the appeal out.
    """
    _require_person(actor)
    said = _said(reason, "reason")
    appeal, stay = _appeal(appeal_id)
    if actor.is_person(appeal.first_decider_id) or actor.is_person(appeal.assigned_by_id):
        text = _("Somebody else has to decide: not who decided the loss, nor who handed the appeal out.")
        raise Forbidden(text, code="same_person")
    appeal.decided_at, appeal.decided_by_id = clock.now(), actor.person_id
    appeal.decided_by_label = actor.label[:254]
    appeal.decision_reason = said
    appeal.kept_until = _until(kept_until) if is_upheld else None
    appeal.save(update_fields=["decided_at", "decided_by_id", "decided_by_label", "decision_reason", "kept_until"])
    verb, name = ("uphold", "upheld") if is_upheld else ("reject", "rejected")
    action = f"partners.tier_appeal.{name}"
    transition(appeal, verb, table=APPEAL_TRANSITIONS, actor=actor, action=action, reason=said)
    if appeal.kept_until is not None:
        _retain(actor, stay, appeal.kept_until, said)
    else:
        _reject(actor, stay, said)
    emit("partners.tier.appeal_decided", {"partner_id": str(stay.partner_id), "appeal_id": str(appeal.pk)})
    return appeal


def _reject(actor: Actor, stay: TierStay, reason: str) -> None:
    day, is_over = clock.today(require_tenant()), _is_over(stay)
    _go_on(stay)
    scheme = _scheme(stay)
    facts = {"tier": name_of(scheme, stay.tier), "partner": stay.partner.name, "reason": reason}
    once = f"{stay.pk}:{day}"
    if not is_over:
        facts["decision_on"] = stay.decision_on.isoformat() if stay.decision_on else ""
        tell_partner(stay.partner_id, "partners.tier.appeal_rejected", facts, once=once)
        return
    _lose_for_good(actor, stay, scheme, day, reason)
    facts["lower"] = name_of(scheme, stay.lower_tier) or _("no tier")
    facts["effective_on"] = stay.effective_on.isoformat() if stay.effective_on else ""
    tell_partner(stay.partner_id, "partners.tier.appeal_final", facts, once=once)


def _lose_for_good(actor: Actor, stay: TierStay, scheme: Scheme, day: dt.date, reason: str) -> None:
    """The day on which the tier is lost: that of the decision, or later, so that the partner can read of it before."""
    earliest = day + LEAST_NOTICE
    if stay.status == StayStatus.GRACE:
        decide_final(actor=actor, stay=stay, effective_on=earliest, reason=reason)
        return
    require_warned(stay)
    stay.effective_on = max(earliest, stay.effective_on or earliest)
    stay.save(update_fields=["effective_on"])


def _is_over(stay: TierStay) -> bool:
    """Whether the grace period had ended when the appeal stopped the clock."""
    if stay.status == StayStatus.DECIDED:
        return True
    return stay.decision_on is not None and stay.stopped_on is not None and stay.decision_on <= stay.stopped_on


def _go_on(stay: TierStay) -> None:
    """The days that the appeal was open do not count."""
    if stay.stopped_on is None:
        return
    pause = clock.today(require_tenant()) - stay.stopped_on
    for name in ("grace_on", "decision_on", "effective_on"):
        day = getattr(stay, name)
        setattr(stay, name, day + pause if day is not None and day > stay.stopped_on else day)
    stay.stopped_on = None
    stay.save(update_fields=["grace_on", "decision_on", "effective_on", "stopped_on"])


def _retain(actor: Actor, stay: TierStay, until: dt.date, reason: str) -> None:
    transition(stay, "retain", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.retained", reason=reason)
    clock_clear(stay)
    stay.kept_until, stay.reason = until, reason
    stay.save(update_fields=["kept_until", "reason"])
    facts = {
        "tier": name_of(_scheme(stay), stay.tier), "partner": stay.partner.name, "reason": reason,
        "kept_until": until.isoformat(),
    }  # fmt: skip
    tell_partner(stay.partner_id, "partners.tier.retained", facts, once=f"{stay.pk}:{until}")
    emit("partners.tier.retained", {"partner_id": str(stay.partner_id), "stay_id": str(stay.pk), "tier": stay.tier})


def _create_appeal(actor: Actor, stay: TierStay, text: str) -> TierAppeal:
    try:
        with transaction.atomic():
            appeal: TierAppeal = TierAppeal.objects.create(
                stay=stay, partner=stay.partner, text=text, opened_at=clock.now(), opened_by_id=actor.id,
                opened_by_label=actor.label[:254], first_decider_id=stay.decided_by_id,
            )  # fmt: skip
            return appeal
    except IntegrityError as error:
        raise Conflict(_("You have appealed already."), code="appealed") from error


def _require_person(actor: Actor) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.TIERS_DECIDE)


def _require_another(appeal: TierAppeal, user: User) -> None:
    if user.pk == appeal.first_decider_id:
        raise Invalid(fields={"user": [_("This person decided the loss: somebody else has to look at the appeal.")]})


def _said(text: str, name: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= LONGEST_TEXT or "\0" in said:
        raise Invalid(fields={name: [_("Write 1 to %(most)d characters.") % {"most": LONGEST_TEXT}]})
    return said


def _until(day: dt.date | None) -> dt.date:
    today = clock.today(require_tenant())
    if day is None or not today < day <= today + dt.timedelta(days=LONGEST_KEEP):
        raise Invalid(fields={"kept_until": [_("Choose a day within the next two years.")]})
    return day


def _locked(stay_id: UUID, partner_id: UUID | None = None) -> TierStay:
    """Raises `NotFound`, also for another partner's."""
    rows = TierStay.objects.select_for_update(of=("self",)).select_related("partner")
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    stay: TierStay | None = rows.filter(pk=stay_id).first()
    if stay is None:
        raise NotFound
    return stay


def _appeal(appeal_id: UUID, partner_id: UUID | None = None) -> tuple[TierAppeal, TierStay]:
    """Stay first, then appeal: in one order everywhere."""
    rows = TierAppeal.objects.filter(partner_id=partner_id) if partner_id else TierAppeal.objects.all()
    found: TierAppeal | None = rows.filter(pk=appeal_id).first()
    if found is None:
        raise NotFound
    stay = _locked(found.stay_id)
    appeal: TierAppeal = TierAppeal.objects.select_for_update().get(pk=appeal_id)
    if appeal.status != AppealStatus.OPEN or stay.status not in STAY_LOSING:
        raise StateError(_("This appeal is decided already."))
    return appeal, stay


def _scheme(stay: TierStay) -> Scheme:
    row: TierScheme | None = TierScheme.objects.filter(track_id=stay.track_id, status=SchemeStatus.PUBLISHED).first()
    if row is None:
        raise StateError(_("The track has no tier scheme in force."))
    return row.scheme
