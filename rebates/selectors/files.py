"""Rows of exported files: whole tables in an order without ties, as finance reads them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, Func, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from commerce.export_kinds import partner_named
from partners.models import Partner
from prm.db.scope import require_tenant
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.selectors import entry_list
from rebates.models import Accrual, Adjustment, Program, SaleException, Statement, StatementLine, StatementSale
from rebates.selectors.accruals import accrual_list, adjustment_list, exception_list
from rebates.selectors.statements import statement_list
from rebates.states import PeriodStatus


def accruals(
    actor: Actor, *, partner: str = "", program: str = "", period: str = "", status: str = "", search: str = ""
) -> QuerySet[Accrual]:
    owner, found = partner_named(partner), program_named(program)
    rows = accrual_list(
        actor, partner_id=owner.pk if owner else None, program_id=found.pk if found else None, period_key=period,
        status=status if status in PeriodStatus.values else "", search=search,
    )  # fmt: skip
    return rows.order_by(
        "period_start", "period_key", "version__program__code", "partner__code", "version__number", "id"
    )


def statement_lines(
    actor: Actor, *, partner: str = "", period: str = "", status: str = "", search: str = ""
) -> QuerySet[StatementLine]:
    """The lines of statements, as settlements list them."""
    chosen = _statements(actor, partner, period, status, search)
    rows: QuerySet[StatementLine] = StatementLine.objects.filter(statement__in=chosen)
    rows = rows.annotate(
        statement_number=_numbered("R-", "statement__number", 6),
        settlement_number=_numbered("S-", "statement__settlement__number", 5),
    )
    return rows.order_by("statement__number", "-kind", "version__program__code", "version__number", "id")


def sale_shares(
    actor: Actor, *, partner: str = "", period: str = "", status: str = "", search: str = ""
) -> QuerySet[StatementSale]:
    """The frozen share of every sale line behind the statements."""
    chosen = _statements(actor, partner, period, status, search)
    rows: QuerySet[StatementSale] = StatementSale.objects.filter(statement_line__statement__in=chosen)
    rows = rows.annotate(statement_number=_numbered("R-", "statement_line__statement__number", 6))
    return rows.order_by("statement_line__statement__number", "statement_line_id", "id")


def ledger_entries(
    actor: Actor, *, since: dt.date | None = None, until: dt.date | None = None, account: str = "", partner: str = "",
    program: str = "", period: str = "",
) -> QuerySet[Any]:  # fmt: skip
    actor.require(Right.STATEMENTS_VIEW)
    owner, found = partner_named(partner), program_named(program)
    rows = entry_list(
        since=since, until=until, account=account, period=period, partner_ids=[owner.pk] if owner else None,
        program_ids=[found.pk] if found else None,
    )  # fmt: skip
    partners = Partner.objects.filter(pk=OuterRef("partner_id"))
    programs = Program.objects.filter(pk=OuterRef("program_id"))
    return rows.annotate(
        partner_code=Subquery(partners.values("code")[:1]), partner_name=Subquery(partners.values("name")[:1]),
        program_code=Subquery(programs.values("code")[:1]),
    )  # fmt: skip


def adjustments(
    actor: Actor, *, since: dt.date | None = None, until: dt.date | None = None, partner: str = "", period: str = ""
) -> QuerySet[Adjustment]:
    """Days are those on which it was booked, in the vendor's time zone."""
    owner = partner_named(partner)
    rows = adjustment_list(actor, partner_id=owner.pk if owner else None, period_key=period)
    if since is not None:
        rows = rows.filter(created_at__gte=_midnight(since))
    if until is not None:
        rows = rows.filter(created_at__lt=_midnight(until + dt.timedelta(days=1)))
    return rows.order_by("created_at", "id")


def exceptions(
    actor: Actor, *, since: dt.date | None = None, until: dt.date | None = None, partner: str = "", search: str = ""
) -> QuerySet[SaleException]:
    owner = partner_named(partner)
    rows = exception_list(actor, partner_id=owner.pk if owner else None, reason=search)
    rows = rows.filter(sale_line__sold_on__gte=since) if since else rows
    rows = rows.filter(sale_line__sold_on__lte=until) if until else rows
    return rows.order_by("sale_line__sold_on", "sale_line_id", "version__program__code", "id")


def program_named(code: str) -> Program | None:
    """None for no code. Raises `Invalid` for one that no program has."""
    if not code:
        return None
    found = Program.objects.filter(code=code).first()
    if found is None:
        raise Invalid(fields={"program": [_("There is no program with this code.")]})
    return found


def _statements(actor: Actor, partner: str, period: str, status: str, search: str) -> QuerySet[Statement, Any]:
    """The ids of the statements that the same filters show in their list."""
    owner = partner_named(partner)
    found = statement_list(
        actor, partner_id=owner.pk if owner else None, period_key=period, status=status, search=search
    )  # fmt: skip
    return found.order_by().values("pk")


def _numbered(prefix: str, path: str, digits: int) -> Func:
    """R-000012, as the number of a thing is shown everywhere; null where there is none."""
    text = "%(expressions)s::text"
    return Func(
        F(path), template=f"'{prefix}' || lpad({text}, greatest({digits}, length({text})), '0')",
        output_field=CharField(),
    )  # fmt: skip


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, ZoneInfo(require_tenant().time_zone))
