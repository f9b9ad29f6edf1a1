"""Files of sales, partners and the rest into the scratch vendor, through the product's own import kinds and checks."""

from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.imports.messages import reason
from prm.imports.readers import open_table
from prm.imports.run import ImportResult, run_table
from prm.imports.services import import_file_now
from rebates.engine.program import Program, parse_programs
from rebates.engine.reading import Fault
from rebates.faults import fault_line
from rebates.targets import TARGETS, write_targets


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
            return run_table(FILE_TARGETS, open_table(path), errors_kept=0)
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


# A scratch vendor has no programs to look a target's code up in: they come in a file of their own.
FILE_TARGETS = replace(TARGETS, apply=write_targets)
