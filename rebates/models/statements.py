"""What a closed period comes to for a partner, frozen, and the settlements that pay it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commerce.models import SaleLine
from partners.models import Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel, TenantRow
from prm.files.models import StoredFile
from rebates.models.fields import amount
from rebates.models.periods import Adjustment, Period
from rebates.models.programs import ProgramVersion
from rebates.states import STATEMENT_UNSETTLED, ExportFormat, SettlementStatus, StatementLineKind, StatementStatus


class Settlement(TenantModel):
    """A batch of lines of approved statements handed to finance. `paid_on` once everything in it is paid."""

    number = models.PositiveIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=12, choices=SettlementStatus.choices, default=SettlementStatus.PREPARED
    )  # fmt: skip
    prepared_by_id = models.UUIDField(null=True, editable=False)
    prepared_by_label = models.CharField(max_length=254, editable=False)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    payment_reference = models.CharField(_("payment reference"), max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "number"], name="settlement_number")]

    def __str__(self) -> str:
        return f"S-{self.number:05d}"


class SettlementExport(AppendOnlyModel):
    """The file of a settlement in one format: written once, handed out again unchanged.

    Files for the bank have a `run` for each round of payments that had to be tried again or had no account before.
    """

    settlement = TenantForeignKey(Settlement, related_name="exports")
    format = models.CharField(_("format"), max_length=12, choices=ExportFormat.choices)
    run = models.PositiveSmallIntegerField(default=1)
    file = TenantForeignKey(StoredFile, related_name="+")
    exported_by_label = models.CharField(max_length=254)

    class Meta:
        verbose_name = _("settlement export")
        verbose_name_plural = _("settlement exports")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "settlement", "format", "run"], name="settlementexport_once")
        ]


class Statement(TenantModel):
    """The frozen result of a closed period for one partner and currency."""

    number = models.PositiveIntegerField(_("number"))
    period = TenantForeignKey(Period, related_name="statements")
    partner = TenantForeignKey(Partner, related_name="+")
    currency = models.CharField(max_length=3)
    total = amount(_("total"))
    status = models.CharField(
        _("status"), max_length=12, choices=StatementStatus.choices, default=StatementStatus.PREPARED
    )  # fmt: skip
    prepared_by_id = models.UUIDField(null=True, editable=False)
    prepared_by_label = models.CharField(max_length=254, editable=False)
    approved_by_id = models.UUIDField(null=True, editable=False)
    approved_by_label = models.CharField(max_length=254, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    review_ends_on = models.DateField(_("review until"), null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False)
    agreed_by_id = models.UUIDField(null=True, editable=False)
    agreed_by_label = models.CharField(max_length=254, blank=True, editable=False)
    # The last one that lines of it went into.
    settlement = TenantForeignKey(Settlement, null=True, related_name="statements")

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="statement_number"),
            models.UniqueConstraint(fields=["tenant", "period", "partner", "currency"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("prepared_by_id")),
                name="statement_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status__in=STATEMENT_UNSETTLED, settlement__isnull=True)
                | (~Q(status__in=STATEMENT_UNSETTLED) & Q(settlement__isnull=False)),
                name="statement_settlement",
            ),
            models.CheckConstraint(
                condition=~Q(status=StatementStatus.IN_REVIEW) | Q(review_ends_on__isnull=False),
                name="statement_review_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-number"], name="statement_partner"),
            models.Index(
                fields=["tenant", "review_ends_on"],
                condition=Q(status=StatementStatus.IN_REVIEW),
                name="statement_review_due",
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.number:06d}"


class StatementLine(AppendOnlyModel):
    """What one program version, or one adjustment, adds to a statement."""

    statement = TenantForeignKey(Statement, related_name="lines")
    version = TenantForeignKey(ProgramVersion, related_name="+")
    kind = models.CharField(max_length=12, choices=StatementLineKind.choices)
    adjustment = TenantForeignKey(Adjustment, null=True, related_name="+")
    period_key = models.CharField(_("period"), max_length=10)
    measure = models.DecimalField(_("measure"), max_digits=30, decimal_places=6)
    amount = amount(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    explanation = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[StatementLineKind.REBATE, StatementLineKind.FORFEIT], adjustment__isnull=True)
                | Q(kind=StatementLineKind.ADJUSTMENT, adjustment__isnull=False),
                name="statementline_kind",
            ),
            models.UniqueConstraint(
                fields=["tenant", "adjustment"], condition=Q(adjustment__isnull=False), name="adjustment_stated_once"
            ),
        ]


class StatementSale(TenantRow):
    """The frozen share of one sale line in a statement line."""

    revoked_rights: ClassVar[tuple[str, ...]] = ("UPDATE", "DELETE")

    id = models.BigAutoField(primary_key=True)
    statement_line = TenantForeignKey(StatementLine, related_name="sales", db_index=False)
    sale_line = TenantForeignKey(SaleLine, related_name="+")
    measure = models.DecimalField(_("measure"), max_digits=30, decimal_places=6)
    amount = amount(_("amount"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "statement_line", "sale_line"], name="statementsale_once")
        ]
        # Written in reading order, so that a page of shares is one short range of the index.
        indexes: ClassVar = [models.Index(fields=["tenant", "statement_line", "id"], name="statementsale_page")]
