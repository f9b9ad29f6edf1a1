"""What was recorded after the closes, by where it shows: the signs by which the cause of a difference is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q

from commerce.models import ExchangeRate
from partners.models import TierChange
from prm.audit.selectors import last_recorded
from prm.db.scope import require_tenant_id
from rebates.models import AcceptedException, ProgramVersion, SaleException
from rebates.models import Period as PeriodRow
from rebates.states import LeakCause

# A return that came late belongs to the period of its original.
LATE_SQL = """
    WITH closed AS (
        SELECT key, starts_on, ends_on, closed_at FROM rebates_period
        WHERE tenant_id = %(tenant)s AND status = 'closed'
    ), late AS (
        SELECT s.id, s.partner_id, c.key, s.reverses <> '' AS is_return
        FROM closed c JOIN commerce_saleline s ON s.tenant_id = %(tenant)s AND s.created_at > c.closed_at
             AND s.sold_on BETWEEN c.starts_on AND c.ends_on
        UNION
        SELECT s.id, s.partner_id, c.key, TRUE
        FROM closed c JOIN commerce_saleline s ON s.tenant_id = %(tenant)s AND s.created_at > c.closed_at
        JOIN commerce_saleline o ON o.tenant_id = %(tenant)s AND o.external_id = s.reverses
             AND o.partner_id = s.partner_id
        WHERE s.reverses <> '' AND o.sold_on BETWEEN c.starts_on AND c.ends_on
    )
    SELECT partner_id, key, count(DISTINCT id), bool_and(is_return) FROM late GROUP BY partner_id, key
"""


@dataclass(frozen=True, slots=True)
class Signs:
    """The last moment at which each thing was recorded, and for each partner and period what concerns it alone."""

    late: Mapping[tuple[UUID, str], tuple[int, bool]]
    resolved: frozenset[tuple[UUID, UUID | None, str]]
    versions: Mapping[UUID, dt.datetime]
    tiers: Mapping[UUID, dt.datetime]
    rates: list[tuple[dt.date, dt.datetime]]
    partners: Mapping[str, dt.datetime]
    products: dt.datetime | None

    @classmethod
    def load(cls) -> Self:
        """Seven queries, however much there is."""
        published = ProgramVersion.objects.exclude(published_at=None).order_by().values_list("program_id")
        return cls(
            late=_late(),
            resolved=_resolved(),
            versions=dict(published.annotate(Max("published_at"))),
            tiers=dict(TierChange.objects.order_by().values_list("partner_id").annotate(Max("created_at"))),
            rates=list(ExchangeRate.objects.values_list("valid_from", "created_at")),
            partners=last_recorded("partners.partner.changed"),
            products=max(last_recorded("commerce.product.changed").values(), default=None),
        )

    def late_lines(self, partner_id: UUID, key: str) -> int:
        return self.late.get((partner_id, key), (0, False))[0]

    def is_resolved(self, partner_id: UUID, program_id: UUID, key: str) -> bool:
        """Whether a line that the close left out as an exception of this program counts by now."""
        return not self.resolved.isdisjoint({(partner_id, program_id, key), (partner_id, None, key)})

    def cause(self, partner_id: UUID, program_id: UUID, period: PeriodRow) -> LeakCause:
        """The first thing recorded after the close that can explain a difference."""
        after = period.closed_at
        count, is_return = self.late.get((partner_id, period.key), (0, False))
        signs = {
            LeakCause.EXCEPTION: self.is_resolved(partner_id, program_id, period.key),
            LeakCause.LATE_RETURN: count and is_return,
            LeakCause.LATE_SALE: count,
            LeakCause.PROGRAM: _is_after(self.versions.get(program_id), after),
            LeakCause.TIER: _is_after(self.tiers.get(partner_id), after),
            LeakCause.RATE: any(day <= period.ends_on and _is_after(at, after) for day, at in self.rates),
            LeakCause.PARTNER: _is_after(self.partners.get(str(partner_id)), after),
            LeakCause.PRODUCT: _is_after(self.products, after),
        }
        return next((cause for cause, is_there in signs.items() if is_there), LeakCause.UNKNOWN)


def _is_after(moment: dt.datetime | None, after: dt.datetime | None) -> bool:
    return moment is not None and after is not None and moment > after


def _late() -> dict[tuple[UUID, str], tuple[int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(LATE_SQL, {"tenant": require_tenant_id()})
        return {(partner_id, key): (count, is_return) for partner_id, key, count, is_return in cursor.fetchall()}


def _resolved() -> frozenset[tuple[UUID, UUID | None, str]]:
    """(partner, program, period key) of the exceptions that a close left out and that are no exceptions any more."""
    same = Q(version=None) | Q(version__program=OuterRef("program"))
    still = SaleException.objects.filter(same, sale_line=OuterRef("sale_line"))
    rows = AcceptedException.objects.exclude(Exists(still)).order_by()
    return frozenset(rows.values_list("sale_line__partner_id", "program_id", "period__key").distinct())
