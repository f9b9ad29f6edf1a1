"""What happened with a partner, newest first, out of many sources: each is asked for one page only, wherever it lies.

    register(TimelineSource("tier", Right.TIERS_VIEW, events))

A source gives its newest events before a mark: `older(rows, mark)` cuts a queryset there. Events of one instant keep
the order of their sources' codes, and in a source that of their ids: no page shows one twice or leaves one out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from prm.audit.selectors import entries_of
from prm.identity.actor import Actor
from prm.identity.rights import Right

PAGE = 20
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Event:
    """`pk` orders the events of an instant. `entry` is the audit entry that tells it, when one does."""

    at: dt.datetime
    pk: str
    title: Text = ""
    who: str = ""
    note: Text = ""
    icon: str = "circle-dot"
    url: str = ""
    entry: Any = None
    source: str = ""

    @property
    def key(self) -> tuple[dt.datetime, str, str]:
        return self.at, self.source, self.pk


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a page has come. A source whose code is after the mark's has been told for that instant already."""

    at: dt.datetime
    pk: str = ""
    whole_instant: bool = False


Events = Callable[[Actor, UUID, Mark | None, int], Iterable[Event]]


@dataclass(frozen=True, slots=True)
class TimelineSource:
    code: str
    right: Right | None
    events: Events


@dataclass(frozen=True, slots=True)
class TimelinePage:
    events: list[Event]
    after: str


_sources: dict[str, TimelineSource] = {}


def register(source: TimelineSource) -> None:
    _sources[source.code] = source


def audit_source(code: str, right: Right | None, label: str, ids: Callable[[Actor, UUID], Collection[Any]]) -> None:
    """Register the audit entries about a partner's things of one model, such as `partners.agreement`."""

    def events(actor: Actor, partner_id: UUID, mark: Mark | None, limit: int) -> Iterable[Event]:
        found = ids(actor, partner_id)
        return _of_entries(older(entries_of(label, found), mark)[:limit]) if found else []

    register(TimelineSource(code, right, events))


def older(rows: QuerySet[Any], mark: Mark | None, *, at: str = "at") -> QuerySet[Any]:
    """The rows before the mark, newest first."""
    ordered = rows.order_by(f"-{at}", "-pk")
    if mark is None:
        return ordered
    if mark.pk:
        return ordered.filter(Q((f"{at}__lte", mark.at)), Q((f"{at}__lt", mark.at)) | Q(("pk__lt", mark.pk)))
    return ordered.filter((f"{at}__lte" if mark.whole_instant else f"{at}__lt", mark.at))


def timeline(actor: Actor, partner: Any, *, after: str = "", size: int = PAGE) -> TimelinePage:
    """One page; `after` is that of the page before, and what is no such text begins at the newest event."""
    position = _position(after)
    readable = [one for one in _sources.values() if one.right is None or actor.can(one.right)]
    found = [_named(one, one.events(actor, partner.pk, _mark(position, one.code), size + 1)) for one in readable]
    found.append(_named(OWN, OWN.events(actor, partner.pk, _mark(position, OWN.code), size + 1)))
    events = list(islice(merge(*found, key=lambda event: event.key, reverse=True), size + 1))
    last = events[size - 1] if len(events) > size else None
    return TimelinePage(events[:size], f"{last.at.isoformat()}|{last.source}|{last.pk}" if last else "")


def _named(source: TimelineSource, events: Iterable[Event]) -> Iterator[Event]:
    for event in events:
        yield Event(event.at, event.pk, event.title, event.who, event.note, event.icon, event.url, event.entry,
                    source.code)  # fmt: skip


def _mark(position: tuple[dt.datetime, str, str] | None, code: str) -> Mark | None:
    if position is None:
        return None
    at, source, pk = position
    return Mark(at, pk) if code == source else Mark(at, whole_instant=code < source)


def _position(after: str) -> tuple[dt.datetime, str, str] | None:
    try:
        instant, source, pk = after.split("|")
        at = dt.datetime.fromisoformat(instant)
        UUID(pk)
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, source, pk)


def _of_entries(entries: Iterable[Any]) -> list[Event]:
    return [Event(entry.at, str(entry.pk), who=entry.actor_label, entry=entry) for entry in entries]


def _about_partner(_actor: Actor, partner_id: UUID, mark: Mark | None, limit: int) -> Iterable[Event]:
    return _of_entries(older(entries_of("partners.partner", [partner_id]), mark)[:limit])


OWN = TimelineSource("partner", None, _about_partner)
"""The trail of the partner itself, which everybody who may open its page may read."""
