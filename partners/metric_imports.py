"""The import kind `metric_facts`: figures about partners from other systems, one row for each partner and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.metrics.facts import FACT_CODES
from partners.models import MetricFact
from prm.identity.rights import Right
from prm.imports.kinds import Applied, Column, DayColumn, ImportKind, NumberColumn, ReferenceColumn, register
from prm.imports.models import Import
from prm.imports.staging import Stage, literal
from prm.imports.undo import rows_restore
from prm.imports.upsert import Upsert

CHANGED = "partners.metrics.changed"


@dataclass(frozen=True, slots=True)
class FactColumn:
    """The code of a metric that takes imported figures."""

    def valid(self, cell: str) -> str:
        return f"{cell} IN ({', '.join(literal(code) for code in sorted(FACT_CODES))})"

    def fault(self, cell: str) -> str:
        return "'unknown_metric'"

    def cast(self, cell: str) -> str:
        return cell

    def params(self) -> dict[str, Any]:
        return {}


COLUMNS = (
    Column(
        "partner_code", ReferenceColumn("partners_partner", "code", "partner"), _("partner code"), required=True,
        aliases=("partner", "伙伴编号", "合作伙伴编号", "渠道编号", "经销商编号"),
    ),
    Column("metric", FactColumn(), _("metric"), required=True, aliases=("kpi", "指标", "指标代码")),
    Column("as_of", DayColumn(), _("as of"), required=True, aliases=("date", "day", "日期", "截至日期")),
    Column("value", NumberColumn(), _("value"), required=True, aliases=("score", "数值", "得分", "值")),
)  # fmt: skip


def apply_facts(stage: Stage) -> Applied:
    source = (
        f"SELECT s.row, {stage.value('partner_code')} AS partner_id, {stage.value('metric')} AS metric,"
        f" {stage.value('as_of')} AS as_of, {stage.value('value')} AS value, true AS has_value FROM {stage.sound}"
    )
    key = ["partner_id", "metric", "as_of"]
    upsert = Upsert(stage, "fact", "partners_metricfact", key, ["value"], source, touches=True)
    upsert.run()
    [(sound, accepted)] = stage.fetch(
        f"SELECT (SELECT count(*) FROM {stage.sound}), (SELECT count(*) FROM {upsert.result} WHERE outcome <> 'same')"
    )
    payload = {"import_id": str(stage.import_id), "partner_ids": "all"}
    return Applied(accepted, sound - accepted, CHANGED if accepted else "", payload)


def undo_facts(run: Import) -> Applied:
    payload = {"import_id": str(run.pk), "partner_ids": "all"}
    return Applied(rows_restore(run, MetricFact), 0, CHANGED, payload)


register(ImportKind("metric_facts", _("Partner figures"), Right.SCORECARDS_EDIT, COLUMNS, apply_facts, undo_facts))
