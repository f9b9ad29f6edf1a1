from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

Table = dict[str, dict[str, str]]
"""{state: {verb: next state}}"""


class ProgramStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ENDED = "ended", _("Ended")


PROGRAM_TRANSITIONS: Table = {
    ProgramStatus.DRAFT: {"publish": ProgramStatus.PUBLISHED},
    ProgramStatus.PUBLISHED: {"publish": ProgramStatus.PUBLISHED, "end": ProgramStatus.ENDED},
    ProgramStatus.ENDED: {},
}


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


VERSION_TRANSITIONS: Table = {VersionStatus.DRAFT: {"publish": VersionStatus.PUBLISHED}, VersionStatus.PUBLISHED: {}}


class PeriodKind(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF_YEAR = "half_year", _("Half-year")
    YEAR = "year", _("Year")


class PeriodStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


PERIOD_TRANSITIONS: Table = {PeriodStatus.OPEN: {"close": PeriodStatus.CLOSED}, PeriodStatus.CLOSED: {}}


class StatementStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    APPROVED = "approved", _("Approved")
    SETTLED = "settled", _("In settlement")
    PAID = "paid", _("Paid")


STATEMENT_TRANSITIONS: Table = {
    StatementStatus.PREPARED: {"approve": StatementStatus.APPROVED},
    StatementStatus.APPROVED: {"settle": StatementStatus.SETTLED},
    StatementStatus.SETTLED: {"pay": StatementStatus.PAID},
    StatementStatus.PAID: {},
}


class StatementLineKind(models.TextChoices):
    REBATE = "rebate", _("Rebate")
    ADJUSTMENT = "adjustment", _("Adjustment")
    FORFEIT = "forfeit", _("Forfeited")


class SettlementStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    EXPORTED = "exported", _("Exported")
    PAID = "paid", _("Paid")


SETTLEMENT_TRANSITIONS: Table = {
    SettlementStatus.PREPARED: {"export": SettlementStatus.EXPORTED},
    SettlementStatus.EXPORTED: {"export": SettlementStatus.EXPORTED, "pay": SettlementStatus.PAID},
    SettlementStatus.PAID: {},
}


class RebuildStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


REBUILD_TRANSITIONS: Table = {RebuildStatus.RUNNING: {"finish": RebuildStatus.DONE}, RebuildStatus.DONE: {}}


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel")
    CSV = "csv", _("CSV")
