"""The way back out of a suspension or an exit: to the state that the partner came from."""

from __future__ import annotations

from partners.models import OnboardingPlan, Partner
from partners.states.partner import PARTNER_TRANSITIONS, PARTNER_WORKING, PartnerStatus
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.workflow.models import Transition
from prm.workflow.services import transition


def partner_return(actor: Actor, partner: Partner, verb: str, reason: str, before: str = "") -> None:
    """`resume` or `stay`; `before` is the state it came from, where somebody wrote that down.

    The caller holds the partner's lock. Raises `StateError` when the present state does not allow it.
    """
    came_from = before if before in PARTNER_WORKING else _left(partner)
    is_new = came_from == PartnerStatus.ONBOARDING and not _is_onboarded(partner)
    step = f"{verb}_onboarding" if is_new else verb
    transition(partner, step, table=PARTNER_TRANSITIONS, actor=actor, action=f"partners.partner.{verb}", reason=reason)
    emit("partners.partner.changed", {"partner_id": str(partner.pk)})


def _left(partner: Partner) -> str:
    """The working state that it was in last; partners of an import were never in another than the active one."""
    steps = Transition.objects.filter(target_type=partner._meta.label_lower, target_id=str(partner.pk))
    working = steps.filter(from_state__in=PARTNER_WORKING).order_by("-at", "-id")
    return working.values_list("from_state", flat=True).first() or PartnerStatus.ACTIVE


def _is_onboarded(partner: Partner) -> bool:
    """Whether everything that must be done was done while nothing else moved."""
    return OnboardingPlan.objects.filter(partner=partner, activated_on__isnull=False).exists()
