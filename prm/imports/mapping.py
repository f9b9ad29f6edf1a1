"""Which column of the file is which of ours: by name, by alias, and by what its sender called it last time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from prm.errors import Text
from prm.imports.kinds import ImportKind
from prm.imports.readers import Unusable

MAX_COLUMNS = 200
MAX_EXTRAS = 50


def suggest(kind: ImportKind, headers: Sequence[str], remembered: Mapping[str, str] | None = None) -> dict[str, str]:
    """{our column: the file's header}, as far as it can be told."""
    present = set(headers)
    chosen = {ours: header for ours, header in (remembered or {}).items() if header in present and _knows(kind, ours)}
    by_name = {_folded(header): header for header in reversed(headers) if header}
    for column in kind.columns:
        names = [column.name, *column.aliases]
        found = next((by_name[_folded(name)] for name in names if _folded(name) in by_name), None)
        if found and column.name not in chosen and found not in chosen.values():
            chosen[column.name] = found
    for header in headers:
        if kind.is_extra(header) and header not in chosen.values():
            chosen[header] = header
    return chosen


def problems(kind: ImportKind, headers: Sequence[str], mapping: Mapping[str, str]) -> list[Text]:
    """Why the file cannot be imported with this mapping; empty when it can."""
    return [*_header_problems(headers), *_mapping_problems(kind, headers, mapping)]


def _header_problems(headers: Sequence[str]) -> list[Text]:
    found: list[Text] = []
    repeated = [header for header, times in Counter(headers).items() if header and times > 1]
    if repeated:
        found.append(_("The header names these columns more than once: %(columns)s") % {"columns": _list(repeated)})
    if len(headers) > MAX_COLUMNS:
        found.append(_("The file has %(count)d columns; at most %(max)d are read.") % _counts(headers, MAX_COLUMNS))
    return found


def _mapping_problems(kind: ImportKind, headers: Sequence[str], mapping: Mapping[str, str]) -> list[Text]:
    found: list[Text] = []
    missing = [column.name for column in kind.columns if column.required and column.name not in mapping]
    if missing:
        found.append(_("These columns are missing: %(columns)s") % {"columns": _list(missing)})
    unknown = [ours for ours in mapping if not _knows(kind, ours)]
    if unknown:
        found.append(_("There are no such columns to import: %(columns)s") % {"columns": _list(unknown)})
    absent = [header for header in mapping.values() if header not in headers]
    if absent:
        found.append(_("The file has no columns named: %(columns)s") % {"columns": _list(absent)})
    extras = [ours for ours in mapping if kind.is_extra(ours)]
    if len(extras) > MAX_EXTRAS:
        found.append(_("At most %(max)d further attributes are read, not %(count)d.") % _counts(extras, MAX_EXTRAS))
    return found


def positions(kind: ImportKind, headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """{our column: position in the file}. Raises `Unusable` with everything that is wrong."""
    faults = problems(kind, headers, mapping)
    if faults:
        raise Unusable(" ".join(str(fault) for fault in faults), fields={"mapping": faults})
    return {ours: headers.index(header) for ours, header in mapping.items()}


def _knows(kind: ImportKind, ours: str) -> bool:
    return kind.is_extra(ours) or any(column.name == ours for column in kind.columns)


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


def _list(names: Sequence[str]) -> str:
    return ", ".join(name[:60] for name in names[:20])


def _counts(found: Sequence[object], most: int) -> dict[str, int]:
    return {"count": len(found), "max": most}
