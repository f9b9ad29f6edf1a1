"""The contract sentence: what a program says, in the partner's language, generated from its configuration.

Here: what counts, under which conditions, how much at most, how it is paid. `phrases` tells the calculation.
"""

from .conditions import TRUE, AnyOf, Condition
from .phrases import calculation_phrases
from .program import Program
from .qualifiers import CertifiedPeople, Distinct, MinMeasure, Mix, Qualifier, TierIn
from .saying import bound, condition, field, grouped, listed, money, percent, quoted
from .words import Words
from .words_en import ENGLISH
from .words_zh import CHINESE

LANGUAGES = {"en": ENGLISH, "zh-hans": CHINESE}


def sentence(program: Program, language: str = "en") -> str:
    """The program as a text of a few sentences, in English or Simplified Chinese (`en`, `zh-hans`)."""
    words = LANGUAGES.get(language.lower(), ENGLISH)
    return words.space.join(filter(None, _sentences(program, words)))


def condition_phrase(found: Condition, language: str = "en") -> str:
    """A condition in words; empty for the condition that is always true."""
    words = LANGUAGES.get(language.lower(), ENGLISH)
    return "" if found == TRUE else condition(found, words, top=True)


def qualifier_phrases(program: Program, language: str = "en") -> list[str]:
    """What a partner must meet to be paid, one phrase for each qualifier."""
    words = LANGUAGES.get(language.lower(), ENGLISH)
    return [_qualifier(program, one, words) for one in program.qualifiers]


def _sentences(program: Program, words: Words) -> list[str]:
    asks_tier = any(test.field == "partner.tier" for test in program.tests())
    return [
        *calculation_phrases(program, words),
        _qualifiers(program, words),
        *_year_to_date(program, words),
        *_limits(program, words),
        _stacking(program, words),
        words.tier[program.partner_as_of] if asks_tier else "",
        words.conversion.format(currency=program.currency) if program.uses_money else "",
        words.returns[program.returns],
        words.forms[program.payout_form],
        _validity(program, words),
    ]


def _qualifiers(program: Program, words: Words) -> str:
    if not program.qualifiers:
        return ""
    parts = [_qualifier(program, one, words) for one in program.qualifiers]
    return words.qualifiers["several" if len(parts) > 1 else "one"].format(parts=words.semicolon.join(parts))


def _qualifier(program: Program, qualifier: Qualifier, words: Words) -> str:
    match qualifier:
        case MinMeasure(value=value):
            said = {"value": bound(program, value)}
        case Mix(scope=scope, min_share=share):
            return _mix(scope, percent(share), words)
        case Distinct(field=name, minimum=minimum):
            said = {"minimum": grouped(minimum), "field": field(name, words)}
        case TierIn(tiers=tiers):
            said = {"tiers": listed([quoted(tier, words) for tier in tiers], words)}
        case CertifiedPeople(minimum=minimum, certification=name):
            phrase = words.qualifiers["certified" if name else "certified_any"]
            return phrase.format(minimum=grouped(minimum), certification=quoted(name, words))
        case _:
            said = {}
    return words.qualifiers[qualifier.type].format(**said)


def _mix(scope: Condition, share: str, words: Words) -> str:
    if scope == TRUE:
        return words.qualifiers["mix_all"].format(share=share)
    text = words.no_sale if scope == AnyOf(()) else condition(scope, words, top=True)
    return words.qualifiers["mix"].format(share=share, condition=text)


def _year_to_date(program: Program, words: Words) -> list[str]:
    if not program.is_year_to_date:
        return []
    return [words.year_to_date["text"], words.year_to_date.get(program.calculation.type, "")]


def _limits(program: Program, words: Words) -> list[str]:
    said = []
    if program.cap is not None:
        amounts = {"per_period": program.cap.per_period, "program_total": program.cap.program_total}
        said += [words.cap[key].format(amount=money(program, one)) for key, one in amounts.items() if one is not None]
    if program.minimum_payout is not None:
        least = program.minimum_payout
        said.append(words.minimum[least.otherwise].format(amount=money(program, least.amount)))
    return said


def _stacking(program: Program, words: Words) -> str:
    """Nothing where it goes without saying: a program alone in its group that is paid beside all others."""
    stacking = program.stacking
    if stacking.rule == "stack" and stacking.group == program.code:
        return ""
    group = quoted(stacking.group, words)
    return words.stacking[stacking.rule].format(group=group, priority=stacking.priority)


def _validity(program: Program, words: Words) -> str:
    start = words.day(program.valid_from) if program.valid_from else ""
    end = words.day(program.valid_to) if program.valid_to else ""
    if start and end:
        return words.valid_between.format(start=start, end=end)
    if start:
        return words.valid_from.format(start=start)
    return words.valid_to.format(end=end) if end else ""
