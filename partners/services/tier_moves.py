"""What an evaluation and the calendar do to a partner's tier: up at once or at a period's start, down only by steps.

Down is at risk → grace → decided → downgraded. Nobody is downgraded without a warning that reached somebody, and while
an appeal is open no day passes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from partners.models import Partner, TierAppeal, TierChange, TierScheme, TierStanding, TierStay
from partners.notices.tiers import DECISION_DUE
from partners.services.partners import tier_set
from partners.services.tier_warnings import stay_warn, tell_partner
from partners.states.partner import SINCE_EVER, PartnerStatus
from partners.states.tiers import APPEAL_TRANSITIONS, STAY_HELD, STAY_LOSING, STAY_TRANSITIONS, AppealStatus, StayStatus
from partners.tiers.assess import Assessment, assess
from partners.tiers.days import next_start
from partners.tiers.saying import missing_sentence
from partners.tiers.scheme import Downgrade, Scheme, Upgrade
from partners.tiers.standing import values_of_inputs
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.outbox.services import emit
from prm.workflow.services import transition


@dataclass(frozen=True, slots=True)
class Place:
    """A partner and its stays. `tier` is what the tier history says today."""

    partner: Partner
    tier: str
    held: TierStay | None
    qualified: TierStay | None


@dataclass(frozen=True, slots=True)
class Rated(Place):
    """A partner that was evaluated, by the scheme of its track."""

    standing: TierStanding
    row: TierScheme
    scheme: Scheme


@transaction.atomic
def partners_move(*, actor: Actor, partner_ids: Sequence[UUID], day: dt.date) -> None:
    """Bring each partner's stay to where its newest evaluation and the day put it. The same again changes nothing."""
    with translation.override(require_tenant().locale):
        for place in _places(partner_ids, day):
            _move(actor, place, day)


def _move(actor: Actor, place: Place, day: dt.date) -> None:
    if isinstance(place, Rated) and place.standing.looked_on > day:
        return  # a late run of an earlier day: what came later has been taken into account
    held = place.held
    if held is not None and (reason := _left(place, held)):
        stay_end(actor=actor, stay=held, verb="end", day=day, reason=reason)
        held = None
    if not isinstance(place, Rated) or place.partner.status == PartnerStatus.ENDED:
        return
    if held is None and place.scheme.rank(place.tier):
        held = _adopt(place, day)
    rank = place.scheme.rank(held.tier) if held else 0
    reached = place.standing.rank
    if place.qualified is not None:
        _settle_qualified(actor, place, place.qualified, held, day)
    elif reached > rank:
        _qualify(actor, place, held, day)
    if held is None or held.status not in STAY_HELD:
        return
    if reached >= rank:
        _recover(actor, place, held)
    else:
        _lose(actor, place, held, day)


def _left(place: Place, held: TierStay) -> str:
    """Why the stay is over without the ladder having a part in it; empty when it goes on."""
    if place.partner.status == PartnerStatus.ENDED:
        return _("The partnership has ended.")
    if held.tier != place.tier:
        return _("The tier was set to “%(tier)s” by hand or by an import.") % {"tier": place.tier or "–"}
    return ""


def _adopt(place: Rated, day: dt.date) -> TierStay:
    """The partner has the tier already, by import or by hand: from here on the ladder looks after it."""
    since = (
        TierChange.objects.filter(partner=place.partner, valid_from__lte=day, tier=place.tier)
        .order_by("-valid_from").values_list("valid_from", flat=True).first()
    )  # fmt: skip
    begins = day if since in (None, SINCE_EVER) else since
    return _new_stay(place, place.tier, begins, StayStatus.ACTIVE)


def _new_stay(place: Rated, tier: str, begins: dt.date, status: StayStatus) -> TierStay:
    stay: TierStay = TierStay.objects.create(
        partner=place.partner, track_id=place.row.track_id, tier=tier, status=status, begins_on=begins,
        evaluation_id=place.standing.evaluation_id,
    )  # fmt: skip
    return stay


# Up


def _qualify(actor: Actor, place: Rated, held: TierStay | None, day: dt.date) -> None:
    rules = place.scheme.rules
    begins = day if rules.upgrade == Upgrade.AT_ONCE else next_start(rules.upgrade, day, _fiscal_start())
    stay = _new_stay(place, place.standing.tier, begins, StayStatus.QUALIFIED)
    if begins <= day:
        _begin(actor, place, stay, held, day)
        return
    facts = {"tier": name_of(place.scheme, stay.tier), "begins_on": begins.isoformat(), "partner": place.partner.name}
    tell_partner(place.partner.pk, "partners.tier.qualified", facts, once=str(stay.pk))
    emit("partners.tier.qualified", _payload(stay))


def _settle_qualified(actor: Actor, place: Rated, stay: TierStay, held: TierStay | None, day: dt.date) -> None:
    """Who qualified stays so until the period begins, unless the figures are no longer there."""
    reached = place.standing.rank
    if reached != place.scheme.rank(stay.tier):
        name = name_of(place.scheme, place.standing.tier)
        reason = _("The figures are now those of %(tier)s.") % {"tier": name or _("no tier")}
        stay_end(actor=actor, stay=stay, verb="lapse", day=day, reason=reason)
        if reached > (place.scheme.rank(held.tier) if held else 0):
            _qualify(actor, place, held, day)
    elif stay.begins_on <= day:
        _begin(actor, place, stay, held, day)


def _begin(actor: Actor, place: Rated, stay: TierStay, held: TierStay | None, day: dt.date) -> None:
    if held is not None:
        _withdraw_appeals(actor, held, _("The partner has reached a higher tier."))
        stay_end(actor=actor, stay=held, verb="upgrade", day=day, reason="")
    transition(stay, "begin", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.begun")
    tier_set(actor=actor, partner_id=place.partner.pk, tier=stay.tier, valid_from=day)
    facts = {"tier": name_of(place.scheme, stay.tier), "partner": place.partner.name}
    tell_partner(place.partner.pk, "partners.tier.upgraded", facts, once=str(stay.pk))
    emit("partners.tier.upgraded", _payload(stay))


def _recover(actor: Actor, place: Rated, held: TierStay) -> None:
    if held.status == StayStatus.ACTIVE:
        return
    _withdraw_appeals(actor, held, _("The criteria are met again."))
    was_losing = held.status in STAY_LOSING
    transition(held, "recover", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.recovered")
    clock_clear(held)
    if was_losing:
        facts = {"tier": name_of(place.scheme, held.tier), "partner": place.partner.name}
        tell_partner(place.partner.pk, "partners.tier.safe", facts, once=f"{held.pk}:{clock.now().date()}")
        emit("partners.tier.recovered", _payload(held))


# Down


def _lose(actor: Actor, place: Rated, held: TierStay, day: dt.date) -> None:
    """One step at most for what the calendar brings; the days have been promised."""
    if held.status in (StayStatus.ACTIVE, StayStatus.RETAINED):
        if not is_protected(place.scheme, held, day):
            _fall(actor, place, held, day)
        return
    if held.lower_tier != place.standing.tier:
        held.lower_tier = place.standing.tier
        held.save(update_fields=["lower_tier"])
    if held.stopped_on is not None:
        return
    stay_warn(stay=held, scheme=place.scheme, day=day)
    if held.status == StayStatus.AT_RISK and held.grace_on and held.grace_on <= day:
        reason = held.reason or _("The criteria are not met.")
        transition(held, "grace", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.grace", reason=reason)
        emit("partners.tier.grace", _payload(held))
    if held.status == StayStatus.GRACE and held.decision_on and held.decision_on <= day:
        _decide_itself(actor, place, held, day)
    if held.status == StayStatus.DECIDED and held.effective_on and held.effective_on <= day:
        stay_downgrade(actor=actor, stay=held, scheme=place.scheme, day=day)


def is_protected(scheme: Scheme, stay: TierStay, day: dt.date) -> bool:
    """A promise holds the tier: of a new scheme, of a decision, or of the minimum stay."""
    if stay.kept_until is not None and stay.kept_until >= day:
        return True
    return stay.begins_on + dt.timedelta(days=scheme.rules.minimum_stay_days) > day


def _fall(actor: Actor, place: Rated, held: TierStay, day: dt.date) -> None:
    rules = place.scheme.rules
    result = _assessment(place).of(place.scheme.rank(held.tier))
    held.reason = missing_sentence(result, require_tenant().base_currency) if result else _("The criteria are not met.")
    held.risk_since, held.grace_on = day, day + dt.timedelta(days=rules.risk_days)
    held.decision_on = held.grace_on + dt.timedelta(days=rules.grace_days)
    held.lower_tier, held.kept_until, held.evaluation_id = place.standing.tier, None, place.standing.evaluation_id
    held.save(
        update_fields=["reason", "risk_since", "grace_on", "decision_on", "lower_tier", "kept_until", "evaluation_id"]
    )
    transition(
        held, "fall", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.at_risk", reason=held.reason
    )
    facts = {
        "tier": name_of(place.scheme, held.tier), "partner": place.partner.name, "reason": held.reason,
        "decision_on": held.decision_on.isoformat(),
    }  # fmt: skip
    tell_partner(place.partner.pk, "partners.tier.at_risk", facts, once=f"{held.pk}:{day}")
    emit("partners.tier.at_risk", _payload(held))


def _decide_itself(actor: Actor, place: Rated, held: TierStay, day: dt.date) -> None:
    """Where the scheme says so, and only after a warning that reached somebody; else it waits for a person."""
    if place.scheme.rules.downgrade == Downgrade.AUTOMATIC and held.warnings.exists():
        decide(actor=actor, stay=held, scheme=place.scheme, day=day, reason=held.reason)
        return
    facts = {"partner": place.partner.name, "tier": name_of(place.scheme, held.tier), "stay_id": str(held.pk)}
    notify(DECISION_DUE, to=users_with(Right.TIERS_DECIDE), data=facts, once=f"{held.pk}:{held.decision_on}")


def decide(*, actor: Actor, stay: TierStay, scheme: Scheme, day: dt.date, reason: str) -> None:
    """The tier will be lost; the partner may appeal until then. The caller holds the lock and has looked at the state.

    Raises `StateError` (code `not_warned`) when no warning has reached anybody.
    """
    effective_on = day + dt.timedelta(days=scheme.rules.appeal_days)
    decide_final(actor=actor, stay=stay, effective_on=effective_on, reason=reason)
    facts = {
        "tier": name_of(scheme, stay.tier), "lower": name_of(scheme, stay.lower_tier) or _("no tier"), "reason": reason,
        "effective_on": effective_on.isoformat(), "partner": stay.partner.name,
    }  # fmt: skip
    tell_partner(stay.partner_id, "partners.tier.decided", facts, once=f"{stay.pk}:{effective_on}")


def decide_final(*, actor: Actor, stay: TierStay, effective_on: dt.date, reason: str) -> None:
    """As `decide`, for a day that is given; whoever calls it tells the partner, and whether an appeal is possible."""
    require_warned(stay)
    stay.reason, stay.decided_by_id, stay.decided_by_label = reason, actor.person_id, actor.label[:254]
    stay.effective_on = effective_on
    stay.save(update_fields=["reason", "decided_by_id", "decided_by_label", "effective_on"])
    transition(stay, "decide", table=STAY_TRANSITIONS, actor=actor, action="partners.tier_stay.decided", reason=reason)
    emit("partners.tier.decided", _payload(stay))


def require_warned(stay: TierStay) -> None:
    if not stay.warnings.exists():
        text = _("No warning has reached the partner, so its tier stays. Tell the partner and note how.")
        raise StateError(text, code="not_warned")


def stay_downgrade(*, actor: Actor, stay: TierStay, scheme: Scheme, day: dt.date) -> None:
    """The decision takes effect: the tier history gets the lower tier, where a new stay begins. The partner is told."""
    require_warned(stay)
    stay_end(actor=actor, stay=stay, verb="downgrade", day=day, reason=stay.reason)
    tier_set(actor=actor, partner_id=stay.partner_id, tier=stay.lower_tier, valid_from=day, reason=stay.reason)
    if stay.lower_tier:
        TierStay.objects.create(
            partner=stay.partner, track_id=stay.track_id, tier=stay.lower_tier, status=StayStatus.ACTIVE,
            begins_on=day, evaluation_id=stay.evaluation_id,
        )  # fmt: skip
    facts = {
        "tier": name_of(scheme, stay.tier), "lower": name_of(scheme, stay.lower_tier) or _("no tier"),
        "partner": stay.partner.name, "reason": stay.reason, "effective_on": day.isoformat(),
        "meaning": _meaning(scheme, stay),
    }  # fmt: skip
    tell_partner(stay.partner_id, "partners.tier.downgraded", facts, once=str(stay.pk))
    emit("partners.tier.downgraded", _payload(stay) | {"lower_tier": stay.lower_tier})


def _meaning(scheme: Scheme, stay: TierStay) -> str:
    """What the tier gave that the lower one does not give."""
    tier, lower = scheme.named(stay.tier), scheme.named(stay.lower_tier)
    kept = {str(one.text) for one in lower.benefits} if lower else set()
    lost = [str(one.text) for one in tier.benefits if str(one.text) not in kept] if tier else []
    if not lost:
        return _("What goes by the tier, such as rebates, goes by the new one from that day on.")
    return _("From that day on you no longer have: %(benefits)s.") % {"benefits": "; ".join(lost)}


def stay_end(*, actor: Actor, stay: TierStay, verb: str, day: dt.date, reason: str) -> None:
    _withdraw_appeals(actor, stay, reason) if verb == "end" else None
    stay.ended_on = day
    stay.reason = reason or stay.reason
    stay.save(update_fields=["ended_on", "reason"])
    action = f"partners.tier_stay.{verb}"
    transition(stay, verb, table=STAY_TRANSITIONS, actor=actor, action=action, reason=reason)


def clock_clear(stay: TierStay) -> None:
    """Nothing is running out any more."""
    names = ["risk_since", "grace_on", "decision_on", "effective_on", "stopped_on", "decided_by_id"]
    for name in names:
        setattr(stay, name, None)
    stay.reason, stay.decided_by_label, stay.lower_tier = "", "", ""
    stay.save(update_fields=[*names, "reason", "decided_by_label", "lower_tier"])


def _withdraw_appeals(actor: Actor, stay: TierStay, why: str) -> None:
    for appeal in TierAppeal.objects.select_for_update().filter(stay=stay, status=AppealStatus.OPEN):
        transition(
            appeal, "withdraw", table=APPEAL_TRANSITIONS, actor=actor, action="partners.tier_appeal.withdrawn",
            reason=why,
        )  # fmt: skip


# Reading


def _places(partner_ids: Sequence[UUID], day: dt.date) -> list[Place]:
    partners = Partner.objects.filter(pk__in=partner_ids).order_by("pk")
    standings = {one.partner_id: one for one in TierStanding.objects.filter(partner_id__in=partner_ids)}
    stays = TierStay.objects.select_for_update(of=("self",)).select_related("partner").order_by("pk")
    held = {one.partner_id: one for one in stays.filter(partner_id__in=partner_ids, status__in=STAY_HELD)}
    qualified = {one.partner_id: one for one in stays.filter(partner_id__in=partner_ids, status=StayStatus.QUALIFIED)}
    changes = TierChange.objects.filter(partner_id__in=partner_ids, valid_from__lte=day).order_by("valid_from")
    tiers = {one.partner_id: one.tier for one in changes}
    rows = {one.pk: one for one in TierScheme.objects.filter(pk__in={one.scheme_id for one in standings.values()})}
    schemes = {key: row.scheme for key, row in rows.items()}
    places: list[Place] = []
    for partner in partners:
        key = partner.pk
        facts = (partner, tiers.get(key, ""), held.get(key), qualified.get(key))
        standing = standings.get(key)
        if standing is None:
            places.append(Place(*facts))
        else:
            places.append(Rated(*facts, standing, rows[standing.scheme_id], schemes[standing.scheme_id]))
    return places


def _assessment(place: Rated) -> Assessment:
    return assess(place.scheme, values_of_inputs(place.scheme, place.standing.evaluation.inputs))


def _fiscal_start() -> int:
    return require_tenant().fiscal_start_month


def name_of(scheme: Scheme, code: str) -> str:
    """In the reader's language; a tier that the scheme does not know by its code."""
    tier = scheme.named(code)
    return str(tier.name) if tier else code


def _payload(stay: TierStay) -> dict[str, str]:
    return {"partner_id": str(stay.partner_id), "stay_id": str(stay.pk), "tier": stay.tier}
