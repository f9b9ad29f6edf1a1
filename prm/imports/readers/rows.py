"""Records on their way into COPY: numbered, trimmed, bounded, escaped. Faulty ones are set aside with their reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

MAX_CELL = 4_000
"""Characters. Longer than any column of ours; a cell of ten million digits must not reach the database."""

SHOWN_CELL = 200
ISSUES_KEPT = 10_000
CHUNK_ROWS = 5_000

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Issue:
    """A record that cannot be staged. `position` is the faulty cell's, None when it is the whole record."""

    row: int
    position: int | None
    code: str
    params: dict[str, object]
    cells: list[str]


@dataclass(slots=True)
class Tally:
    """What a reader saw: data rows (blank ones apart), bytes read, the records set aside (all counted, some kept)."""

    rows: int = 0
    bytes_read: int = 0
    issue_count: int = 0
    issues: list[Issue] = field(default_factory=list)

    def set_aside(self, issue: Issue) -> None:
        self.issue_count += 1
        if len(self.issues) < ISSUES_KEPT:
            shown = [cell.replace("\0", "\N{REPLACEMENT CHARACTER}")[:SHOWN_CELL] for cell in issue.cells[:200]]
            self.issues.append(Issue(issue.row, issue.position, issue.code, issue.params, shown))


def encode(records: Iterable[tuple[int, Sequence[str]]], width: int, tally: Tally) -> Iterator[str]:
    """COPY text of the numbered records, some thousand at a time."""
    lines: list[str] = []
    for row, cells in records:
        line = encode_one(row, cells, width, tally)
        if line is not None:
            lines.append(line)
            if len(lines) >= CHUNK_ROWS:
                yield "".join(lines)
                lines.clear()
    if lines:
        yield "".join(lines)


def encode_one(row: int, cells: Sequence[str], width: int, tally: Tally, *, keep_blank: bool = False) -> str | None:
    """The record's line of COPY text; None for a blank row, and for a faulty one, which is set aside."""
    cells = [cell.strip() for cell in cells]
    if not any(cells) and not keep_blank:
        return None
    tally.rows += 1
    # Spreadsheets pad rows with empty cells.
    while len(cells) > width and not cells[-1]:
        cells.pop()
    issue = _issue(row, cells, width)
    if issue is not None:
        tally.set_aside(issue)
        return None
    text = "\t".join([cell.translate(_ESCAPES) for cell in cells])
    return f"{row}\t{text}\n"


def _issue(row: int, cells: list[str], width: int) -> Issue | None:
    if len(cells) != width:
        return Issue(row, None, "wrong_width", {"found": len(cells), "expected": width}, cells)
    for position, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            return Issue(row, position, "cell_too_long", {"length": len(cell), "value": cell[:40]}, cells)
        if "\0" in cell:
            return Issue(row, position, "null_character", {}, cells)
    return None
