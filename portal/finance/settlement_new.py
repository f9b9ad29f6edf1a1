"""Preparing a settlement: which statements, what they would pay after netting, what a dispute holds back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.shared.pages import done, page_response
from portal.shared.picking import picked_ids
from prm.errors import Conflict, Invalid
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.netting import Plan
from rebates.selectors.settlements import settlement_plan, statements_settleable
from rebates.services.settlements import settlement_prepare

WAITING_SHOWN = 200


@page(Right.SETTLEMENTS_EDIT)
def prepare(request: PortalRequest) -> HttpResponse:
    """Pick approved statements. At first all are, but those of partners that come to less than nothing."""
    waiting = list(statements_settleable(request.actor)[:WAITING_SHOWN])
    refusal: list[str] = []
    if request.method == "POST":
        try:
            settlement = _prepared(request)
        except (Invalid, Conflict) as fault:
            refusal = [str(text) for texts in fault.fields.values() for text in texts] or [str(fault.message)]
        else:
            address = reverse("finance:settlement", args=[settlement.pk])
            return done(request, address, _("Settlement %(number)s is prepared.") % {"number": settlement})
    plan = settlement_plan(request.actor, waiting)
    picked = set(picked_ids(request, "statement")) if request.method == "POST" else _offered(waiting, plan)
    context = {"rows": _rows(waiting, plan, picked), "refusal": refusal, **_outcome(request, waiting, picked)}
    return page_response(
        request, "portal/finance/settlements/prepare.html", context, status=422 if refusal else 200
    )  # fmt: skip


@require_POST
@page(Right.SETTLEMENTS_EDIT)
def preview(request: PortalRequest) -> HttpResponse:
    """What the picked statements would pay, while they are being picked."""
    waiting = list(statements_settleable(request.actor)[:WAITING_SHOWN])
    context = _outcome(request, waiting, set(picked_ids(request, "statement")))
    return render(request, "portal/finance/settlements/_outcome.html", context)


def _prepared(request: PortalRequest) -> Any:
    with transaction.atomic():
        return settlement_prepare(
            actor=request.actor, statement_ids=picked_ids(request, "statement"),
            deduct_partner_ids=picked_ids(request, "deduct"),
        )  # fmt: skip


def _offered(waiting: Sequence[Any], plan: Plan) -> set[UUID]:
    nets = plan.nets()
    return {one.pk for one in waiting if one.pk in plan.lines and nets[one.partner_id, one.currency] >= 0}


def _rows(waiting: Sequence[Any], plan: Plan, picked: set[UUID]) -> list[dict[str, Any]]:
    held: dict[UUID, Decimal] = {}
    for line in plan.held:
        held[line.statement_id] = held.get(line.statement_id, Decimal(0)) + line.amount
    return [
        {
            "statement": one,
            "id": str(one.pk),
            "amount": sum((line.amount for line in plan.lines.get(one.pk, ())), Decimal(0)),
            "held": held.get(one.pk),
            "can_pick": one.pk in plan.lines,
            "picked": one.pk in picked,
            "suspended": one.partner_id in plan.suspended,
        }
        for one in waiting
    ]


def _outcome(request: PortalRequest, waiting: Sequence[Any], picked: set[UUID]) -> dict[str, Any]:
    """The payments of the picked statements and their sums by currency."""
    deduct = set(picked_ids(request, "deduct"))
    plan = settlement_plan(request.actor, [one for one in waiting if one.pk in picked], deduct)
    sums: dict[str, dict[str, Any]] = {}
    for payment in plan.payments:
        total = sums.setdefault(payment.currency, {"currency": payment.currency, "total": Decimal(0), "count": 0})
        total["total"] += payment.amount
        total["count"] += 1
    return {"payments": plan.payments, "below": plan.below_zero(), "totals": list(sums.values()), "deduct": deduct}
