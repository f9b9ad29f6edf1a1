"""Reading partner companies. Each call authorises: what the actor may not see does not exist for it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from partners.models import Partner, TierChange
from partners.policies.partners import visible
from prm import clock
from prm.db.scope import require_tenant
from prm.db.search import search_rows
from prm.errors import NotFound
from prm.identity.actor import Actor

FACETS = ("type", "region", "country", "tag", "tier")


def partner_list(
    actor: Actor,
    *,
    search: str = "",
    type: str = "",  # noqa: A002 (the column's name)
    region: str = "",
    country: str = "",
    tier: str = "",
    status: str = "",
    tag: str = "",
) -> QuerySet[Partner]:
    """Partners with their current `tier` (empty: none), by code. `search` looks at code and name."""
    rows = with_tier(visible(actor))
    exact = {"type": type, "region": region, "country": country, "status": status}
    for name, value in exact.items():
        rows = rows.filter((name, value)) if value else rows
    rows = rows.filter(Q(("tier", tier))) if tier else rows
    rows = rows.filter(tags__contains=[tag]) if tag else rows
    return search_rows(rows, search, code="code", folded="name_folded").order_by("code")


def partner_get(actor: Actor, partner_id: UUID) -> Partner:
    """One partner with its current `tier`. Raises `NotFound`."""
    partner = with_tier(visible(actor)).select_related("manager").filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    return partner


def tier_history(actor: Actor, partner_id: UUID) -> QuerySet[TierChange]:
    """The partner's tiers, newest first."""
    partner = partner_get(actor, partner_id)
    return TierChange.objects.filter(partner=partner).order_by("-valid_from")


def partner_facets(actor: Actor, *wanted: str) -> dict[str, list[str]]:
    """The values that filters of a list offer, each sorted: of `FACETS`, or of those wanted, a statement each."""
    rows = visible(actor)
    return {name: _facet(rows, name) for name in wanted or FACETS}


def _facet(rows: QuerySet[Partner], name: str) -> list[str]:
    if name == "tag":
        return sorted({tag for tags in rows.order_by().values_list("tags", flat=True).distinct() for tag in tags})
    if name == "tier":
        tiers = TierChange.objects.filter(partner__in=rows.order_by().values("pk")).exclude(tier="")
        return list(tiers.order_by("tier").values_list("tier", flat=True).distinct())
    return list(rows.exclude((name, "")).order_by(name).values_list(name, flat=True).distinct())


def with_tier(rows: QuerySet[Partner]) -> QuerySet[Partner]:
    """The rows with their `tier` of today, empty for none."""
    today = clock.today(require_tenant())
    current = TierChange.objects.filter(partner=OuterRef("pk"), valid_from__lte=today).order_by("-valid_from")
    tier: Any = Coalesce(Subquery(current.values("tier")[:1]), Value(""))
    return cast("QuerySet[Partner]", rows.annotate(tier=tier))
