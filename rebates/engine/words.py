"""The words of the contract sentence: what a language has to say. Nobody types the sentence: `sentence` composes it.

Phrases are templates for `str.format`. The tables: `words_en`, `words_zh`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

Phrases = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """One language. A family of phrases that belong together is a mapping; a test holds the keys of both equal."""

    # Conditions
    fields: Phrases
    attribute: str
    flags: Mapping[tuple[str, bool], str]
    tests: Phrases
    missing: str
    given: str
    negation: str
    all: str
    any: str
    group: str
    comma: str
    clause: str
    semicolon: str
    last_of_several: str
    quoted: str
    every_sale: str
    no_sale: str
    # What counts
    each: Phrases
    opening: Phrases
    scope: str
    measures: Phrases
    rate: str
    rate_per_unit: str
    # What is paid
    marginal: Phrases
    retroactive: Phrases
    rolling: Phrases
    total: Phrases
    milestone: Phrases
    line_rate: Phrases
    growth: Phrases
    target: Phrases
    new_customer: Phrases
    # Under which conditions, how much at most, how
    qualifiers: Phrases
    year_to_date: Phrases
    cap: Phrases
    minimum: Phrases
    stacking: Phrases
    tier: Phrases
    conversion: str
    returns: Phrases
    forms: Phrases
    valid_between: str
    valid_from: str
    valid_to: str
    space: str
    day: Callable[[date], str]
