"""What is earned so far, for the partner's pages, finance's pages and the API."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from commerce.models import SaleLine
from prm.errors import Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.discretion import with_shown
from rebates.models import Accrual, Adjustment, Period, SaleException, StatementLine
from rebates.policies import earnings_of
from rebates.selectors.pages import LinePage, LineShare, cursor_of, limited, position_of
from rebates.sql import CountedLine, Scope, has_many_lines, is_paged, line_allocations, paged_lines
from rebates.states import PeriodStatus, StatementLineKind
from rebates.versions import versions_in_force


def accrual_list(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    program_id: UUID | None = None,
    period_key: str = "",
    search: str = "",
    status: str = "",
) -> QuerySet[Accrual]:
    """Accruals with version, program and partner, newest period first, the largest payout first within it.

    `status` is `open` or `closed` (of the period), `search` looks into codes and names of partners and programs. Each
    row carries `is_closed` and what `with_shown` adds. A partner's people see only their own.
    """
    owner = earnings_of(actor, partner_id)
    closed = Period.objects.filter(kind=OuterRef("period_kind"), key=OuterRef("period_key"), status=PeriodStatus.CLOSED)
    accruals: Any = Accrual.objects.select_related("version__program", "partner").annotate(is_closed=Exists(closed))
    accruals = with_shown(accruals, actor).order_by("-period_start", "-payout", "id")
    if owner is not None:
        accruals = accruals.filter(partner_id=owner)
    if program_id is not None:
        accruals = accruals.filter(version__program_id=program_id)
    if period_key:
        accruals = accruals.filter(period_key=period_key)
    if search:
        named = Q(partner__code__icontains=search) | Q(partner__name__icontains=search)
        accruals = accruals.filter(named | Q(version__program__code__icontains=search))
    if status in PeriodStatus.values:
        accruals = accruals.filter(is_closed=status == PeriodStatus.CLOSED)
    return accruals  # type: ignore[no-any-return]


def accrual_totals(accruals: QuerySet[Accrual]) -> list[dict[str, object]]:
    """`{currency, payout, count}` for each currency of the whole queryset, whatever page of it is shown."""
    rows = accruals.order_by().values("currency").annotate(payout_sum=Sum("payout"), count=Count("id"))
    return [
        {"currency": row["currency"], "payout": row["payout_sum"], "count": row["count"]}
        for row in rows.order_by("currency")
    ]


def accrual_periods(actor: Actor) -> list[str]:
    """The keys of all periods with accruals, newest first: what a filter offers."""
    owner = earnings_of(actor, None)
    accruals = Accrual.objects.all() if owner is None else Accrual.objects.filter(partner_id=owner)
    rows = accruals.values_list("period_start", "period_key").distinct().order_by("-period_start", "period_key")
    return [key for _start, key in rows]


def accrual_get(actor: Actor, accrual_id: UUID) -> Accrual:
    """Raises `NotFound` for an unknown accrual or another partner's."""
    found = accrual_list(actor).filter(pk=accrual_id).first()
    if found is None:
        raise NotFound
    return found


def accrual_winner(actor: Actor, accrual: Accrual) -> Accrual | None:
    """The accrual of the program that pays instead of this one, because it pays more."""
    why = accrual.reason.split("; ")[0]
    if not why.startswith("best "):
        return None
    rivals = accrual_list(actor, partner_id=accrual.partner_id, period_key=accrual.period_key)
    return rivals.filter(version__program__code=why.removeprefix("best ")).first()


def accrual_lines(actor: Actor, accrual_id: UUID, *, after: str | None = None, limit: int = 50) -> LinePage:
    """A page of the sale lines behind an accrual, by day and external id. The shares of all pages add up to the payout.

    In a closed period these are the frozen shares of the statement. Of very many lines of an open one each share is
    rounded for itself, at most one minor unit off, and the page says that it is `estimated`.
    """
    accrual: Any = accrual_get(actor, accrual_id)
    limit = limited(limit)
    stated = _stated(accrual)
    if stated is not None:
        from rebates.selectors.statements import frozen_page

        return frozen_page(stated, after, limit, veiled=accrual.is_veiled)
    versions = versions_in_force([accrual.version.program_id])
    version = next((one for one in versions if one.id == accrual.version_id), None)
    if version is None:
        return LinePage()
    scope, period = Scope(fiscal.calendar(), fiscal.base_currency()), fiscal.calendar().from_key(accrual.period_key)
    behind: dict[str, Any] = {
        "partner_id": accrual.partner_id,
        "period": period,
        "after": _position(after),
        "limit": limit + 1,
    }
    if accrual.measure and is_paged(version.program) and has_many_lines(scope, accrual.partner_id, period):
        rate = Fraction(accrual.payout) / Fraction(accrual.measure)
        lines = paged_lines(versions, version, scope, rate=rate, **behind)
        return _live_page(lines, limit, estimated=True, veiled=accrual.is_veiled)
    lines = line_allocations(versions, version, scope, payout=accrual.payout, **behind)
    return _live_page(lines, limit, veiled=accrual.is_veiled)


def adjustment_list(
    actor: Actor, *, partner_id: UUID | None = None, period_key: str = "", origin_period_key: str = ""
) -> QuerySet[Adjustment]:
    """Adjustments with version, program and partner, newest first; `period_key` is the period they are booked in."""
    owner = earnings_of(actor, partner_id)
    rows: QuerySet[Adjustment] = Adjustment.objects.select_related("version__program", "partner")
    rows = rows.order_by("-created_at", "-id")
    if owner is not None:
        rows = rows.filter(partner_id=owner)
    if period_key:
        rows = rows.filter(booked_period_key=period_key)
    if origin_period_key:
        rows = rows.filter(origin_period_key=origin_period_key)
    return rows


def exception_list(actor: Actor, *, partner_id: UUID | None = None, reason: str = "") -> QuerySet[SaleException]:
    """The exceptions list with lines, partners and versions, newest sale first. `reason` matches from its start."""
    actor.require(Right.ACCRUALS_VIEW)
    rows: QuerySet[SaleException] = SaleException.objects.select_related(
        "sale_line__partner", "sale_line__product", "version__program"
    ).order_by("-sale_line__sold_on", "sale_line_id", "id")
    if partner_id is not None:
        rows = rows.filter(sale_line__partner_id=partner_id)
    if reason:
        rows = rows.filter(reason__startswith=reason)
    return rows


def _stated(accrual: Accrual) -> StatementLine | None:
    return StatementLine.objects.filter(
        version_id=accrual.version_id, kind=StatementLineKind.REBATE, period_key=accrual.period_key,
        statement__partner_id=accrual.partner_id,
    ).first()  # fmt: skip


def _position(after: str | None) -> tuple[dt.date, str] | None:
    found = position_of(after, 2)
    if found is None:
        return None
    try:
        return dt.date.fromisoformat(found[0]), found[1]
    except ValueError:
        raise Invalid(fields={"after": [_("This is no position in the list.")]}) from None


def _live_page(
    lines: list[CountedLine], limit: int, *, estimated: bool = False, veiled: bool = False
) -> LinePage:  # fmt: skip
    shown = lines[:limit]
    sales = SaleLine.objects.select_related("product").in_bulk([line.line_id for line in shown])
    last = shown[-1] if len(lines) > limit else None
    rows = [
        LineShare(sales[line.line_id], None if veiled else Decimal(line.contribution), line.amount, line.day)
        for line in shown
    ]
    return LinePage(rows, cursor_of(last.sold_on, last.external_id) if last else "", estimated)
