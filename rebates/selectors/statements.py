"""Statements as finance and partners read them; a partner sees its own once they are approved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from prm.errors import Invalid, NotFound
from prm.identity.actor import Actor
from rebates.discretion import with_shown
from rebates.models import Statement, StatementLine, StatementSale
from rebates.policies import PARTNER_SEES, statements_of
from rebates.selectors.pages import LinePage, LineShare, cursor_of, limited, position_of


def statement_list(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    period_key: str = "",
    status: str = "",
    search: str = "",
    settlement_id: UUID | None = None,
) -> QuerySet[Statement]:
    """Statements with period, partner and settlement, newest first. `search`: number, partner code or name."""
    owner = statements_of(actor, partner_id)
    rows: QuerySet[Statement] = Statement.objects.select_related("period", "partner", "settlement").order_by("-number")
    if owner is not None:
        rows = rows.filter(partner_id=owner)
    if actor.is_partner:
        rows = rows.filter(status__in=PARTNER_SEES)
    if period_key:
        rows = rows.filter(period__key=period_key)
    if status:
        rows = rows.filter(status=status)
    if settlement_id is not None:
        rows = rows.filter(settlement_id=settlement_id)
    if search:
        rows = rows.filter(_found(search))
    return rows


def _found(search: str) -> Q:
    text = search.strip()
    named = Q(partner__code__icontains=text) | Q(partner__name__icontains=text)
    digits = text.upper().removeprefix("R-")
    return named | Q(number=int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 10 else named


def statement_totals(statements: QuerySet[Statement]) -> list[dict[str, object]]:
    """`{currency, total, count}` for each currency of the whole queryset."""
    rows = statements.order_by().values("currency").annotate(total_sum=Sum("total"), count=Count("id"))
    return [
        {"currency": row["currency"], "total": row["total_sum"], "count": row["count"]}
        for row in rows.order_by("currency")
    ]


def statement_get(actor: Actor, statement_id: UUID) -> Statement:
    """Raises `NotFound` for an unknown statement, another partner's, or one that a partner may not see yet."""
    found = statement_list(actor).filter(pk=statement_id).first()
    if found is None:
        raise NotFound
    return found


def statement_lines(actor: Actor, statement_id: UUID) -> QuerySet[StatementLine]:
    """The lines with version, program and adjustment: rebates by program code, then adjustments."""
    statement = statement_get(actor, statement_id)
    return (
        with_shown(StatementLine.objects.filter(statement=statement), actor)
        .select_related("version__program", "adjustment")
        .order_by("-kind", "version__program__code", "version__number", "id")
    )


def statement_sales(actor: Actor, statement_line_id: UUID, *, after: str | None = None, limit: int = 50) -> LinePage:
    """A page of the frozen shares behind a statement line, by day and external id; none for an adjustment."""
    line: Any = with_shown(StatementLine.objects.filter(pk=statement_line_id), actor).first()
    if line is None:
        raise NotFound
    statement_get(actor, line.statement_id)
    return frozen_page(line, after, limited(limit), veiled=line.is_veiled)


def frozen_page(line: StatementLine, after: str | None, limit: int, *, veiled: bool) -> LinePage:
    """Rows were written in reading order: the key alone gives the page."""
    position = position_of(after, 1)
    shares = StatementSale.objects.filter(statement_line=line).select_related("sale_line__product").order_by("id")
    if position is not None:
        if not position[0].isdigit() or len(position[0]) > 18:
            raise Invalid
        shares = shares.filter(id__gt=int(position[0]))
    found = list(shares[: limit + 1])
    rows = [
        LineShare(one.sale_line, None if veiled else one.measure, one.amount, one.sale_line.sold_on)
        for one in found[:limit]
    ]
    return LinePage(rows, cursor_of(found[limit - 1].pk) if len(found) > limit else "")
