"""The production engine on files, in a scratch vendor: what `manage.py rebates_evaluate` runs.

Writes `accruals.csv`, `lines.csv` and `exceptions.csv`, sorted by code point, all three or none.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection

from prm.money import plain, round_digits
from rebates.engine.periods import Calendar
from rebates.engine.versions import Version
from rebates.evaluate_files import RefusedLine, UnusableInput, file_import, programs_read, refused_lines
from rebates.evaluate_scratch import scratch_analyze, scratch_vendor
from rebates.sql import Evaluated, Evaluation, Scope, all_allocations, orphans

Row = tuple[str, ...]
MEASURE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Request:
    """The input files by kind (`fx` and `targets` may be None) and the options of one evaluation."""

    partners: Path
    products: Path
    sales: Path
    programs: Path
    out: Path
    fx: Path | None = None
    targets: Path | None = None
    as_of: date | None = None
    base_currency: str = "USD"
    fiscal_start_month: int = 1

    @property
    def imports(self) -> Iterator[tuple[str, str, Path]]:
        """(name in the report, kind of import, file), in an order in which every row finds what it refers to."""
        files = (("partners", "partners"), ("products", "products"), ("fx", "rates"), ("targets", "targets"))
        for name, kind in (*files, ("sales", "sales")):
            path = getattr(self, name)
            if path is not None:
                yield name, kind, path


@dataclass(slots=True)
class Report:
    """Counts, and the seconds that each phase took."""

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        started = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - started, 3)

    def to_json(self) -> dict[str, Any]:
        return {**self.counts, "seconds": self.seconds | {"total": round(sum(self.seconds.values()), 3)}}


def files_evaluate(request: Request) -> Report:
    """Evaluate and write. Raises `UnusableInput`; then nothing was written."""
    report = Report()
    with report.phase("programs"):
        programs = programs_read(request.programs)
        report.counts["programs"] = len(programs)
    with scratch_vendor(request.base_currency, request.fiscal_start_month):
        refused = _import(request, report)
        with report.phase("analyze"):
            scratch_analyze()
        scope = Scope(Calendar(request.fiscal_start_month), request.base_currency, as_of=request.as_of)
        evaluation = Evaluation([Version.of(program) for program in programs], scope)
        with report.phase("evaluate"):
            results = list(evaluation)
        with _written(request.out) as output:
            _write(output, report, evaluation, results, refused)
    return report


def _import(request: Request, report: Report) -> list[RefusedLine]:
    refused: list[RefusedLine] = []
    for name, kind, path in request.imports:
        with report.phase(name):
            result = file_import(kind, path)
            if name == "sales":
                refused = refused_lines(path, result)
        report.counts[name] = {
            "rows": result.total, "accepted": result.accepted, "skipped": result.skipped, "refused": result.refused
        }  # fmt: skip
    return refused


def _write(
    output: "Output", report: Report, evaluation: Evaluation, results: list[Evaluated], refused: Sequence[RefusedLine]
) -> None:
    with report.phase("accruals"):
        header: Row = ("program_code", "partner_code", "period", "measure", "payout", "currency", "reason")
        report.counts["accruals"] = output.write("accruals.csv", header, sorted(_accruals(results)))
    with report.phase("exceptions"):
        header = ("external_id", "program_code", "reason")
        report.counts["exceptions"] = output.write("exceptions.csv", header, sorted(_exceptions(evaluation, refused)))
    with report.phase("lines"):
        header = ("program_code", "external_id", "payout")
        report.counts["lines"] = output.write("lines.csv", header, _lines(evaluation, results))


def _accruals(results: Iterable[Evaluated]) -> Iterator[Row]:
    codes = _partner_codes()
    for result in results:
        yield (
            result.version.program.code,
            codes[result.partner_id],
            result.period.key,
            plain(round_digits(result.measure, MEASURE_DECIMALS)),
            f"{result.payout:f}",
            result.currency,
            result.reason,
        )


def _partner_codes() -> dict[UUID, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code FROM partners_partner")
        return dict(cursor.fetchall())


def _exceptions(evaluation: Evaluation, refused: Iterable[RefusedLine]) -> Iterator[Row]:
    for line in refused:
        yield line.external_id, "", line.reason
    for orphan in orphans(as_of=evaluation.scope.as_of):
        yield orphan.external_id, "", orphan.reason
    for fault in evaluation.exceptions():
        yield fault.external_id, str(fault.version_id), fault.reason


def _lines(evaluation: Evaluation, results: Sequence[Evaluated]) -> Iterator[Row]:
    """Sorted by program and external id without holding them all."""
    by_version: dict[Any, list[Evaluated]] = {}
    for result in results:
        by_version.setdefault(result.version_id, []).append(result)
    for version in sorted(evaluation.versions, key=lambda version: version.program.code):
        found = by_version.get(version.id, [])
        for external_id, amount in all_allocations(evaluation, version, found):
            yield version.program.code, external_id, f"{amount:f}"


@dataclass(frozen=True, slots=True)
class Output:
    """Files that get their names when all of them are complete."""

    directory: Path
    names: list[str] = field(default_factory=list)

    def write(self, name: str, header: Row, rows: Iterable[Row]) -> int:
        """Returns the number of rows."""
        self.names.append(name)
        count = 0
        with self.part(name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                writer.writerow(row)
                count += 1
        return count

    def part(self, name: str) -> Path:
        return self.directory / f".{name}.{os.getpid()}.part"


@contextmanager
def _written(directory: Path) -> Iterator[Output]:
    output = Output(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        yield output
        for name in output.names:
            output.part(name).replace(directory / name)
    except OSError as error:
        raise UnusableInput(f"{error.filename or directory}: {error.strerror}") from None
    finally:
        for name in output.names:
            output.part(name).unlink(missing_ok=True)
