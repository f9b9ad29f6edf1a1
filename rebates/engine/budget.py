"""The total budget of a program: first settled, first served; inside one settlement pro rata to the cent."""

from collections.abc import Mapping
from decimal import Decimal

from prm.money import allocate, floor_money, from_units, to_units

Claims = Mapping[str, Decimal]
"""partner code → payout of a period, rounded; below 0 gives back to later periods."""


class Budget:
    """Ask for one period after the other, in chronological order.

    Money that was settled stays with whom it was settled to (`settled`: by period key): it is set aside first. What a
    late sale adds to a settled period asks for its share of what is left then.
    """

    def __init__(self, total: Decimal, currency: str, settled: Mapping[str, Claims] | None = None) -> None:
        self.currency = currency
        self._settled = {
            period: {code: to_units(amount, currency) for code, amount in claims.items() if amount > 0}
            for period, claims in (settled or {}).items()
        }
        reserved = sum(units for claims in self._settled.values() for units in claims.values())
        self._left = to_units(floor_money(total, currency), currency) - reserved

    def grant(self, period: str, claims: Claims) -> dict[str, Decimal]:
        """What each partner gets of its rounded payout of the period."""
        wanted = {code: to_units(amount, self.currency) for code, amount in claims.items()}
        kept = self._kept(period, wanted)
        asked = {code: units - kept.get(code, 0) for code, units in wanted.items() if units > kept.get(code, 0)}
        given = self._shared(asked)
        self._left -= sum(given.values()) + sum(units for units in wanted.values() if units < 0)
        return {
            code: from_units(units if units < 0 else kept.get(code, 0) + given.get(code, 0), self.currency)
            for code, units in wanted.items()
        }

    def _kept(self, period: str, wanted: Mapping[str, int]) -> dict[str, int]:
        """The part of what was settled that is still earned; the rest is free again."""
        settled = self._settled.get(period, {})
        kept = {code: min(units, max(wanted.get(code, 0), 0)) for code, units in settled.items()}
        self._left += sum(settled.values()) - sum(kept.values())
        return kept

    def _shared(self, asked: Mapping[str, int]) -> Mapping[str, int]:
        available = max(self._left, 0)
        if sum(asked.values()) <= available:
            return asked
        codes = sorted(asked)
        return dict(zip(codes, allocate(available, [asked[code] for code in codes], codes), strict=True))
