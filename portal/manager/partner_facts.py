"""What a partner's page tells of the partner: sales, accruals, statements, history, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from partners.selectors.accounts import account_list
from partners.selectors.onboarding import plan_of
from portal.shared.bank_accounts import IN_SIGHT
from portal.shared.figures import sales_figures
from prm.audit.selectors import entries_about
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest
from rebates.selectors.accruals import accrual_list
from rebates.selectors.statements import statement_list

ACCRUALS_SHOWN = 8
STATEMENTS_SHOWN = 6
ACTIVITY_SHOWN = 12


def of(request: PortalRequest, partner: Any) -> dict[str, Any]:
    actor = request.actor
    facts: dict[str, Any] = {"activity": entries_about(partner)[:ACTIVITY_SHOWN]}
    facts["onboarding"] = plan_of(actor, partner.pk)
    if actor.can(Right.SALES_VIEW):
        facts["sales"] = sales_figures(actor, partner.pk)
    if actor.can(Right.ACCRUALS_VIEW):
        found = accrual_list(actor, partner_id=partner.pk).order_by("-period_start", "-payout")
        facts["accruals"] = found[:ACCRUALS_SHOWN]
    if actor.can(Right.STATEMENTS_VIEW):
        facts["statements"] = statement_list(actor, partner_id=partner.pk)[:STATEMENTS_SHOWN]
    if actor.can(Right.ACCOUNTS_EDIT):
        facts["accounts"] = account_list(actor, partner_id=partner.pk).filter(status__in=IN_SIGHT)
    return facts
