"""What a settlement pays: one payment for each partner, currency and form, and the statement lines it is made of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import BankAccount, Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from rebates.models.fields import amount
from rebates.states import BookAccount, PaymentStatus, PayoutForm


class Payment(TenantModel):
    """What a partner gets out of a settlement in one currency and form: `amount` = `gross` + `clawback`, never below 0.

    `attempt` counts how often it was tried; a failed or reversed payment is tried again, its lines are never freed.
    """

    number = models.PositiveIntegerField(_("number"))
    settlement = TenantForeignKey("rebates.Settlement", related_name="payments")
    partner = TenantForeignKey(Partner, related_name="+")
    currency = models.CharField(max_length=3)
    form = models.CharField(_("payout form"), max_length=12, choices=PayoutForm.choices)
    gross = amount(_("gross"))
    clawback = amount(_("clawback"))
    amount = amount(_("amount"))
    status = models.CharField(
        _("status"), max_length=12, choices=PaymentStatus.choices, default=PaymentStatus.PREPARED
    )  # fmt: skip
    attempt = models.PositiveSmallIntegerField(default=1)
    beneficiary = models.CharField(_("beneficiary"), max_length=300)
    account = TenantForeignKey(BankAccount, null=True, related_name="+")
    transfer = TenantForeignKey("rebates.SettlementExport", null=True, related_name="+")
    credit_note = models.PositiveIntegerField(_("credit note"), null=True)
    document = models.CharField(_("document"), max_length=100, blank=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by_label = models.CharField(max_length=254, blank=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True)
    reference = models.CharField(_("payment reference"), max_length=100, blank=True)
    failure = models.CharField(_("why it failed or was reversed"), max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="payment_number"),
            models.UniqueConstraint(
                fields=["tenant", "settlement", "partner", "currency", "form"], name="payment_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "credit_note"], condition=Q(credit_note__isnull=False), name="payment_credit_note"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, gross__gte=0, clawback__lte=0, amount=F("gross") + F("clawback")),
                name="payment_net",
            ),
            models.CheckConstraint(
                condition=Q(status=PaymentStatus.PAID, paid_on__isnull=False)
                | (~Q(status=PaymentStatus.PAID) & Q(paid_on__isnull=True)),
                name="payment_paid_on",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "partner", "-number"], name="payment_partner")]

    def __str__(self) -> str:
        return f"PAY-{self.number:06d}"

    @property
    def credit_note_number(self) -> str:
        return f"CN-{self.credit_note:06d}" if self.credit_note else ""


class SettlementLine(AppendOnlyModel):
    """A statement line in a settlement. A line is settled once, for good."""

    settlement = TenantForeignKey("rebates.Settlement", related_name="lines")
    payment = TenantForeignKey(Payment, related_name="lines")
    statement_line = TenantForeignKey("rebates.StatementLine", related_name="settled")
    amount = amount(_("amount"))

    class Meta:
        verbose_name = _("settlement line")
        verbose_name_plural = _("settlement lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "statement_line"], name="settlementline_once"),
        ]


class PayoutChoice(TenantModel):
    """How a partner is paid whatever its programs say: by deduction from its next invoice (自扣/票折)."""

    partner = TenantForeignKey(Partner, related_name="+")
    form = models.CharField(_("payout form"), max_length=12, choices=PayoutForm.choices)

    class Meta:
        verbose_name = _("payout choice")
        verbose_name_plural = _("payout choices")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "partner"], name="payoutchoice_once")]


class AccountNumber(TenantModel):
    """The number that one of our accounts has in the vendor's own books."""

    account = models.CharField(_("account"), max_length=12, choices=BookAccount.choices)
    number = models.CharField(_("number"), max_length=40)

    class Meta:
        verbose_name = _("account number")
        verbose_name_plural = _("account numbers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "account"], name="accountnumber_once")]
