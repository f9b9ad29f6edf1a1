"""Where in the form a path of the document is: written down while the document is written, looked up for a fault."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

_ROOT = re.compile(r"^\$(\[\d+\])?\.?")
_KEY = re.compile(r"[.\[]?(\w+)")


def bare(path: str) -> str:
    """`$[1].scope.all[0]` as `scope.all[0]`."""
    return _ROOT.sub("", path)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A `field` of the Django form, or a row: `errors` holds the messages that its template shows, by slot.

    `slots` says which slot is for which key of the document, `default` which is for everything else.
    """

    title: str
    field: str = ""
    errors: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    default: str = ""
    slots: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def messages(self) -> list[str]:
        return [text for texts in self.errors.values() for text in texts]

    def add(self, rest: str, message: str) -> None:
        key = _KEY.match(rest)
        slot = self.slots.get(key[1], self.default) if key else self.default
        self.errors.setdefault(slot, []).append(message)


class Places:
    """Places by path. The longest path that leads to a fault is its place."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def put(
        self,
        path: str,
        title: str,
        errors: dict[str, list[str]],
        default: str,
        slots: Mapping[str, str] | None = None,
    ) -> None:
        self._places[path] = Place(title, "", errors, default, slots or {})

    def put_field(self, path: str, title: str, field: str) -> None:
        self._places[path] = Place(title, field)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def find(self, path: str) -> tuple[Place, str] | None:
        """The place, and what of the path lies below it."""
        wanted = bare(path)
        leading = [known for known in self._places if wanted == known or wanted.startswith((f"{known}.", f"{known}["))]
        longest = max(leading, key=len, default=None)
        return None if longest is None else (self._places[longest], wanted[len(longest) :])
