"""Telling a partner's people about their tier, and keeping which warnings reached whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import TierStay, TierWarning
from partners.states.tiers import STAY_LOSING
from partners.tiers.scheme import Scheme
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.services import notify
from prm.outbox.services import emit

BY_HAND = 0
"""`days_before` of a warning that a person gave."""


def tell_partner(partner_id: UUID, kind: str, data: Mapping[str, Any], *, once: str) -> list[dict[str, str]]:
    """Tell everybody of the partner who sees its tier; returns whom, and by which notice."""
    people = users_with(Right.OWN_TIER_VIEW, partner_id=partner_id)
    notices = notify(kind, to=people, data=data, once=once, partner_id=partner_id)
    return [{"user": one.user.email, "notice": str(one.pk)} for one in notices if one.user]


def stay_warn(*, stay: TierStay, scheme: Scheme, day: dt.date) -> TierWarning | None:
    """The warning that is due, if it is: of several that were missed the last. The caller holds the lock.

    Kept only if it reached somebody; else the next evaluation tries again.
    """
    if stay.status not in STAY_LOSING or stay.decision_on is None:
        return None
    left = (stay.decision_on - day).days
    due = [days for days in scheme.rules.warnings if days >= left]
    if not due or left < 0:
        return None
    days = min(due)
    if stay.warnings.filter(decision_on=stay.decision_on, days_before=days).exists():
        return None
    tier = scheme.named(stay.tier)
    facts = {
        "tier": str(tier.name) if tier else stay.tier, "partner": stay.partner.name, "reason": stay.reason,
        "decision_on": stay.decision_on.isoformat(), "days": left,
    }  # fmt: skip
    told = tell_partner(stay.partner_id, "partners.tier.warning", facts, once=f"{stay.pk}:{stay.decision_on}:{days}")
    if not told:
        return None
    warning: TierWarning = TierWarning.objects.create(
        stay=stay, days_before=days, decision_on=stay.decision_on, sent_on=day, recipients=told
    )
    emit("partners.tier.warned", {"partner_id": str(stay.partner_id), "stay_id": str(stay.pk), "days": days})
    return warning


@transaction.atomic
def warning_record(*, actor: Actor, stay_id: UUID, text: str) -> TierWarning:
    """A person has told the partner, by telephone or letter. Raises `Invalid` without saying how, `StateError` when
    the tier is not at stake.
    """
    actor.require(Right.TIERS_DECIDE)
    stay: TierStay | None = TierStay.objects.select_for_update(of=("self",)).filter(pk=stay_id).first()
    if stay is None:
        raise NotFound
    if stay.status not in STAY_LOSING or stay.decision_on is None:
        raise StateError(_("This tier is not at stake."))
    said = text.strip()
    if not 0 < len(said) <= 2000:
        raise Invalid(fields={"text": [_("Say whom you told, and how, in at most 2,000 characters.")]})
    warning, made = TierWarning.objects.get_or_create(
        stay=stay, decision_on=stay.decision_on, days_before=BY_HAND,
        defaults={"sent_on": clock.today(require_tenant()), "by_hand": said},
    )  # fmt: skip
    if not made:
        raise StateError(_("It is noted already that the partner was told."))
    record(actor, "partners.tier_stay.warned", stay, {"text": said})
    return warning
