from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import mail
from django.db import IntegrityError, transaction

from partners.models import BankAccount
from partners.selectors.accounts import account_get, account_list, accounts_in_force
from partners.services.accounts import account_confirm, account_propose, account_reject, accounts_take_effect
from prm import clock
from prm.audit.models import AuditEntry
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right, Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.sealing import seal, unseal
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, key_actor
from prm.testing.relay import relay

SYSTEM = Actor.system("tests")
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(autouse=True)
def _inside(cast: Cast) -> Any:
    with tenant_context(cast.tenant):
        yield


def propose(cast: Cast, actor: Actor | None = None, **changes: Any) -> BankAccount:
    fields = {"partner_id": cast.partner.pk, "currency": "EUR", "holder": "Blue Harbour GmbH", "number": IBAN}
    return account_propose(actor=actor or cast.manager, **fields | changes)


def test_an_account_is_sealed_and_only_its_end_is_shown(cast: Cast) -> None:
    account = propose(cast)
    account.refresh_from_db()
    assert (account.last4, account.bic, account.bank_name, account.is_iban) == (
        "3000", "COBADEFFXXX", "Commerzbank", True,
    )  # fmt: skip
    assert "3704" not in account.number_sealed
    assert account.number == "DE89370400440532013000"
    assert str(account) == "EUR •••• 3000"
    [entry] = AuditEntry.objects.filter(action="partners.account.proposed")
    assert entry.data == {"holder": "Blue Harbour GmbH", "number": "•••• 3000", "bank": "Commerzbank"}
    [message] = Message.objects.filter(topic="partners.account.proposed")
    assert message.payload == {"account_id": str(account.pk), "partner_id": str(cast.partner.pk)}


def test_keys_can_be_changed(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.PRM_SEALING_KEYS = [old]
    sealed = seal("6222")
    settings.PRM_SEALING_KEYS = [new, old]
    assert unseal(sealed) == "6222"
    assert Fernet(new).decrypt(seal("6222").encode()) == b"6222"


def test_a_second_person_puts_it_into_force(cast: Cast) -> None:
    first = propose(cast, cast.finance)
    pair = (cast.partner.pk, "EUR")
    assert accounts_in_force({cast.partner.pk}, {"EUR"}) == {}
    with pytest.raises(Forbidden) as caught:
        account_confirm(actor=cast.finance, account_id=first.pk)
    assert caught.value.code == "same_person"
    for actor in (cast.manager, cast.partner_administrator, Actor.system("bank")):
        with pytest.raises(Forbidden):
            account_confirm(actor=actor, account_id=first.pk)
    account_confirm(actor=cast.administrator, account_id=first.pk)
    assert accounts_in_force({cast.partner.pk}, {"EUR"}) == {pair: first}
    with pytest.raises(StateError):
        account_confirm(actor=cast.administrator, account_id=first.pk)
    second = propose(cast, cast.partner_administrator, number="GB29NWBK60161331926819")
    assert accounts_in_force({cast.partner.pk}, {"EUR"}) == {pair: first}
    account_confirm(actor=cast.finance, account_id=second.pk)
    assert accounts_in_force({cast.partner.pk}, {"EUR"}) == {pair: first}
    BankAccount.objects.filter(pk=second.pk).update(effective_from=clock.now())
    assert (accounts_take_effect(actor=SYSTEM), accounts_take_effect(actor=SYSTEM)) == (1, 0)
    assert accounts_in_force({cast.partner.pk}, {"EUR"}) == {pair: second}
    assert dict(BankAccount.objects.values_list("pk", "status")) == {first.pk: "replaced", second.pk: "active"}


def test_a_later_proposal_replaces_the_waiting_one_and_one_can_be_rejected(cast: Cast) -> None:
    first, second = propose(cast), propose(cast, number="GB29NWBK60161331926819")
    assert dict(BankAccount.objects.values_list("pk", "status")) == {first.pk: "rejected", second.pk: "proposed"}
    with pytest.raises(Invalid):
        account_reject(actor=cast.finance, account_id=second.pk, reason=" ")
    account_reject(actor=cast.finance, account_id=second.pk, reason="called the partner: not theirs")
    assert account_get(cast.finance, second.pk).status == "rejected"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "DE89370400440532013001"}, "number"),
        ({"number": "DE8937"}, "number"),
        ({"number": "123"}, "number"),
        ({"number": "6222-0812"}, "number"),
        ({"number": "6222081200001234"}, "bank_code"),
        ({"bic": "NOBIC"}, "bic"),
        ({"holder": " "}, "holder"),
        ({"holder": "x" * 141}, "holder"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_what_no_bank_would_take_is_refused(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        propose(cast, **changes)
    assert field in caught.value.fields
    assert not BankAccount.objects.exists()


def test_a_chinese_account_needs_the_bank_code(cast: Cast) -> None:
    account = propose(cast, currency="CNY", number="6222 0812 0000 1234", bank_code="102290002916", holder="蓝港科技")
    assert (account.is_iban, account.last4, account.number) == (False, "1234", "6222081200001234")


def test_partners_see_and_change_their_own_only(cast: Cast) -> None:
    own = propose(cast, cast.partner_administrator)
    other = propose(cast, partner_id=cast.other_partner.pk)
    vendors = propose(cast, cast.finance, partner_id=None)
    people = cast.actor(Role.PARTNER_FINANCE)
    assert list(account_list(people)) == [own]
    for account in (other, vendors):
        with pytest.raises(NotFound):
            account_get(people, account.pk)
    with pytest.raises(NotFound):
        account_list(people, partner_id=cast.other_partner.pk)
    for partner_id in (cast.other_partner.pk, None):
        with pytest.raises(NotFound):
            propose(cast, people, partner_id=partner_id)
    for role in (Role.PARTNER_SALES, Role.MARKETING):
        with pytest.raises(Forbidden):
            propose(cast, cast.actor(role))
    with pytest.raises(Forbidden):
        propose(cast, cast.manager, partner_id=None)


def test_everybody_concerned_hears_of_an_account(cast: Cast) -> None:
    account = propose(cast, cast.actor(Role.PARTNER_FINANCE))
    relay()
    account_confirm(actor=cast.finance, account_id=account.pk)
    relay()
    assert sorted(Notice.objects.values_list("kind", "user__email")) == [
        ("partners.account.entered", "partner_administrator@acme.test"),
        ("partners.account.entered", "partner_finance@acme.test"),
        ("partners.account.in_force", "partner_administrator@acme.test"),
        ("partners.account.in_force", "partner_finance@acme.test"),
        ("partners.account.to_confirm", "administrator@acme.test"),
        ("partners.account.to_confirm", "finance@acme.test"),
    ]
    assert len(mail.outbox) == 6
    assert not any("0532" in one.body for one in mail.outbox)


def test_a_keys_maker_does_not_confirm_what_the_key_proposed(cast: Cast) -> None:
    key = key_actor(cast.finance, Right.ACCOUNTS_EDIT)
    account = propose(cast, key)
    assert (account.proposed_by_id, account.proposed_by_label) == (cast.finance.id, "ERP")
    with pytest.raises(Forbidden) as caught:
        account_confirm(actor=cast.finance, account_id=account.pk)
    assert caught.value.code == "same_person"
    with pytest.raises(IntegrityError, match="bankaccount_two_people"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(status="active", decided_by_id=cast.finance.id)
    assert account_confirm(actor=cast.administrator, account_id=account.pk).status == "active"
