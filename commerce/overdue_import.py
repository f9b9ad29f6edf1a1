"""Receivables overdue by file: their columns, and how they are taken back."""

from __future__ import annotations

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from commerce.models import Overdue
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.rights import Right
from prm.imports.kinds import Applied, Column, CurrencyColumn, DayColumn, ImportKind, NumberColumn, ReferenceColumn
from prm.imports.models import Import
from prm.imports.staging import Stage, literal
from prm.imports.undo import rows_restore
from prm.imports.upsert import Upsert

CHANGED = "commerce.overdue.changed"

OVERDUE_COLUMNS = (
    Column(
        "partner_code", ReferenceColumn("partners_partner", "code", "partner"), _("partner code"),
        required=True, aliases=("partner", "customer", "合作伙伴编号", "渠道编号", "经销商编号", "客户编号"),
    ),
    Column(
        "as_of", DayColumn(), _("as of"), required=True, aliases=("date", "截至日期", "日期", "统计日期")
    ),
    Column(
        "amount", NumberColumn(sign="not_negative"), _("overdue amount"), required=True,
        aliases=("overdue", "overdue amount", "逾期金额", "逾期应收", "金额"),
    ),
    Column("currency", CurrencyColumn(), _("currency"), required=True, aliases=("币种", "货币")),
)  # fmt: skip


def apply_overdue(stage: Stage) -> Applied:
    """A row for each partner, day and currency; of two that contradict one another the first stays."""
    today = literal(clock.today(require_tenant()).isoformat())
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params) SELECT s.row, 'as_of', 'future_day',"
        f" jsonb_build_object('value', {stage.cell('as_of')}) FROM {stage.sound} AND {stage.value('as_of')} > {today}"
    )
    source = (
        f"SELECT s.row, {stage.value('partner_code')} AS partner_id, {stage.value('as_of')} AS as_of,"
        f" {stage.cell('currency')} AS currency, {stage.value('amount')} AS amount, true AS has_amount"
        f" FROM {stage.sound}"
    )
    key = ["partner_id", "as_of", "currency"]
    upsert = Upsert(stage, "overdue", "commerce_overdue", key, ["amount"], source)
    upsert.run()
    [(sound, accepted, since)] = stage.fetch(
        f"SELECT (SELECT count(*) FROM {stage.sound}), count(*), min(t.as_of)"
        f" FROM {upsert.result} r JOIN commerce_overdue t ON t.id = r.id WHERE r.outcome <> 'same'"
    )
    payload = {"import_id": str(stage.import_id), "since": since.isoformat() if since else None}
    return Applied(accepted, sound - accepted, CHANGED if accepted else "", payload)


def undo_overdue(run: Import) -> Applied:
    touched = Overdue.objects.filter(pk__in=run.changes.values("object_id"))
    since = touched.aggregate(since=Min("as_of"))["since"]
    payload = {"import_id": str(run.pk), "since": since.isoformat() if since else None}
    return Applied(rows_restore(run, Overdue), 0, CHANGED, payload)


OVERDUE = ImportKind(
    "overdue", _("Overdue receivables"), Right.SALES_EDIT, OVERDUE_COLUMNS, apply_overdue, undo_overdue
)
