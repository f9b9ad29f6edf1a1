"""A change of a partner's account waits, everybody hears of it, and its owner can stop it."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from partners.exits import checks
from partners.handlers import accounts as handlers
from partners.models import AccountSettings, BankAccount
from partners.selectors.accounts import accounts_in_force, cool_off_hours
from partners.services.accounts import (
    account_confirm,
    account_propose,
    account_stop,
    accounts_take_effect,
    cool_off_set,
)
from prm import clock
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_tenant

NOW = "2026-10-26T04:00:00Z"
SYSTEM = Actor.system("tests")


@pytest.fixture
def acme(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def account(cast: Cast, number: str, partner: Any = "own", **more: Any) -> BankAccount:
    made = account_propose(
        actor=cast.finance, partner_id=cast.partner.pk if partner == "own" else partner, currency="CNY",
        holder="Blue Harbour", number=number, bank_code="102290002916", **more,
    )  # fmt: skip
    return account_confirm(actor=cast.administrator, account_id=made.pk)


def paid_to(cast: Cast) -> str:
    return accounts_in_force({cast.partner.pk}, {"CNY"})[cast.partner.pk, "CNY"].last4


def told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind).order_by("user__email")
    return list(rows.values_list("user__email", flat=True))


def deliver() -> None:
    found = {
        "partners.account.cooling": handlers.account_cooling,
        "partners.account.confirmed": handlers.account_in_force,
        "partners.account.stopped": handlers.account_stopped,
    }
    for message in Message.objects.filter(topic__in=found).order_by("created_at"):
        found[message.topic](message.payload)


def test_who_leaves_settles_a_change_that_takes_effect_soon_first(acme: Cast) -> None:
    [check] = [one for one in checks() if one.code == "partners.accounts"]
    account(acme, "6222000000001111")
    assert check.count(acme.partner.pk) == 0
    second = account(acme, "6222000000002222")
    assert (second.status, check.count(acme.partner.pk)) == ("cooling", 1)
    account_stop(actor=acme.finance, account_id=second.pk, reason="The partner leaves")
    assert check.count(acme.partner.pk) == 0


def test_the_first_account_is_in_force_at_once_a_change_72_hours_later(acme: Cast) -> None:
    assert account(acme, "6222000000001111").status == "active"
    second = account(acme, "6222000000002222")
    assert (second.status, second.effective_from) == ("cooling", clock.now() + dt.timedelta(hours=72))
    assert paid_to(acme) == "1111"
    with time_machine.travel("2026-10-29T03:59:00Z"):
        assert accounts_take_effect(actor=SYSTEM) == 0
    with time_machine.travel("2026-10-29T04:00:00Z"):
        assert (accounts_take_effect(actor=SYSTEM), accounts_take_effect(actor=SYSTEM)) == (1, 0)
    assert paid_to(acme) == "2222"
    states = dict(BankAccount.objects.values_list("last4", "status"))
    assert states == {"1111": "replaced", "2222": "active"}


def test_the_vendors_own_account_changes_at_once(acme: Cast) -> None:
    account(acme, "6222000000001111", None)
    assert account(acme, "6222000000002222", None).status == "active"


def test_both_sides_are_told_of_old_and_new_once(acme: Cast) -> None:
    account(acme, "6222000000001111")
    account(acme, "6222000000002222")
    deliver()
    deliver()
    own = [acme.user(role).email for role in (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_FINANCE)]
    vendor = sorted(acme.user(role).email for role in (Role.ADMINISTRATOR, Role.FINANCE))
    assert (told("partners.account.cooling"), told("partners.account.cooling_vendor")) == (own, vendor)
    data = Notice.objects.filter(kind="partners.account.cooling").first().data
    assert (data["old"], data["new"]) == ("CNY •••• 1111", "CNY •••• 2222")
    assert data["effective_at"] == "2026-10-29T04:00:00+00:00"


def test_the_partner_or_finance_can_stop_it_in_time(acme: Cast) -> None:
    account(acme, "6222000000001111")
    change = account(acme, "6222000000002222")
    people = acme.actor(Role.PARTNER_FINANCE)
    with pytest.raises(Invalid):
        account_stop(actor=people, account_id=change.pk, reason=" ")
    for role in (Role.PARTNER_SALES, Role.MARKETING):
        with pytest.raises(Forbidden):
            account_stop(actor=acme.actor(role), account_id=change.pk, reason="?")
    account_stop(actor=people, account_id=change.pk, reason="Nobody here asked for it")
    with time_machine.travel("2026-11-10T04:00:00Z"):
        assert accounts_take_effect(actor=SYSTEM) == 0
    assert paid_to(acme) == "1111"
    with pytest.raises(StateError):
        account_stop(actor=acme.finance, account_id=change.pk, reason="Again")
    deliver()
    assert len(told("partners.account.stopped")) == len(told("partners.account.stopped_vendor")) == 2
    other = account(acme, "6222000000003333", acme.other_partner.pk)
    with pytest.raises(NotFound):
        account_stop(actor=people, account_id=other.pk, reason="Not mine")


def test_one_change_at_a_time(acme: Cast) -> None:
    account(acme, "6222000000001111")
    account(acme, "6222000000002222")
    with pytest.raises(Conflict) as caught:
        account(acme, "6222000000003333")
    assert caught.value.code == "cooling"
    assert BankAccount.objects.get(last4="3333").status == "proposed"


def test_the_vendor_chooses_how_long(acme: Cast) -> None:
    assert cool_off_hours() == 72
    account(acme, "6222000000001111")
    for actor in (acme.finance, acme.manager):
        with pytest.raises(Forbidden):
            cool_off_set(actor=actor, hours=0)
    with pytest.raises(Invalid):
        cool_off_set(actor=acme.administrator, hours=721)
    cool_off_set(actor=acme.administrator, hours=24)
    assert account(acme, "6222000000002222").effective_from == clock.now() + dt.timedelta(hours=24)
    cool_off_set(actor=acme.administrator, hours=0)
    assert AccountSettings.objects.get().cool_off_hours == 0
    assert BankAccount.objects.get(last4="2222").status == "cooling"


@pytest.mark.django_db(transaction=True)
def test_stopping_and_taking_effect_at_once_leave_one_account_in_force() -> None:
    cast = make_cast(make_tenant("acme"))
    with transaction.atomic(), tenant_context(cast.tenant):
        account(cast, "6222000000001111")
        change = account(cast, "6222000000002222")
        BankAccount.objects.filter(pk=change.pk).update(effective_from=clock.now())
    barrier, refused = threading.Barrier(2, timeout=20), list[str]()

    def run(act: Any) -> None:
        try:
            with transaction.atomic(), tenant_context(cast.tenant):
                barrier.wait()
                act()
        except StateError as error:
            refused.append(error.code)
        finally:
            connection.close()

    acts = [
        lambda: accounts_take_effect(actor=SYSTEM),
        lambda: account_stop(actor=cast.partner_administrator, account_id=change.pk, reason="Stop"),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with transaction.atomic(), tenant_context(cast.tenant):
        states = dict(BankAccount.objects.values_list("last4", "status"))
        assert BankAccount.objects.filter(status="active").count() == 1
    stopped = {"1111": "active", "2222": "rejected"}
    assert states == (stopped if not refused else {"1111": "replaced", "2222": "active"})
