"""What the partner's pages show of an earning, ready for templates: names and sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.partner.standing import Mark, standing_of
from portal.shared.payout_sentence import payout_sentence
from portal.shared.program_text import measure_text, name_of, sentence_of, value_text
from prm.money import plain
from prm.web import text
from rebates.discretion import told_to_partner
from rebates.engine.program import parse_program
from rebates.selectors.earnings import ProgramEarning


@dataclass(frozen=True, slots=True)
class EarningCard:
    """One program in one period. `rungs` feed the band ladder."""

    earning: ProgramEarning
    name: str
    sentence: str
    why: str
    rungs: list[dict[str, Any]]
    marks: list[Mark]

    @property
    def accrual(self) -> Any:
        return self.earning.accrual

    @property
    def unit(self) -> str:
        """How the measure is written: an amount of money, or a count."""
        counts = self.accrual.version.definition.get("measure") == "quantity"
        return "n" if counts else "money"

    @property
    def counted(self) -> Decimal:
        """What stands among the bands, with the digits it has: 84 units, not 84.000000."""
        return Decimal(plain(self.earning.standing))

    @property
    def band_label(self) -> str:
        return str(self.rungs[self.earning.reached]["label"]) if self.earning.reached is not None else ""

    @property
    def measure(self) -> str:
        """Empty where it is the vendor's own business."""
        return "" if self.accrual.is_veiled else measure_text(self.accrual.measure, self.accrual)

    @property
    def subtitle(self) -> str:
        return " · ".join(part for part in (self.accrual.period_key, self.measure) if part)

    @property
    def missing(self) -> str:
        return measure_text(self.earning.next_band.missing, self.accrual) if self.earning.next_band else ""

    @property
    def gain(self) -> str:
        """The one sentence that sells: how much more, and what it would bring."""
        following = self.earning.next_band
        if following is None:
            return ""
        return _("Sell %(missing)s more and you earn %(gain)s more, at %(rate)s.") % {
            "missing": self.missing,
            "gain": text.money(following.gain, self.accrual.currency),
            "rate": value_text(following.rate, self.accrual),
        }


def card_of(earning: ProgramEarning) -> EarningCard:
    language = get_language() or "en"
    accrual: Any = earning.accrual
    version, explanation = accrual.version, told_to_partner(accrual)
    rungs = [{"start": band.start, "label": value_text(band.rate, earning.accrual)} for band in earning.bands]
    return EarningCard(
        earning,
        name_of(version, language),
        sentence_of(version, language),
        payout_sentence(explanation),
        rungs,
        [] if accrual.is_veiled else standing_of(parse_program(version.definition), explanation),
    )


def cards_of(earnings: Iterable[ProgramEarning]) -> list[EarningCard]:
    return [card_of(earning) for earning in earnings]


def nearest(cards: Iterable[EarningCard], limit: int = 2) -> list[EarningCard]:
    """The cards closest to their next band that would bring anything."""
    hopeful = [card for card in cards if card.earning.next_band and card.earning.next_band.gain > 0]
    return sorted(hopeful, key=lambda card: (-card.earning.progress, card.name))[:limit]
