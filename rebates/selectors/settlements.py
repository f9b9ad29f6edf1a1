from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import Settlement, SettlementExport, SettlementLine, Statement
from rebates.netting import SETTLEABLE, Plan, plan_of
from rebates.selectors.statements import statement_list


def settlement_list(actor: Actor, *, status: str = "", search: str = "") -> QuerySet[Settlement]:
    """Settlements, newest first, with `statement_count`. `search`: a number such as `S-00012`, or a reference."""
    actor.require(Right.STATEMENTS_VIEW)
    count = Count("lines__statement_line__statement", distinct=True)
    rows: QuerySet[Settlement] = Settlement.objects.annotate(statement_count=count).order_by("-number")
    if status:
        rows = rows.filter(status=status)
    if search:
        digits = search.strip().upper().removeprefix("S-")
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 10
        rows = rows.filter(number=int(digits)) if is_number else rows.filter(payment_reference__icontains=search)
    return rows


def settlement_get(actor: Actor, settlement_id: UUID) -> Settlement:
    """Raises `NotFound`, `Forbidden`."""
    found = settlement_list(actor).filter(pk=settlement_id).first()
    if found is None:
        raise NotFound
    return found


def settlement_totals(actor: Actor, settlement_id: UUID) -> list[dict[str, object]]:
    """`{currency, total, count}` of the statements in it: what it pays of them."""
    return settlements_totals(actor, [settlement_get(actor, settlement_id).pk]).get(settlement_id, [])


def settlements_totals(actor: Actor, settlement_ids: Collection[UUID]) -> dict[UUID, list[dict[str, object]]]:
    """The totals of many settlements in one query."""
    actor.require(Right.STATEMENTS_VIEW)
    rows = SettlementLine.objects.filter(settlement_id__in=settlement_ids).order_by()
    grouped = rows.values("settlement_id", currency=F("payment__currency")).annotate(
        total=Sum("amount"), count=Count("statement_line__statement", distinct=True)
    )
    totals: dict[UUID, list[dict[str, object]]] = {}
    for row in grouped.order_by("currency"):
        names = ("currency", "total", "count")
        totals.setdefault(row["settlement_id"], []).append({name: row[name] for name in names})  # type: ignore[literal-required]
    return totals


def settlement_statements(actor: Actor, settlement_id: UUID) -> QuerySet[Statement]:
    """Its statements by partner with `settled`, what it pays of each."""
    settlement = settlement_get(actor, settlement_id)
    own = Q(lines__settled__settlement=settlement)
    rows = statement_list(actor).filter(own).annotate(settled=Sum("lines__settled__amount", filter=own))
    return rows.order_by("partner__name", "number")


def settlement_exports(actor: Actor, settlement_id: UUID) -> QuerySet[SettlementExport]:
    """The files that were made of it, with their stored files."""
    settlement = settlement_get(actor, settlement_id)
    return SettlementExport.objects.filter(settlement=settlement).select_related("file").order_by("created_at")


def statements_settleable(actor: Actor) -> QuerySet[Statement]:
    """Approved statements with lines that are in no settlement yet, held ones included, by partner."""
    rows = statement_list(actor).filter(status__in=SETTLEABLE)
    return rows.order_by("partner__name", "number")


def settlement_plan(actor: Actor, statements: Sequence[Statement], deduct_partner_ids: Collection[UUID] = ()) -> Plan:
    """What settling these statements now would pay, hold back and carry on."""
    actor.require(Right.SETTLEMENTS_EDIT)
    return plan_of(statements, deduct_partner_ids)
