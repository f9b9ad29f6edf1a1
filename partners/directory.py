"""Filters of the directory; a topic adds its own: `register(DirectoryFilter("at_risk", 60, …))`.

A filter narrows a queryset of partners. At 100,000 partners only what an index answers stays quick: conditions on
columns that one begins with, or `pk__in` of rows that one finds. LIKE, `@>` and comparisons of numeric can't use an
index under row security.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, PartnerTag, TierChange, TierStay
from partners.selectors.suspension import suspended_ids
from partners.states.partner import PartnerStatus
from partners.states.suspensions import SuspensionScope
from partners.states.tiers import STAY_LOSING
from prm.errors import Text
from prm.identity.actor import Actor

Rows = QuerySet[Partner]
Options = Callable[[Actor], Sequence[tuple[str, Any]]]
Apply = Callable[[Rows, str, Actor, dt.date], Rows]


@dataclass(frozen=True, slots=True)
class DirectoryFilter:
    """`options` are its choices; without any, they are the values of `column` or of the facet of that name."""

    code: str
    order: int
    label: Text
    every: Text
    apply: Apply
    options: Options | None = None


_filters: dict[str, DirectoryFilter] = {}


def register(*filters: DirectoryFilter) -> None:
    _filters.update({one.code: one for one in filters})


def filters() -> list[DirectoryFilter]:
    return sorted(_filters.values(), key=lambda one: (one.order, one.code))


def _exact(column: str) -> Apply:
    return lambda rows, value, _actor, _today: rows.filter((column, value))


def _tagged(rows: Rows, value: str, _actor: Actor, _today: dt.date) -> Rows:
    return rows.filter(pk__in=PartnerTag.objects.filter(tag=value).values("partner_id"))


def _in_tier(rows: Rows, value: str, _actor: Actor, today: dt.date) -> Rows:
    """The change to this tier is the last one until today."""
    later = TierChange.objects.filter(valid_from__lte=today).order_by("partner_id", "-valid_from")
    begun = TierChange.objects.filter(tier=value, valid_from__lte=today)
    last = later.distinct("partner_id").filter(partner_id__in=begun.values("partner_id"))
    return rows.filter(pk__in=TierChange.objects.filter(pk__in=last.values("pk"), tier=value).values("partner_id"))


def _owned(rows: Rows, value: str, actor: Actor, _today: dt.date) -> Rows:
    if value in {"me", "none"}:
        return rows.filter(manager_id=actor.id if value == "me" else None)
    try:
        return rows.filter(manager_id=UUID(value))
    except ValueError:
        return rows.none()


def _ending(rows: Rows, value: str, _actor: Actor, today: dt.date) -> Rows:
    if value == "over":
        return rows.filter(renewal_on__lt=today)
    days = int(value) if value.isdecimal() and len(value) < 5 else 0
    return rows.filter(renewal_on__gte=today, renewal_on__lte=today + dt.timedelta(days=days))


def _held(rows: Rows, value: str, _actor: Actor, today: dt.date) -> Rows:
    return rows.filter(pk__in=suspended_ids(value, today))


def _tier_stake(rows: Rows, value: str, _actor: Actor, _today: dt.date) -> Rows:
    statuses = STAY_LOSING if value == "losing" else [value]
    return rows.filter(pk__in=TierStay.objects.filter(status__in=statuses).values("partner_id"))


def _owners(actor: Actor) -> Sequence[tuple[str, Any]]:
    own: list[tuple[str, Any]] = [("me", _("Mine"))] if actor.kind == "user" else []
    return [*own, ("none", _("Nobody's"))]


register(
    DirectoryFilter("status", 10, _("Status"), _("All states"), _exact("status"), lambda _a: PartnerStatus.choices),
    DirectoryFilter("tier", 20, _("Tier"), _("All tiers"), _in_tier),
    DirectoryFilter("type", 30, _("Type"), _("All types"), _exact("type")),
    DirectoryFilter("region", 40, _("Region"), _("All regions"), _exact("region")),
    DirectoryFilter("country", 50, _("Country"), _("All countries"), _exact("country")),
    DirectoryFilter("tag", 60, _("Tag"), _("All tags"), _tagged),
    DirectoryFilter("owner", 70, _("Owner"), _("All owners"), _owned, _owners),
    DirectoryFilter(
        "ending", 80, _("Term ends"), _("Any term"), _ending,
        lambda _a: [("30", _("Within 30 days")), ("90", _("Within 90 days")), ("180", _("Within 180 days")),
                    ("over", _("Overdue"))],
    ),
    DirectoryFilter(
        "at_risk", 85, _("Tier at risk"), _("Tier at risk or not"), _tier_stake,
        lambda _a: [("losing", _("Tier at risk"))],
    ),
    DirectoryFilter(
        "held", 90, _("Suspended"), _("Suspended or not"), _held, lambda _a: SuspensionScope.choices
    ),
)  # fmt: skip
