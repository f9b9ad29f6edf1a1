"""Programs and their versions, accruals, closed periods, statements, settlements."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commerce.models import SaleLine
from partners.models import Partner
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel, TenantRow
from prm.files.models import StoredFile
from rebates.models.disputes import DISPUTE_CAUSE, Dispute, DisputeEntry, DisputeFile, ReviewSettings
from rebates.models.fields import amount as _amount
from rebates.models.payments import AccountNumber, Payment, PayoutChoice, SettlementLine
from rebates.models.provisions import ProvisionRule
from rebates.states import (
    STATEMENT_UNSETTLED,
    ExportFormat,
    PeriodKind,
    PeriodStatus,
    ProgramStatus,
    RebuildStatus,
    SettlementStatus,
    StatementLineKind,
    StatementStatus,
    VersionStatus,
)

__all__ = [
    "DISPUTE_CAUSE",
    "AccountNumber",
    "Accrual",
    "Adjustment",
    "Dispute",
    "DisputeEntry",
    "DisputeFile",
    "Forfeit",
    "Payment",
    "PayoutChoice",
    "Period",
    "Program",
    "ProgramVersion",
    "ProvisionRule",
    "Rebuild",
    "RebuildPart",
    "ReviewSettings",
    "SaleException",
    "Settlement",
    "SettlementExport",
    "SettlementLine",
    "Statement",
    "StatementLine",
    "StatementSale",
    "Target",
]


class Program(TenantModel):
    """An incentive. What it says is in its versions; `ends_on` cuts all of them."""

    code = models.CharField(_("code"), max_length=64)
    status = models.CharField(_("status"), max_length=12, choices=ProgramStatus.choices, default=ProgramStatus.DRAFT)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_by_label = models.CharField(max_length=254, editable=False)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="program_code"),
            models.CheckConstraint(condition=Q(status__in=ProgramStatus.values), name="program_status_known"),
        ]

    def __str__(self) -> str:
        return self.code


class ProgramVersion(TenantModel):
    """What a program says from `valid_from` on, until the next published version's `valid_from`.

    `definition` is the document of the file format (rebates/README.md). Published versions are immutable (trigger).
    """

    program = TenantForeignKey(Program, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    definition = models.JSONField(_("definition"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by_id = models.UUIDField(null=True, editable=False)
    published_by_label = models.CharField(max_length=254, blank=True, editable=False)
    requested_at = models.DateTimeField(_("requested"), null=True, editable=False)
    requested_by_id = models.UUIDField(null=True, editable=False)
    requested_by_label = models.CharField(max_length=254, blank=True, editable=False)
    request_reason = models.CharField(_("reason"), max_length=500, blank=True)
    """Why a version reaches back into closed periods; somebody else than who asked for it publishes it."""

    class Meta:
        ordering: ClassVar = ["program", "number"]
        verbose_name = _("program version")
        verbose_name_plural = _("program versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "program", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["tenant", "program"], condition=Q(status=VersionStatus.DRAFT), name="version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="version_validity",
            ),
            models.CheckConstraint(
                condition=Q(requested_by_id__isnull=True)
                | Q(published_by_id__isnull=True)
                | ~Q(published_by_id=F("requested_by_id")),
                name="version_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program.code} v{self.number}"


class Target(TenantModel):
    """What a partner is to reach in a period of a program, in the program's measure and currency.

    It names the program by code: targets are often agreed before the program is published.
    """

    program_code = models.CharField(_("program code"), max_length=64)
    partner = TenantForeignKey(Partner, related_name="+")
    period_key = models.CharField(_("period"), max_length=10)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=6)

    class Meta:
        ordering: ClassVar = ["program_code", "period_key", "partner"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "program_code", "partner", "period_key"], name="target_once"),
            models.CheckConstraint(condition=Q(target__gt=0), name="target_positive"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "partner", "program_code"], name="target_partner")]


class Accrual(TenantModel):
    """What the engine says is earned so far: one row for each version, partner and period with a line in scope."""

    version = TenantForeignKey(ProgramVersion, related_name="accruals")
    partner = TenantForeignKey(Partner, related_name="+")
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices)
    period_key = models.CharField(_("period"), max_length=10)
    period_start = models.DateField()
    period_end = models.DateField()
    measure = models.DecimalField(_("measure"), max_digits=30, decimal_places=6)
    payout = _amount(_("payout"))
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    explanation = models.JSONField(default=dict)
    evaluated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version", "partner", "period_key"], name="accrual_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "-period_start"], name="accrual_partner"),
            models.Index(fields=["tenant", "period_key"], name="accrual_period"),
        ]


class Rebuild(TenantModel):
    """A recalculation of everything, in parts that workers take."""

    status = models.CharField(
        _("status"), max_length=12, choices=RebuildStatus.choices, default=RebuildStatus.RUNNING
    )  # fmt: skip
    requested_by_label = models.CharField(max_length=254, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    corrected = models.PositiveIntegerField(default=0)
    """Ledger accounts that had to be brought to what the rows say."""

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("rebuild")
        verbose_name_plural = _("rebuilds")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(status=RebuildStatus.RUNNING), name="rebuild_one_running"
            )
        ]


class RebuildPart(TenantModel):
    """Programs, and a range of partners by id; empty ends are open."""

    rebuild = TenantForeignKey(Rebuild, related_name="parts")
    program_ids = ArrayField(models.UUIDField())
    first_partner = models.UUIDField(null=True)
    last_partner = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("part of a rebuild")
        verbose_name_plural = _("parts of a rebuild")


class SaleException(TenantModel):
    """A sale line that counts nowhere until its fault is resolved. `version` is empty when it concerns all programs."""

    sale_line = TenantForeignKey(SaleLine, on_delete=models.CASCADE, related_name="+")
    version = TenantForeignKey(ProgramVersion, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "sale_line", "version"], name="saleexception_once", nulls_distinct=False
            )
        ]


class Period(TenantModel):
    """A period that finance has opened for closing. A row that is not there is open."""

    kind = models.CharField(_("kind"), max_length=12, choices=PeriodKind.choices)
    key = models.CharField(_("period"), max_length=10)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(_("status"), max_length=12, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "key"], name="period_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_order"),
        ]

    def __str__(self) -> str:
        return self.key


class Adjustment(AppendOnlyModel):
    """The difference a later fact makes to a closed period, booked in an open one. It always names its cause."""

    version = TenantForeignKey(ProgramVersion, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    origin_period_key = models.CharField(_("origin period"), max_length=10)
    booked_period_key = models.CharField(_("booked in"), max_length=10)
    amount = _amount(_("amount"))
    currency = models.CharField(max_length=3)
    cause_type = models.CharField(max_length=80)
    cause_id = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_not_zero"),
            models.CheckConstraint(condition=~Q(cause_type="") & ~Q(cause_id=""), name="adjustment_has_cause"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "booked_period_key"], name="adjustment_booked"),
            models.Index(fields=["tenant", "partner", "origin_period_key"], name="adjustment_origin"),
        ]


class Forfeit(AppendOnlyModel):
    """What a partner does not get because it stayed below the minimum payout of a program that carries nothing over."""

    version = TenantForeignKey(ProgramVersion, related_name="+")
    partner = TenantForeignKey(Partner, related_name="+")
    period_key = models.CharField(_("period"), max_length=10)
    amount = _amount(_("amount"))
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name = _("forfeited amount")
        verbose_name_plural = _("forfeited amounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "version", "partner", "period_key"], name="forfeit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="forfeit_positive"),
        ]


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
    total = _amount(_("total"))
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
    amount = _amount(_("amount"))
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
    amount = _amount(_("amount"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "statement_line", "sale_line"], name="statementsale_once")
        ]
        # Written in reading order, so that a page of shares is one short range of the index.
        indexes: ClassVar = [models.Index(fields=["tenant", "statement_line", "id"], name="statementsale_page")]
