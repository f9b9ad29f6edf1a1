"""Which column of a file is which of ours: one row for each of our columns, with what the file's first rows hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from prm.errors import DomainError, Text
from prm.imports.kinds import ImportKind
from prm.imports.selectors import Preview

SAMPLES = 3


@dataclass(slots=True)
class MappingRow:
    """`name` and `label` are ours; `header` is the file's, empty for none."""

    name: str
    label: Text
    required: bool
    header: str
    samples: list[str] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        return self.required and not self.header


class MappingForm:
    """Built from the suggestion, or from what was sent. `extras` are headers that no column of ours took."""

    def __init__(self, preview: Preview, kind: ImportKind, data: QueryDict | None = None) -> None:
        self._preview, self._kind, self._data = preview, kind, data
        chosen = _sent(data, kind) if data is not None else preview.mapping
        self.rows = [
            MappingRow(column.name, column.label, column.required, chosen.get(column.name, ""),
                       self._samples(chosen.get(column.name, "")))
            for column in kind.columns
        ]  # fmt: skip
        self.kept = {header for name, header in chosen.items() if kind.is_extra(name)}
        self.problems: list[str] = [] if data is not None else [str(text) for text in preview.problems]

    @property
    def headers(self) -> list[str]:
        return self._preview.columns

    @property
    def extras(self) -> list[str]:
        """Headers left over, for kinds that keep other columns too."""
        taken = {row.header for row in self.rows}
        return [header for header in self.headers if header and header not in taken] if self._kind.extra else []

    @property
    def open_rows(self) -> list[MappingRow]:
        """Rows that need a look first: required ones, and those that found a column."""
        return [row for row in self.rows if row.required or row.header]

    @property
    def other_rows(self) -> list[MappingRow]:
        return [row for row in self.rows if not (row.required or row.header)]

    @property
    def is_complete(self) -> bool:
        return not self.problems and not any(row.is_missing for row in self.rows)

    def mapping(self) -> dict[str, str]:
        """{our column: the file's header}."""
        chosen = {row.name: row.header for row in self.rows if row.header}
        return chosen | {self._extra_name(header): header for header in self.extras if header in self.kept}

    def refuse(self, refusal: DomainError) -> None:
        texts = [str(text) for messages in refusal.fields.values() for text in messages]
        self.problems = list(dict.fromkeys([*texts, *([] if texts else [str(refusal.message)])]))

    def _extra_name(self, header: str) -> str:
        return header if self._kind.is_extra(header) else f"{self._kind.extra}{header}"

    def _samples(self, header: str) -> list[str]:
        if not header or header not in self.headers:
            return []
        index = self.headers.index(header)
        cells = [row[index].strip() for row in self._preview.rows if index < len(row)]
        return list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]


def _sent(data: QueryDict, kind: ImportKind) -> Mapping[str, str]:
    chosen = {column.name: data.get(f"map_{column.name}", "") for column in kind.columns}
    return chosen | {f"{kind.extra}{header}": header for header in data.getlist("extra") if kind.extra}
