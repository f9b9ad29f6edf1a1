"""Columns of a file in their order, as a form edits them: moved, taken out, put in, or all at once by a set.

Each button sends the whole form with what to do; the page answers with the columns as they then are. Nothing is kept
until the form itself is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from prm.exports.kinds import Column, ExportKind


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """`names` are the chosen columns in order; what is unknown or repeated is left out."""

    kind: ExportKind
    names: list[str]

    @classmethod
    def read(cls, kind: ExportKind, data: QueryDict) -> ColumnChoice:
        known = {column.name for column in kind.columns}
        return cls(kind, [name for name in dict.fromkeys(data.getlist("columns")) if name in known])

    @property
    def chosen(self) -> list[Column]:
        return self.kind.chosen(self.names)

    @property
    def others(self) -> list[Column]:
        return [column for column in self.kind.columns if column.name not in self.names]

    def changed(self, action: str, sets: Sequence[Any] = ()) -> ColumnChoice:
        """After `up:NAME`, `down:NAME`, `remove:NAME`, `add:NAME`, `set:ID` or `usual:`; else as it is."""
        verb, _sep, name = action.partition(":")
        if verb == "usual":
            return ColumnChoice(self.kind, self.kind.usual)
        if verb == "set":
            found = next((one for one in sets if str(one.pk) == name), None)
            known = {column.name for column in self.kind.columns}
            return self if found is None else ColumnChoice(self.kind, [one for one in found.columns if one in known])
        return ColumnChoice(self.kind, _moved(self.names, verb, name, {column.name for column in self.kind.columns}))


def _moved(names: list[str], verb: str, name: str, known: set[str]) -> list[str]:
    moved = list(names)
    if verb == "add" and name in known and name not in moved:
        moved.append(name)
    if name in moved and verb in ("up", "down", "remove"):
        place = moved.index(name)
        moved.remove(name)
        if verb != "remove":
            moved.insert(max(0, place + (1 if verb == "down" else -1)), name)
    return moved
