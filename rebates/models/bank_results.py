"""Files in which a bank says what became of transfers, and what each of their entries did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile
from prm.identity.rights import Right
from prm.runs.models import OrderRun
from prm.runs.states import RUN_ACTIVE, RunStatus
from rebates.models.fields import amount
from rebates.models.payments import Payment
from rebates.states import BankResultFormat, BankResultStatus, PaymentStatus, ResultOutcome


class BankResult(TenantModel):
    """One file of a bank. The same bytes are the same row, however often they come, and are applied once."""

    file = TenantForeignKey(StoredFile, related_name="+")
    sha256 = models.CharField(_("checksum"), max_length=64)
    format = models.CharField(_("format"), max_length=8, choices=BankResultFormat.choices)
    message = models.CharField(_("message"), max_length=100, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=BankResultStatus.choices, default=BankResultStatus.CHECKED
    )  # fmt: skip
    uploaded_by_label = models.CharField(max_length=254, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    applied_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        verbose_name = _("bank result")
        verbose_name_plural = _("bank results")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "sha256"], name="bankresult_once"),
            models.CheckConstraint(
                condition=Q(status=BankResultStatus.APPLIED, applied_at__isnull=False)
                | Q(status=BankResultStatus.CHECKED, applied_at__isnull=True),
                name="bankresult_applied",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "-created_at", "-id"], name="bankresult_newest")]

    def __str__(self) -> str:
        return str(self.file.name)

    @property
    def reference(self) -> str:
        """What a payment is marked with when the bank gave no reference of its own."""
        return self.message or str(self.file.name)[:100]


class ApplyRun(OrderRun):
    """One application of a file by a worker, with the `fingerprint` of the plan that was looked at."""

    RIGHTS = frozenset({Right.SETTLEMENTS_PAY})

    result = TenantForeignKey(BankResult, related_name="runs")
    fingerprint = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("application of a bank result")
        verbose_name_plural = _("applications of bank results")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="applyrun_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[RunStatus.DONE, RunStatus.FAILED]) | Q(finished_at__isnull=False),
                name="applyrun_ended",
            ),
            models.CheckConstraint(condition=~Q(status=RunStatus.FAILED) | ~Q(error=""), name="applyrun_says_why"),
            models.UniqueConstraint(
                fields=["tenant", "result"], condition=Q(status__in=RUN_ACTIVE), name="applyrun_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.result)


class BankResultLine(AppendOnlyModel):
    """What one entry of an applied file did to one payment, or why it did nothing."""

    result = TenantForeignKey(BankResult, related_name="lines")
    row = models.PositiveIntegerField(_("row"))
    payment = TenantForeignKey(Payment, null=True, related_name="results")
    reference = models.CharField(_("reference"), max_length=100)
    said = models.CharField(_("the bank's word"), max_length=20, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ResultOutcome.choices)
    was = models.CharField(_("state before"), max_length=12, blank=True, choices=PaymentStatus.choices)
    on = models.DateField(_("day"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    amount = amount(_("amount"), null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        verbose_name = _("entry of a bank result")
        verbose_name_plural = _("entries of bank results")
        constraints: ClassVar = [
            # An entry about a whole message is one for each of its payments.
            models.UniqueConstraint(
                fields=["tenant", "result", "row", "payment"], name="bankresultline_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | ~Q(outcome__in=["pay", "fail", "reverse"]),
                name="bankresultline_payment",
            ),
        ]
