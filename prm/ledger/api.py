from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from prm.api.operations import Call, Endpoint, lists, writes
from prm.api.serializers import Input, Output
from prm.identity.rights import Right
from prm.ledger.lock import book_lock_confirm, book_lock_list, book_lock_refuse, book_lock_set
from prm.ledger.models import BookLock
from prm.ledger.states import LockStatus


class BookLockOutput(Output):
    id = serializers.UUIDField()
    until = serializers.DateField(allow_null=True, help_text="Nothing is booked on it or before; null: open.")
    status = serializers.ChoiceField(LockStatus.choices)
    reason = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by_label")
    created_at = serializers.DateTimeField()
    confirmed_by = serializers.CharField(source="confirmed_by_label")
    confirmed_at = serializers.DateTimeField(allow_null=True)


class BookLockInput(Input):
    until = serializers.DateField(allow_null=True)
    reason = serializers.CharField(max_length=500)


class BookLocks(Endpoint):
    @lists(
        "book_lock_list", Right.STATEMENTS_VIEW, output=BookLockOutput,
        orderings={"-created_at": ("-created_at", "-id")},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[BookLock]:
        """List the days up to which the books were locked, newest first; `in_force` is the one that holds."""
        return book_lock_list(call.actor)

    @writes("book_lock_set", Right.PERIODS_CLOSE, output=BookLockOutput, body=BookLockInput, status=201)
    def post(self, call: Call) -> BookLock:
        """Lock the books up to and including a day. An earlier day than before, or none, waits for a second person."""
        return book_lock_set(actor=call.actor, **call.data)


class BookLockConfirm(Endpoint):
    @writes("book_lock_confirm", Right.STATEMENTS_APPROVE, output=BookLockOutput)
    def post(self, call: Call, lock_id: UUID) -> BookLock:
        """Confirm as the second person; keys can't."""
        return book_lock_confirm(actor=call.actor, lock_id=lock_id)


class BookLockRefuse(Endpoint):
    @writes("book_lock_refuse", Right.STATEMENTS_APPROVE, output=BookLockOutput)
    def post(self, call: Call, lock_id: UUID) -> BookLock:
        """Refuse, or take back what you asked for; keys can't."""
        return book_lock_refuse(actor=call.actor, lock_id=lock_id)
