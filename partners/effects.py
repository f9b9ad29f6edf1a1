"""What a loss would cost. Apps that look at certified people or agreements register here, in their `AppConfig.ready()`.

A `Change` is a day on which a partner has fewer certified people than the day before; a provider says for each change
what follows: a rebate that is no longer paid, a tier that can't be kept, leads that are not given any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from prm.errors import Text
from prm.web.text import money


@dataclass(frozen=True, slots=True)
class Ending:
    """Something of a partner that ends after its last day `on`. `kind` is certificate or agreement."""

    kind: str
    id: UUID
    on: dt.date
    what: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on `after` counts instead of `before`: people by certification, under "" with any; `now` is today."""

    partner_id: UUID
    day: dt.date
    before: Mapping[str, int]
    after: Mapping[str, int]
    endings: Sequence[Ending] = ()
    now: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence, for people to read. `kind`: count, tier, rebate, lead; `amount`: what it was worth last."""

    kind: str
    text: Text
    amount: Decimal | None = None
    currency: str = ""

    def __str__(self) -> str:
        """In the active language."""
        text, amount = str(self.text), money(self.amount, self.currency) if self.amount is not None else ""
        if self.kind == "rebate":
            said = _("“%(program)s” would not pay any more; it paid %(amount)s last.")
            return said % {"program": text, "amount": amount}
        return _("%(text)s, worth %(amount)s a year") % {"text": text, "amount": amount} if amount else text


@dataclass(frozen=True, slots=True)
class Step:
    """A day after which something ends, and all that follows."""

    change: Change
    effects: Sequence[Effect] = field(default_factory=tuple)

    @property
    def last_day(self) -> dt.date:
        return self.change.day - dt.timedelta(days=1)


Provider = Callable[[Sequence[Change]], Sequence[Sequence[Effect]]]
"""For each change its effects, in the same order."""
Source = Callable[[Collection[UUID] | None, dt.date, dt.date], Mapping[UUID, Sequence[Ending]]]
"""(partners or all, first last day, last last day) → by partner what ends."""

_providers: dict[str, Provider] = {}
_sources: dict[str, Source] = {}


def register_effects(name: str, provider: Provider) -> None:
    _providers[name] = provider


def register_endings(name: str, source: Source) -> None:
    _sources[name] = source


def providers() -> list[Provider]:
    return list(_providers.values())


def sources() -> list[Source]:
    return list(_sources.values())
