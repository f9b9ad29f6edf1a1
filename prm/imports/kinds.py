"""What can be imported: kinds, their columns, and the SQL by which a column's cells are judged and read.

An app registers its kinds in its `imports.py`. A column type works on a text expression of SQL: `valid` is a fast test
that every row pays for, `fault` names what is wrong and only refused rows pay for it, `cast` reads a valid cell. Cells
are trimmed; an empty cell is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pycountry

from prm.errors import NotFound, Text
from prm.identity.rights import Right
from prm.money import known_currency

if TYPE_CHECKING:
    from prm.imports.models import Import
    from prm.imports.staging import Stage


class ColumnType(Protocol):
    def valid(self, cell: str) -> str: ...
    def fault(self, cell: str) -> str: ...
    def cast(self, cell: str) -> str: ...
    def params(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class TextColumn:
    max_length: int = 100

    def valid(self, cell: str) -> str:
        # Counting bytes needs no look at the text; characters are counted only where bytes do not settle it.
        return f"(octet_length({cell}) <= {self.max_length} OR length({cell}) <= {self.max_length})"

    def fault(self, cell: str) -> str:
        return "'too_long'"

    def cast(self, cell: str) -> str:
        return cell

    def params(self) -> dict[str, Any]:
        return {"max": self.max_length}


@dataclass(frozen=True, slots=True)
class EmailColumn:
    """An address of at most 254 characters. Case does not count; the kind stores it in lower case."""

    def valid(self, cell: str) -> str:
        part = '[^@[:space:],;<>"]'
        return f"(octet_length({cell}) <= 254 AND {cell} ~ '^{part}+@{part}+[.]{part}+$')"

    def fault(self, cell: str) -> str:
        return "'not_an_email'"

    def cast(self, cell: str) -> str:
        return f"lower({cell})"

    def params(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A plain decimal: at most `digits` before and `decimals` after the point (further zeros do not count)."""

    digits: int = 14
    decimals: int = 6
    sign: str = "any"
    """`any`, `not_negative` or `positive`."""

    @property
    def _type(self) -> str:
        return f"numeric({self.digits + self.decimals},{self.decimals})"

    def _number(self, cell: str) -> str:
        return f"(length({cell}) <= 60 AND {cell} ~ '^[-+]?[0-9]+([.][0-9]+)?$')"

    def _fits(self, cell: str) -> str:
        # `numeric(p,s)` alone would round what it has no room for.
        short = f"strpos({cell}, '.') = 0 OR length({cell}) - strpos({cell}, '.') <= {self.decimals}"
        zeros = f"{cell} ~ '[.][0-9]{{1,{self.decimals}}}0+$'"
        return f"(({short} OR {zeros}) AND pg_input_is_valid({cell}, '{self._type}'))"

    def _signed(self, cell: str) -> str:
        limits = {"any": "", "not_negative": f" AND {cell}::numeric >= 0", "positive": f" AND {cell}::numeric > 0"}
        return limits[self.sign]

    def valid(self, cell: str) -> str:
        # CASE, not AND: PostgreSQL may reorder the parts of an AND, and the cast must not see what is no number.
        test = f"CASE WHEN {self._number(cell)} THEN {self._fits(cell)} ELSE false END"
        return test if self.sign == "any" else f"CASE WHEN {test} THEN true{self._signed(cell)} ELSE false END"

    def fault(self, cell: str) -> str:
        grouped = f"length({cell}) <= 60 AND {cell} ~ '^[-+]?[0-9]{{1,3}}([,.'' ][0-9]{{3}})*[,.][0-9]+$'"
        return (
            f"CASE WHEN {cell} ~ '^[-+]?[0-9]+([.][0-9]+)?$' AND (length({cell}) > 60 OR NOT {self._fits(cell)})"
            f" THEN 'too_many_digits' WHEN {self._number(cell)} THEN '{self.sign}'"
            f" WHEN {grouped} THEN 'grouped_number' ELSE 'not_a_number' END"
        )

    def cast(self, cell: str) -> str:
        return f"nullif({cell}, '')::{self._type}"

    def params(self) -> dict[str, Any]:
        return {"digits": self.digits, "decimals": self.decimals}


@dataclass(frozen=True, slots=True)
class WholeColumn:
    """A whole number of at most nine digits."""

    def valid(self, cell: str) -> str:
        return f"({cell} ~ '^[-+]?[0-9]{{1,9}}([.]0{{1,9}})?$')"

    def fault(self, cell: str) -> str:
        return "'not_whole'"

    def cast(self, cell: str) -> str:
        return f"nullif({cell}, '')::numeric::integer"

    def params(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class DayColumn:
    """An ISO date; midnight behind it, as spreadsheets write it, is let pass."""

    default: str = ""
    """SQL of the value that an empty cell stands for."""

    def valid(self, cell: str) -> str:
        shape = f"left({cell}, 10) LIKE '____-__-__' AND translate(left({cell}, 10), '0123456789', '') = '--'"
        midnight = f"(length({cell}) = 10 OR {cell} ~ '^.{{10}}[ T]00:00(:00([.]0{{1,9}})?)?$')"
        return f"({shape} AND {midnight} AND pg_input_is_valid(left({cell}, 10), 'date'))"

    def fault(self, cell: str) -> str:
        return (
            f"CASE WHEN length({cell}) = 10 AND {cell} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'"
            " THEN 'no_such_day' ELSE 'not_a_date' END"
        )

    def cast(self, cell: str) -> str:
        read = f"nullif(left({cell}, 10), '')::date"
        return f"coalesce({read}, {self.default})" if self.default else read

    def params(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class CurrencyColumn:
    def valid(self, cell: str) -> str:
        return f"{cell} IN ({_currencies()})"

    def fault(self, cell: str) -> str:
        return "'unknown_currency'"

    def cast(self, cell: str) -> str:
        return cell

    def params(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class CountryColumn:
    def valid(self, cell: str) -> str:
        return f"{cell} IN ({_countries()})"

    def fault(self, cell: str) -> str:
        return "'unknown_country'"

    def cast(self, cell: str) -> str:
        return cell

    def params(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class TagsColumn:
    """Labels separated by semicolons, kept sorted and once each."""

    max_length: int = 100
    max_tags: int = 50

    def _tags(self, cell: str) -> str:
        return f"unnest(string_to_array({cell}, ';')) AS t(tag)"

    def valid(self, cell: str) -> str:
        return (
            f"(SELECT count(*) <= {self.max_tags} AND coalesce(max(length(btrim(tag))), 0) <= {self.max_length}"
            f" FROM {self._tags(cell)})"
        )

    def fault(self, cell: str) -> str:
        return "'too_many_tags'"

    def cast(self, cell: str) -> str:
        return f"ARRAY(SELECT DISTINCT btrim(tag) FROM {self._tags(cell)} WHERE btrim(tag) <> '' ORDER BY 1)::varchar[]"

    def params(self) -> dict[str, Any]:
        return {"max": self.max_length, "count": self.max_tags}


@dataclass(frozen=True, slots=True)
class ReferenceColumn:
    """The key of a row of this tenant in another table; read as that row's id."""

    table: str
    key: str
    thing: str
    """Part of the fault's code: `unknown_<thing>`."""

    def valid(self, cell: str) -> str:
        raise NotImplementedError("a reference is judged by the stage's join")

    def fault(self, cell: str) -> str:
        return f"'unknown_{self.thing}'"

    def cast(self, cell: str) -> str:
        raise NotImplementedError("a reference is read by the stage's join")

    def params(self) -> dict[str, Any]:
        return {}


@cache
def _currencies() -> str:
    return ", ".join(f"'{c.alpha_3}'" for c in pycountry.currencies if known_currency(c.alpha_3))


@cache
def _countries() -> str:
    return ", ".join(f"'{country.alpha_2}'" for country in pycountry.countries)


@dataclass(frozen=True, slots=True)
class Column:
    """`aliases` are other headers under which files carry it, compared without case, blanks, `_` and `-`."""

    name: str
    type: ColumnType
    label: Text
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the staged rows that were not refused, and the event that tells of it."""

    accepted: int
    skipped: int
    topic: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportKind:
    """`apply` writes the stage's sound rows and refuses further ones; `undo` takes an import's rows back."""

    name: str
    label: Text
    right: Right
    columns: Sequence[Column]
    apply: Callable[[Stage], Applied]
    undo: Callable[[Import], Applied]
    extra: str = ""
    """Prefix of free columns, such as `attr.`; empty when the kind has none."""

    def column(self, name: str) -> Column:
        """Raises `KeyError` for a column that the kind does not have."""
        for column in self.columns:
            if column.name == name:
                return column
        if self.is_extra(name):
            return Column(name, TextColumn(1000), name)
        raise KeyError(name)

    def is_extra(self, name: str) -> bool:
        return bool(self.extra) and name.startswith(self.extra) and len(name) > len(self.extra)


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> ImportKind:
    """Raises `NotFound`."""
    try:
        return _kinds[name]
    except KeyError:
        raise NotFound from None


def kinds() -> list[ImportKind]:
    return list(_kinds.values())
