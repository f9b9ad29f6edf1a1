"""The channel manager's first page: how sales and accruals stand, and what waits for somebody."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.selectors.partners import partner_list
from partners.states.partner import PartnerStatus
from portal.shared.attention import attention
from portal.shared.figures import sales_figures
from portal.shared.pages import page_response
from prm import clock
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.selectors.accruals import accrual_list
from rebates.selectors.programs import program_list, program_name

TOP_PARTNERS = 6
CHARTED_PROGRAMS = 5


@page(Right.PARTNERS_VIEW)
def overview(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    calendar = Calendar(request.tenant.fiscal_start_month)
    quarter = calendar.period(PeriodKind.QUARTER, clock.today(request.tenant))
    context = {
        "quarter": quarter,
        "partners": _partners(request),
        "attention": attention(actor),
        "sales": sales_figures(actor) if actor.can(Right.SALES_VIEW) else None,
        **(_accruals(request, calendar, quarter) if actor.can(Right.ACCRUALS_VIEW) else {}),
    }
    return page_response(request, "portal/manager/overview.html", context)


def _partners(request: PortalRequest) -> dict[str, Any]:
    rows = partner_list(request.actor).order_by().values_list("status").annotate(Count("pk")).order_by()
    counts: dict[str, int] = dict(rows)
    shown = [(label, counts.get(value, 0), value) for value, label in PartnerStatus.choices if counts.get(value)]
    return {"total": sum(counts.values()), "active": counts.get(PartnerStatus.ACTIVE, 0), "by_status": shown}


def _accruals(request: PortalRequest, calendar: Calendar, quarter: Period) -> dict[str, Any]:
    """Accrued in the periods of this quarter: the sums, by program, and the partners that earn most."""
    inside = accrual_list(request.actor).filter(period_start__gte=quarter.start, period_end__lte=quarter.end).order_by()
    by_program = inside.values("version__program_id", "currency").annotate(
        payout=Sum("payout"), measure=Sum("measure"), partners=Count("partner_id", distinct=True)
    )
    totals: dict[str, Decimal] = defaultdict(Decimal)
    rows: list[dict[str, Any]] = [dict(row) for row in by_program.order_by("-payout")]
    for row in rows:
        totals[row["currency"]] += row["payout"]
    main = max(totals, key=lambda code: (totals[code], code), default=request.tenant.base_currency)
    programs = _programs(request, rows)
    return {
        "accrued": totals.get(main, Decimal(0)),
        "accrued_currency": main,
        "accrued_others": [(code, total) for code, total in sorted(totals.items()) if code != main],
        "accrued_trend": _trend(request, calendar, quarter, main),
        "programs": programs,
        "program_parts": _parts([row for row in programs if row["currency"] == main]),
        "top": _top(inside, main),
    }


def _programs(request: PortalRequest, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    language = get_language() or "en"
    known: dict[Any, Any] = {program.pk: program for program in program_list(request.actor)}
    found = []
    for row in rows:
        program = known.get(row["version__program_id"])
        if program is not None:
            version = program.all_versions[0]
            found.append({**row, "program": program, "version": version, "name": program_name(version, language)})
    return found


def _parts(programs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = [{"name": row["name"], "value": row["payout"]} for row in programs[:CHARTED_PROGRAMS] if row["payout"] > 0]
    rest = sum((row["payout"] for row in programs[CHARTED_PROGRAMS:]), Decimal(0))
    return [*shown, {"name": _("Others"), "value": rest}] if rest > 0 else shown


def _trend(request: PortalRequest, calendar: Calendar, quarter: Period, currency: str) -> list[Decimal]:
    """Accruals of the last six quarters, months and quarters together."""
    periods = [quarter]
    while len(periods) < 6:
        periods.insert(0, calendar.previous(periods[0]))
    rows = accrual_list(request.actor).filter(
        period_kind__in=["month", "quarter"], currency=currency,
        period_start__gte=periods[0].start, period_end__lte=quarter.end,
    )  # fmt: skip
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for start, payout in rows.order_by().values_list("period_start").annotate(Sum("payout")).order_by():
        sums[calendar.period(PeriodKind.QUARTER, start).start] += payout
    return [sums[period.start] for period in periods]


def _top(inside: Any, currency: str) -> list[dict[str, Any]]:
    rows = inside.filter(currency=currency).values("partner_id", "partner__name", "partner__code")
    return list(
        rows.annotate(payout=Sum("payout")).filter(payout__gt=0).order_by("-payout", "partner__code")[:TOP_PARTNERS]
    )
