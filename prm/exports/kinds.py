"""What can be exported: kinds, their columns and filters. An app registers its kinds in its `export_kinds.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.errors import Invalid, NotFound, Text
from prm.exports.cells import AMOUNT, TEXT, Cell
from prm.identity.actor import Actor
from prm.identity.rights import Right

LONGEST_FILTER = 200
Options = Callable[[Actor], Sequence[tuple[str, object]]]


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is the ORM path or annotation it reads, `currency` that of an amount's currency.

    Columns that are not `usual` are left out unless they are asked for.
    """

    name: str
    label: Text
    path: str
    cell: Cell = TEXT
    currency: str = ""
    usual: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """`kind` is `text`, `day` or `choice`; `options` are the choices that a form offers, and all that are taken."""

    name: str
    label: Text
    kind: str = "text"
    options: Options | None = None
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class ExportKind:
    """`rows` authorises and returns the rows in an order without ties; it gets the filters that were given."""

    name: str
    label: Text
    hint: Text
    right: Right
    columns: Sequence[Column]
    filters: Sequence[Filter]
    rows: Callable[..., QuerySet[Any]]

    @property
    def usual(self) -> list[str]:
        return [column.name for column in self.columns if column.usual]

    def chosen(self, names: Sequence[str]) -> list[Column]:
        """The columns of these names, in this order. Raises `KeyError` for one that the kind does not have."""
        known = {column.name: column for column in self.columns}
        return [known[name] for name in names]


_kinds: dict[str, ExportKind] = {}


def register(kind: ExportKind) -> None:
    if wrong := [one.name for one in kind.columns if one.cell is AMOUNT and not one.currency]:
        raise ValueError(f"amounts without a currency: {wrong}")
    _kinds[kind.name] = kind


def kind_named(name: str) -> ExportKind:
    """Raises `NotFound`."""
    try:
        return _kinds[name]
    except KeyError:
        raise NotFound from None


def kinds() -> list[ExportKind]:
    return list(_kinds.values())


def columns_read(kind: ExportKind, names: Sequence[str] | None) -> list[str]:
    """The names, checked; the usual ones for none. Raises `Invalid` for unknown and repeated ones."""
    if not names:
        return kind.usual
    known = {column.name for column in kind.columns}
    unknown = sorted(set(names) - known)
    if unknown:
        text = _("There is no column %(names)s here.") % {"names": ", ".join(unknown)[:LONGEST_FILTER]}
        raise Invalid(fields={"columns": [text]})
    if len(set(names)) != len(names):
        raise Invalid(fields={"columns": [_("Choose each column once.")]})
    return list(names)


def filters_read(kind: ExportKind, actor: Actor, given: Mapping[str, Any]) -> dict[str, str]:
    """The filters that say something, as texts that can be stored. Raises `Invalid` at the names of wrong ones."""
    known = {one.name: one for one in kind.filters}
    faults: dict[str, list[Text]] = {}
    read: dict[str, str] = {}
    for name, value in given.items():
        if name not in known:
            faults[name] = [_("There is no such filter here.")]
            continue
        text = str("" if value is None else value).strip()
        fault = _fault(known[name], actor, text) if text else ""
        if fault:
            faults[name] = [fault]
        elif text:
            read[name] = text
    if not faults and read.get("since", "") > read.get("until", "9999-12-31"):
        faults["until"] = [_("The last day is before the first.")]
    if faults:
        raise Invalid(fields=faults)
    return read


def _fault(wanted: Filter, actor: Actor, text: str) -> str:
    if len(text) > LONGEST_FILTER or "\0" in text:
        return _("This text is too long or has characters that can't be stored.")
    if wanted.kind == "day" and _day(text) is None:
        return _("Not a date such as 2026-03-31.")
    if wanted.options is not None and text not in {value for value, _label in wanted.options(actor)}:
        return _("There is no such choice.")
    return ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def rows_of(kind: ExportKind, actor: Actor, filters: Mapping[str, str]) -> QuerySet[Any]:
    """The kind's rows that meet the stored filters."""
    known = {one.name: one for one in kind.filters}
    given = {name: dt.date.fromisoformat(text) if known[name].kind == "day" else text for name, text in filters.items()}
    return kind.rows(actor, **given)
