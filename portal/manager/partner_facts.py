"""The cards of a partner's page about its sales, accruals, statements, tier and bank accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.selectors.accounts import account_list
from partners.selectors.partners import tier_history
from portal.shared import timeline
from portal.shared.bank_accounts import IN_SIGHT
from portal.shared.figures import sales_figures
from portal.shared.partner_cards import SIDE, PartnerCard, PartnerTopic, register
from portal.shared.timeline import Event, Mark, TimelineSource, audit_source
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest
from rebates.selectors.accruals import accrual_list
from rebates.selectors.statements import statement_list

ACCRUALS_SHOWN = 8
STATEMENTS_SHOWN = 6
CARDS = "portal/manager/partners/cards"
Context = Mapping[str, Any]


def sales(request: PortalRequest, partner: Any) -> Context:
    last = statement_list(request.actor, partner_id=partner.pk).first() if may_see_statements(request) else None
    return {"sales": sales_figures(request.actor, partner.pk), "last": last}


def accruals(request: PortalRequest, partner: Any) -> Context:
    found = accrual_list(request.actor, partner_id=partner.pk).order_by("-period_start", "-payout")
    return {"accruals": list(found[:ACCRUALS_SHOWN])}


def statements(request: PortalRequest, partner: Any) -> Context:
    return {"statements": list(statement_list(request.actor, partner_id=partner.pk)[:STATEMENTS_SHOWN])}


def may_see_statements(request: PortalRequest) -> bool:
    return request.actor.can(Right.STATEMENTS_VIEW)


def facts(_request: PortalRequest, _partner: Any) -> Context:
    return {}


def accounts(request: PortalRequest, partner: Any) -> Context:
    return {"accounts": list(account_list(request.actor, partner_id=partner.pk).filter(status__in=IN_SIGHT))}


def tiers(request: PortalRequest, partner: Any) -> Context:
    return {"tiers": list(tier_history(request.actor, partner.pk))}


def statement_events(actor: Actor, partner_id: UUID, mark: Mark | None, limit: int) -> Iterable[Event]:
    """Statements as they were made; what became of them is told on their own pages."""
    rows = timeline.older(statement_list(actor, partner_id=partner_id), mark, at="created_at")
    return [
        Event(
            one.created_at, str(one.pk), _("Statement %(number)s was prepared.") % {"number": one},
            icon="file-text", url=reverse("manager:statement", args=[one.pk]),
        )
        for one in rows[:limit]
    ]  # fmt: skip


register(
    PartnerCard("sales", 10, Right.SALES_VIEW, f"{CARDS}/sales.html", sales, queries=5),
    PartnerCard("accruals", 20, Right.ACCRUALS_VIEW, f"{CARDS}/accruals.html", accruals, queries=2),
    PartnerCard("statements", 30, Right.STATEMENTS_VIEW, f"{CARDS}/statements.html", statements, queries=2),
    PartnerCard("facts", 10, None, f"{CARDS}/facts.html", facts, queries=0, column=SIDE),
    PartnerCard("accounts", 60, Right.ACCOUNTS_EDIT, f"{CARDS}/accounts.html", accounts, queries=2, column=SIDE),
    PartnerCard("tiers", 70, None, f"{CARDS}/tiers.html", tiers, queries=2, column=SIDE),
    PartnerTopic("earnings", 20, _("Earnings"), "wallet", "manager:partner_earnings", Right.ACCRUALS_VIEW),
)
timeline.register(TimelineSource("statements", Right.STATEMENTS_VIEW, statement_events))
audit_source(
    "accounts",
    Right.ACCOUNTS_EDIT,
    "partners.bankaccount",
    lambda actor, partner_id: list(account_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
