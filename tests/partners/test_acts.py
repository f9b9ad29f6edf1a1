"""What people do from a mail: a change of the bank account is stopped after signing in again, a plan agreed to by one
click."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from partners.models import BankAccount, BusinessPlan
from partners.services.accounts import account_confirm, account_propose
from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_propose, plan_recall
from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import PASSWORD, Cast
from prm.testing.relay import relay

NOW = "2026-10-26T04:00:00Z"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def link(cast: Cast, role: Role, subject: str) -> str:
    """The path of the act in the newest mail with this subject."""
    with tenant_context(cast.tenant):
        relay()
    letters = [one for one in mail.outbox if one.to == [cast.user(role).email] and subject in one.subject]
    found = re.search(r"http://acme\.localhost:8000(/act/\S+)", letters[-1].body)
    assert found
    return found[1]


def changed_account(cast: Cast) -> None:
    with tenant_context(cast.tenant):
        for number in ("30000001", "30000002"):
            made = account_propose(
                actor=cast.finance, partner_id=cast.partner.pk, currency="CNY", holder="Blue Harbour",
                number=number, bank_code="102290002916",
            )  # fmt: skip
            account_confirm(actor=cast.administrator, account_id=made.pk)


def accounts(cast: Cast) -> list[str]:
    with tenant_context(cast.tenant):
        return list(BankAccount.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        (Role.PARTNER_ADMINISTRATOR, "Your bank account changes"),
        (Role.ADMINISTRATOR, "The bank account of Blue Harbour changes"),
    ],
)
def test_a_change_of_account_is_stopped_by_whoever_signed_in_again(cast: Cast, role: Role, subject: str) -> None:
    changed_account(cast)
    path = link(cast, role, subject)
    client = Client(SERVER_NAME="acme.localhost")
    assert client.post(path)["Location"].startswith("/accounts/login/")
    client.force_login(cast.user(role))
    assert client.post(path)["Location"].startswith("/accounts/reauthenticate/")
    assert accounts(cast) == ["active", "cooling"]
    assert client.post(f"/accounts/reauthenticate/?next={path}", {"password": PASSWORD})["Location"] == path
    asked = client.get(path).content.decode()
    assert "CNY •••• 0002 of Blue Harbour will not be used. Payments go on to CNY •••• 0001." in asked
    assert "The change of the bank account was stopped." in client.post(path).content.decode()
    assert accounts(cast) == ["active", "rejected"]
    assert client.post(path).status_code == 409


def test_what_another_has_stopped_meanwhile_is_said(cast: Cast) -> None:
    changed_account(cast)
    first = link(cast, Role.PARTNER_ADMINISTRATOR, "Your bank account changes")
    second = link(cast, Role.FINANCE, "The bank account of Blue Harbour changes")
    for role, path, status in ((Role.FINANCE, second, 200), (Role.PARTNER_ADMINISTRATOR, first, 409)):
        client = cast.client(role)
        client.post(f"/accounts/reauthenticate/?next={path}", {"password": PASSWORD})
        assert client.post(path).status_code == status
    assert accounts(cast) == ["active", "rejected"]


def proposed_plan(cast: Cast) -> BusinessPlan:
    with tenant_context(cast.tenant):
        plan = plan_start(actor=cast.manager, partner_id=cast.partner.pk, fiscal_year=2026, title="Grow together")
        goal_add(actor=cast.manager, plan_id=plan.pk, title="Revenue", target=500, unit="money")
        plan_propose(actor=cast.manager, plan_id=plan.pk)
        return plan


def status(cast: Cast) -> str:
    with tenant_context(cast.tenant):
        return str(BusinessPlan.objects.get().status)


def test_a_plan_is_agreed_to_by_one_click_without_signing_in(cast: Cast) -> None:
    proposed_plan(cast)
    path = link(cast, Role.PARTNER_ADMINISTRATOR, "Please agree: business plan 2026")
    stranger = Client(SERVER_NAME="acme.localhost")
    asked = "You agree to the business plan 2026 of Blue Harbour as channel_manager@acme.test has proposed it."
    assert asked in stranger.get(path).content.decode()
    assert status(cast) == "proposed"
    assert "You have agreed to the business plan." in stranger.post(path).content.decode()
    assert (status(cast), stranger.post(path).status_code) == ("agreed", 409)


def test_a_plan_that_was_changed_since_is_not_agreed_to(cast: Cast) -> None:
    plan = proposed_plan(cast)
    path = link(cast, Role.PARTNER_ADMINISTRATOR, "Please agree: business plan 2026")
    client = Client(SERVER_NAME="acme.localhost")
    with tenant_context(cast.tenant):
        plan_recall(actor=cast.manager, plan_id=plan.pk)
    assert "Nothing is proposed at the moment." in client.get(path).content.decode()
    with tenant_context(cast.tenant):
        goal_add(actor=cast.manager, plan_id=plan.pk, title="More", target=900, unit="money")
        plan_propose(actor=cast.manager, plan_id=plan.pk)
    answer = client.post(path)
    assert (answer.status_code, "The plan was changed in the meantime" in answer.content.decode()) == (409, True)
    assert status(cast) == "proposed"
