"""Journals and their entries: balanced per currency, sealed when committed, never changed (triggers in migrations)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel, TenantRow
from prm.ledger.accounts import Account
from prm.ledger.states import LockStatus


class Journal(AppendOnlyModel):
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    effective_on = models.DateField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=254)
    cause_type = models.CharField(max_length=80)
    cause_id = models.CharField(max_length=64)
    reverses = TenantForeignKey("self", null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "key"], name="journal_key"),
            models.UniqueConstraint(
                fields=["tenant", "reverses"], name="journal_reversed_once", condition=Q(reverses__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "cause_type", "cause_id"], name="journal_cause")]


class Entry(TenantRow):
    """One side of a journal. Partner and program are ids, not keys: the kernel knows no feature app."""

    revoked_rights: ClassVar[tuple[str, ...]] = ("UPDATE", "DELETE")

    id = models.BigAutoField(primary_key=True)
    journal = TenantForeignKey(Journal, related_name="entries")
    account = models.CharField(max_length=12, choices=Account.choices)
    currency = models.CharField(max_length=3)
    debit = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    credit = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    partner_id = models.UUIDField(null=True)
    program_id = models.UUIDField(null=True)
    period = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="entry_one_positive_side"
            ),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="entry_account_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "account", "partner_id", "program_id"], name="entry_balance"),
            models.Index(fields=["journal"], name="entry_journal"),
        ]


class BookLock(TenantModel):
    """Up to which day the books are locked, or none where `until` is empty. `is_looser`: it opens days that an earlier
    one had locked, so a second person has to confirm it.
    """

    until = models.DateField(_("locked until"), null=True)
    status = models.CharField(_("status"), max_length=12, choices=LockStatus.choices, default=LockStatus.ASKED)
    reason = models.CharField(_("reason"), max_length=500)
    is_looser = models.BooleanField(editable=False)
    asked_by_id = models.UUIDField(null=True, editable=False)
    asked_by_label = models.CharField(max_length=254, editable=False)
    confirmed_by_id = models.UUIDField(null=True, editable=False)
    confirmed_by_label = models.CharField(max_length=254, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("lock of the books")
        verbose_name_plural = _("locks of the books")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(status="in_force"), name="booklock_one_in_force"),
            models.UniqueConstraint(fields=["tenant"], condition=Q(status="asked"), name="booklock_one_asked"),
            models.CheckConstraint(
                condition=Q(is_looser=False)
                | Q(status__in=["asked", "refused"])
                | (Q(confirmed_by_id__isnull=False) & ~Q(confirmed_by_id=F("asked_by_id"))),
                name="booklock_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.until.isoformat() if self.until else ""
