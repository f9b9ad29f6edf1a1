"""Two people at once, on two connections: one end, one account in force, one new place."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from partners import exits as registry
from partners.models import BankAccount, DataExport, Exit
from partners.services.accounts import account_confirm, account_propose
from partners.services.exits import exit_finish, exit_start
from partners.services.partners import partner_change_status
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.identity.services import membership_move
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_member, make_partner, make_tenant
from tests.partners.test_exits import LEAVE, NOW
from tests.rebates.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No tenant is active: its context is a transaction, and what the two connections see must be committed."""
    monkeypatch.setattr(registry, "_checks", {})
    with time_machine.travel(NOW, tick=True):
        yield make_cast(make_tenant("acme"))


def second(acme: Cast, role: Role) -> Actor:
    return Actor.user(make_member(acme.tenant, role, email="second@acme.test"))


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_of_two_who_finish_an_exit_one_does(acme: Cast) -> None:
    other = second(acme, Role.ADMINISTRATOR)
    with tenant_context(acme.tenant):
        found = exit_start(actor=acme.manager, partner_id=acme.partner.pk, **LEAVE)
    calls = [lambda who=who: exit_finish(actor=who, exit_id=found.pk, reason="Done") for who in (acme.manager, other)]
    assert kinds(at_once(acme.tenant, *calls)) == ["Exit", "StateError"]
    with tenant_context(acme.tenant):
        assert DataExport.objects.count() == 1


def test_an_end_by_hand_and_a_notice_at_once_make_one_exit(acme: Cast) -> None:
    results = at_once(
        acme.tenant,
        lambda: partner_change_status(actor=acme.manager, partner_id=acme.partner.pk, verb="end", reason="Gone"),
        lambda: exit_start(actor=acme.administrator, partner_id=acme.partner.pk, **LEAVE),
    )
    assert kinds(results) in (["Partner", "StateError"], ["Conflict", "Exit"])
    with tenant_context(acme.tenant):
        assert Exit.objects.count() == 1


def test_of_two_who_confirm_an_account_one_does(acme: Cast) -> None:
    other = second(acme, Role.ADMINISTRATOR)
    with tenant_context(acme.tenant):
        account = account_propose(
            actor=acme.partner_administrator, partner_id=acme.partner.pk, currency="USD", holder="H",
            number="123456789", bank_code="021000021",
        )  # fmt: skip
    people = (acme.finance, other)
    calls = [lambda who=who: account_confirm(actor=who, account_id=account.pk) for who in people]
    assert kinds(at_once(acme.tenant, *calls)) == ["BankAccount", "StateError"]
    with tenant_context(acme.tenant):
        assert BankAccount.objects.get().status == "active"


def test_somebody_who_is_moved_twice_at_once_has_one_place(acme: Cast) -> None:
    third = make_partner(acme.tenant, "P-3")
    moved = make_member(acme.tenant, Role.PARTNER_SALES, acme.partner, email="moved@blue.test")
    other = second(acme, Role.ADMINISTRATOR)
    orders = ((acme.administrator, acme.other_partner), (other, third))
    calls = [
        lambda who=who, where=where: membership_move(actor=who, membership_id=moved.pk, partner_id=where.pk)
        for who, where in orders
    ]
    results = at_once(acme.tenant, *calls)
    with tenant_context(acme.tenant):
        places = Membership.objects.filter(user=moved.user, is_active=True)
        assert [one.partner_id in {acme.other_partner.pk, third.pk} for one in places] == [True], results
    assert kinds(results)[0] == "Membership"
