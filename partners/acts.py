"""What can be done from a mail: stop a change of the bank account (about money: sign in again), agree to a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import BankAccount
from partners.selectors.plans import plan_get
from partners.services.accounts import account_stop
from partners.services.plans_agreeing import plan_agree
from partners.states.accounts import AccountStatus
from partners.states.plans import PlanStatus
from prm.errors import StateError
from prm.identity.actor import Actor
from prm.notifications.acts import Act, register

Data = Mapping[str, Any]


def _stop_question(_actor: Actor, data: Data) -> str:
    if not BankAccount.objects.filter(pk=UUID(data["account_id"]), status=AccountStatus.COOLING).exists():
        raise StateError(_("This change can't be stopped any more: it was stopped, or is in force."), code="too_late")
    return _("The account %(new)s of %(holder)s will not be used. Payments go on to %(old)s.") % data


def _stop(actor: Actor, data: Data) -> None:
    account_stop(actor=actor, account_id=UUID(data["account_id"]), reason=_("Stopped from the message about it."))


def _register_stop(code: str, path: str) -> None:
    register(
        Act(
            code=code,
            title=gettext_lazy("Stop the change"),
            question=_stop_question,
            do=_stop,
            done=gettext_lazy("The change of the bank account was stopped."),
            path=path,
            is_money=True,
        )
    )


_register_stop("partners.account.stop", "/p/payments/")
_register_stop("partners.account.stop_by_vendor", "/f/accounts/")


def _agree_question(actor: Actor, data: Data) -> str:
    plan = plan_get(actor, UUID(data["plan_id"]))
    if plan.status != PlanStatus.PROPOSED:
        raise StateError(_("Nothing is proposed at the moment."))
    return _("You agree to the business plan %(year)s of %(partner)s as %(who)s has proposed it.") % data


def _agree(actor: Actor, data: Data) -> None:
    plan_agree(actor=actor, plan_id=UUID(data["plan_id"]), sha256=data["sha256"])


register(
    Act(
        code="partners.plan.agree",
        title=gettext_lazy("Agree to the plan"),
        question=_agree_question,
        do=_agree,
        done=gettext_lazy("You have agreed to the business plan."),
        path="/%(surface)s/plans/%(plan_id)s/",
    )
)
