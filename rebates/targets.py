"""Targets by file: their columns, checks, and how they are taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.imports.kinds import Applied, Column, ImportKind, NumberColumn, ReferenceColumn, TextColumn, register
from prm.imports.models import Import
from prm.imports.staging import Stage
from prm.imports.undo import rows_restore
from prm.imports.upsert import Upsert
from rebates.models import Target

CHANGED = "rebates.targets.changed"

# The kind of a period by the form of its key.
KIND_SQL = """CASE WHEN {key} ~ '-Q' THEN 'quarter' WHEN {key} ~ '-H' THEN 'half_year'
    WHEN {key} ~ '-' THEN 'month' ELSE 'year' END"""


@dataclass(frozen=True, slots=True)
class PeriodColumn:
    """A period's key, such as 2014-06, 2014-Q2, 2014-H1 or 2014."""

    def valid(self, cell: str) -> str:
        return f"({cell} ~ '^[0-9]{{4}}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$')"

    def fault(self, cell: str) -> str:
        return "'not_a_period'"

    def cast(self, cell: str) -> str:
        return cell

    def params(self) -> dict[str, Any]:
        return {}


TARGET_COLUMNS = (
    Column(
        "program_code", TextColumn(64), _("program code"), required=True, aliases=("program", "方案编号", "政策编号")
    ),
    Column(
        "partner_code", ReferenceColumn("partners_partner", "code", "partner"), _("partner code"), required=True,
        aliases=("partner", "合作伙伴编号", "渠道编号", "经销商编号"),
    ),
    Column("period", PeriodColumn(), _("period"), required=True, aliases=("期间", "周期")),
    Column("target", NumberColumn(sign="positive"), _("target"), required=True, aliases=("目标", "任务", "任务量")),
)  # fmt: skip


def apply_targets(stage: Stage) -> Applied:
    """Refuses targets of unknown programs and of periods that the program does not count by."""
    _refuse_unknown(stage)
    return write_targets(stage)


def write_targets(stage: Stage) -> Applied:
    """Targets as they are: of two rows that contradict one another the first stays."""
    source = (
        f"SELECT s.row, {stage.value('program_code')} AS program_code, {stage.value('partner_code')} AS partner_id,"
        f" {stage.value('period')} AS period_key, {stage.value('target')} AS target, true AS has_target"
        f" FROM {stage.sound}"
    )
    key = ["program_code", "partner_id", "period_key"]
    upsert = Upsert(stage, "target", "rebates_target", key, ["target"], source)
    upsert.run()
    [(sound, accepted)] = stage.fetch(
        f"SELECT (SELECT count(*) FROM {stage.sound}), (SELECT count(*) FROM {upsert.result} WHERE outcome <> 'same')"
    )
    payload = {"import_id": str(stage.import_id)}
    return Applied(accepted, sound - accepted, CHANGED if accepted else "", payload)


def _refuse_unknown(stage: Stage) -> None:
    code, key = stage.value("program_code"), stage.value("period")
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params)"
        f" SELECT s.row, 'program_code', 'unknown_program', jsonb_build_object('value', {code}) FROM {stage.sound}"
        f" AND NOT EXISTS (SELECT FROM rebates_program g WHERE g.tenant_id = {stage.tenant} AND g.code = {code})"
    )
    latest = (
        f"(SELECT v.definition ->> 'period' FROM rebates_programversion v"
        f" JOIN rebates_program g ON g.id = v.program_id WHERE g.tenant_id = {stage.tenant} AND g.code = {code}"
        f" ORDER BY v.number DESC LIMIT 1)"
    )
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params)"
        f" SELECT s.row, 'period', 'another_period_kind', jsonb_build_object('value', {key}) FROM {stage.sound}"
        f" AND {latest} <> {KIND_SQL.format(key=key)}"
    )


def undo_targets(run: Import) -> Applied:
    return Applied(rows_restore(run, Target), 0, CHANGED, {"import_id": str(run.pk)})


TARGETS = ImportKind("targets", _("Targets"), Right.PROGRAMS_EDIT, TARGET_COLUMNS, apply_targets, undo_targets)
register(TARGETS)
