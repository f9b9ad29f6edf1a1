from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from partners.models import BankAccount
from partners.selectors.accounts import account_get, account_list
from partners.services.accounts import account_confirm, account_propose, account_reject, account_stop
from partners.states.accounts import AccountStatus
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import Input, Output, Query
from prm.identity.rights import Right

EDITORS = (Right.ACCOUNTS_EDIT, Right.OWN_ACCOUNT_EDIT)


class BankAccountQuery(Query):
    partner_id = serializers.UUIDField()
    status = serializers.ChoiceField(AccountStatus.choices)


class BankAccountOutput(Output):
    id = serializers.UUIDField()
    partner_id = serializers.UUIDField(allow_null=True, help_text="Null: the vendor's own, from which it pays.")
    currency = serializers.CharField()
    holder = serializers.CharField()
    last4 = serializers.CharField(help_text="The end of the number; the rest is never sent.")
    is_iban = serializers.BooleanField()
    bic = serializers.CharField()
    bank_code = serializers.CharField()
    bank_name = serializers.CharField()
    status = serializers.ChoiceField(AccountStatus.choices)
    proposed_by = serializers.CharField(source="proposed_by_label")
    decided_by = serializers.CharField(source="decided_by_label")
    decided_at = serializers.DateTimeField(allow_null=True)
    effective_from = serializers.DateTimeField(
        allow_null=True, help_text="While `cooling`: from when it is paid to, if nobody stops it."
    )
    created_at = serializers.DateTimeField()


class BankAccountInput(Input):
    partner_id = serializers.UUIDField(allow_null=True, help_text="Null: the vendor's own.")
    currency = serializers.CharField(max_length=3)
    holder = serializers.CharField(max_length=140)
    number = serializers.CharField(max_length=60, help_text="IBAN or account number.")
    bic = serializers.CharField(max_length=11, required=False, allow_blank=True)
    bank_code = serializers.CharField(max_length=35, required=False, allow_blank=True, help_text="Such as CNAPS.")
    bank_name = serializers.CharField(max_length=140, required=False, allow_blank=True)


class AccountReasonInput(Input):
    reason = serializers.CharField(max_length=500)


class BankAccounts(Endpoint):
    @lists(
        "bank_account_list", EDITORS, output=BankAccountOutput, query=BankAccountQuery,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BankAccount]:
        """List bank accounts, newest first."""
        return account_list(call.actor, **call.query)

    @writes("bank_account_propose", EDITORS, output=BankAccountOutput, body=BankAccountInput, status=201)
    def post(self, call: Call) -> BankAccount:
        """Propose an account; it takes effect once another person has confirmed it."""
        return account_propose(actor=call.actor, **call.data)


class BankAccountDetail(Endpoint):
    @reads("bank_account_get", EDITORS, output=BankAccountOutput)
    def get(self, call: Call, account_id: UUID) -> BankAccount:
        """Get a bank account, without its number."""
        return account_get(call.actor, account_id)


class BankAccountConfirm(Endpoint):
    @writes("bank_account_confirm", Right.ACCOUNTS_CONFIRM, output=BankAccountOutput)
    def post(self, call: Call, account_id: UUID) -> BankAccount:
        """Confirm an account that somebody else proposed; one that replaces another cools off first."""
        return account_confirm(actor=call.actor, account_id=account_id)


class BankAccountReject(Endpoint):
    @writes("bank_account_reject", Right.ACCOUNTS_CONFIRM, output=BankAccountOutput, body=AccountReasonInput)
    def post(self, call: Call, account_id: UUID) -> BankAccount:
        """Refuse an account that waits."""
        return account_reject(actor=call.actor, account_id=account_id, **call.data)


class BankAccountStop(Endpoint):
    @writes("bank_account_stop", EDITORS, output=BankAccountOutput, body=AccountReasonInput)
    def post(self, call: Call, account_id: UUID) -> BankAccount:
        """Stop a change during its cool-off; the account in force stays."""
        account_get(call.actor, account_id)
        return account_stop(actor=call.actor, account_id=account_id, **call.data)
