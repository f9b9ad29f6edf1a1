from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.models import Settlement, SettlementExport, Statement


def settlement_list(actor: Actor, *, status: str = "", search: str = "") -> QuerySet[Settlement]:
    """Settlements, newest first, with `statement_count`. `search`: a number such as `S-00012`, or a reference."""
    actor.require(Right.STATEMENTS_VIEW)
    rows: QuerySet[Settlement] = Settlement.objects.annotate(statement_count=Count("statements")).order_by("-number")
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
    """`{currency, total, count}` of the statements in it."""
    settlement = settlement_get(actor, settlement_id)
    rows = Statement.objects.filter(settlement=settlement).order_by().values("currency")
    rows = rows.annotate(total_sum=Sum("total"), count=Count("id")).order_by("currency")
    return [{"currency": row["currency"], "total": row["total_sum"], "count": row["count"]} for row in rows]


def settlement_exports(actor: Actor, settlement_id: UUID) -> QuerySet[SettlementExport]:
    """The files that were made of it, with their stored files."""
    settlement = settlement_get(actor, settlement_id)
    return SettlementExport.objects.filter(settlement=settlement).select_related("file").order_by("created_at")
