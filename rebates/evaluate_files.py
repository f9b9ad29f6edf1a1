"""Files of sales, partners and the rest into the scratch vendor, through the product's own import kinds and checks."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.kinds import Applied, Column, ImportKind, NumberColumn, ReferenceColumn, TextColumn
from prm.imports.messages import reason
from prm.imports.models import Import
from prm.imports.readers import open_table
from prm.imports.run import ImportResult, run_table
from prm.imports.services import import_file_now
from prm.imports.staging import Stage
from rebates.engine.program import Program, parse_programs
from rebates.engine.reading import Fault
from rebates.faults import fault_line


class UnusableInput(Exception):
    """Input as a whole can't be used; the text says what and where in one line."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A sale line that was not taken: its external id, as far as it has one, and why."""

    external_id: str
    reason: str


def programs_read(path: Path) -> list[Program]:
    """The programs of a file. Raises `UnusableInput` with the JSON path of the first fault."""
    try:
        return parse_programs(path.read_bytes())
    except OSError as error:
        raise UnusableInput(f"{path}: {error.strerror}") from None
    except Fault as fault:
        raise UnusableInput(f"{path}: {fault_line(fault)}") from None


def file_import(kind: str, path: Path) -> ImportResult:
    """One file into the active vendor. Raises `UnusableInput` when it is no table or lacks a column."""
    try:
        if kind == "targets":
            return run_table(TARGETS, open_table(path), errors_kept=0)
        actor = Actor.system("rebates.evaluate")
        return import_file_now(actor=actor, kind=kind, path=path, errors_kept=None if kind == "sales" else 0)
    except OSError as error:
        raise UnusableInput(f"{path}: {error.strerror}") from None
    except DomainError as error:
        raise UnusableInput(f"{path}: {' '.join(str(error.message).split())}") from None


def refused_lines(path: Path, result: ImportResult) -> list[RefusedLine]:
    """The refused rows of a sales file, one for each row, with everything that is wrong with it."""
    position = open_table(path).columns.index(result.mapping["external_id"])
    lines = []
    for _row, errors in groupby(result.errors, key=lambda error: error.row):
        found = list(errors)
        cells = found[0].cells
        texts = [f"{error.column or 'row'}: {reason(error.code, error.params)}" for error in found]
        external_id = cells[position].strip() if position < len(cells) else ""
        lines.append(RefusedLine(external_id, "refused: " + " ".join(texts)))
    return lines


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


def _targets_apply(stage: Stage) -> Applied:
    """Targets are checked; no calculation reads them yet. Of two rows that contradict one another the first stays."""
    key = ", ".join(stage.value(name) for name in ("program_code", "partner_code", "period"))
    target, sound = stage.value("target"), stage.sound
    first = f"first_value({target}) OVER (PARTITION BY {key} ORDER BY s.row)"
    judged = f"SELECT s.row, {target} AS target, {first} AS first FROM {sound}"  # noqa: S608 (columns of our own kind)
    refused = f"SELECT row, 'target', 'contradicts_row', '{{}}' FROM ({judged}) t WHERE target <> first"  # noqa: S608
    stage.execute(f"INSERT INTO import_error (row, col, code, params) {refused}")
    [(rows, accepted)] = stage.fetch(f"SELECT count(*), count(DISTINCT ({key})) FROM {sound}")  # noqa: S608 (as above)
    return Applied(accepted, rows - accepted)


def _targets_undo(run: Import) -> Applied:
    raise NotImplementedError(run.kind)  # read for one evaluation only, never recorded


TARGETS = ImportKind(
    "targets",
    _("Targets"),
    Right.PROGRAMS_EDIT,
    (
        Column("program_code", TextColumn(64), _("program code"), required=True),
        Column(
            "partner_code", ReferenceColumn("partners_partner", "code", "partner"), _("partner code"), required=True
        ),
        Column("period", PeriodColumn(), _("period"), required=True),
        Column("target", NumberColumn(sign="positive"), _("target"), required=True),
    ),
    _targets_apply,
    _targets_undo,
)
