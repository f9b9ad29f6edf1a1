"""A partner's own data as one archive: parts that each app registers, written one after another.

Parts read through selectors as somebody of the partner would: nothing is in the archive that its people could not see.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partners.models import Partner
from prm.exports.kinds import kind_named
from prm.exports.writers import write_csv
from prm.identity.actor import Actor
from prm.identity.rights import ROLE_RIGHTS, Role

# Of every entry: the present time would make another file of the same data.
STAMP = (2026, 1, 1, 0, 0, 0)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Archive:
    """The ZIP that is being written, with the checksum of each of its files in `checksums.txt`."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._folder = folder
        self._sums: list[str] = []

    def add(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, STAMP)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, content)
        self._sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}")

    def add_json(self, name: str, value: Any) -> None:
        self.add(name, json.dumps(value, ensure_ascii=False, indent=2, default=str).encode() + b"\n")

    def add_rows(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A CSV of a few rows; texts that a spreadsheet would run as a formula get an apostrophe."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)
        self.add(name, b"\xef\xbb\xbf" + text.getvalue().encode())

    def add_kind(self, name: str, kind_name: str, actor: Actor, columns: Sequence[str] | None = None) -> None:
        """All rows of an export kind that the actor sees, as PostgreSQL writes them."""
        kind = kind_named(kind_name)
        path = self._folder / "part.csv"
        write_csv(path, kind.rows(actor), kind.chosen(columns or kind.usual), lambda _done: None)
        self.add(name, path.read_bytes())
        path.unlink()

    def close(self) -> None:
        self.add("checksums.txt", ("\n".join(sorted(self._sums)) + "\n").encode())
        self._zip.close()


@dataclass(frozen=True, slots=True)
class DataPart:
    """`write(actor, partner, archive)`: the actor stands for the partner's people."""

    code: str
    order: int
    write: Callable[[Actor, Partner, Archive], None]


_parts: dict[str, DataPart] = {}


def register(part: DataPart) -> None:
    _parts[part.code] = part


def parts() -> list[DataPart]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.code))


def reader_of(partner: Partner) -> Actor:
    """Somebody who sees exactly what the partner's administrator sees."""
    role = Role.PARTNER_ADMINISTRATOR
    return Actor("system", None, "own data", ROLE_RIGHTS[role], role, partner.pk)


def _cell(value: Any) -> Any:
    text = "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text
