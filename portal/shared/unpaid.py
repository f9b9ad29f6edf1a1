"""Programs that pay nothing, each with the reason in a sentence: what kept the sales from counting, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from portal.shared.payout_sentence import payout_sentence
from portal.shared.program_text import name_of
from portal.shared.trace_values import measure_of
from portal.shared.wording import exception_text
from rebates import fiscal
from rebates.discretion import told_to_partner
from rebates.engine.sentence import condition_phrase
from rebates.selectors.unpaid import Kept, Unpaid
from rebates.states import UnpaidCause


@dataclass(frozen=True, slots=True)
class UnpaidRow:
    """One program; periods with the same reason are told together. `accrual` is the one to follow, if there is one."""

    name: str
    code: str
    periods: str
    reasons: list[str]
    accrual: Any
    cause: str
    gain: str = ""
    """What a little more would bring, where something would."""

    @property
    def is_of_others(self) -> bool:
        """Whether it is for partners of another kind."""
        return self.cause == UnpaidCause.PARTNER


def unpaid_rows(
    found: Iterable[Unpaid], *, for_partner: bool, gains: Mapping[UUID, str] | None = None
) -> list[UnpaidRow]:
    """`for_partner` leaves out what is wrong with the vendor's own data; `gains` are by accrual."""
    language = get_language() or "en"
    rows = [(one, reasons_of(one, for_partner=for_partner)) for one in found]
    told = []
    for (code, _accrual, *reasons), group in groupby(rows, lambda row: (*_place(row[0]), *row[1])):
        members = [one for one, _reasons in group]
        first = members[0]
        gain = (gains or {}).get(first.accrual.pk, "") if first.accrual else ""
        name = name_of(first.version, language)
        told.append(UnpaidRow(name, code, _periods(members), reasons, first.accrual, first.cause, gain))
    return told


def _periods(members: Iterable[Unpaid]) -> str:
    """A run from first to last only where none is left out: what lies between may have paid."""
    periods = list(dict.fromkeys(one.period for one in members))
    calendar = fiscal.calendar()
    if len(periods) > 1 and all(calendar.previous(later) == one for one, later in pairwise(periods)):
        return f"{periods[0].key} – {periods[-1].key}"
    return pgettext("between values", ", ").join(one.key for one in periods)


def _place(one: Unpaid) -> tuple[str, str]:
    """What is told together: a program, but accruals have pages of their own."""
    return one.version.program.code, str(one.accrual.pk) if one.accrual else ""


def reasons_of(one: Unpaid, *, for_partner: bool) -> list[str]:
    """Why it pays nothing, in sentences: at least one."""
    if one.accrual is not None:
        return [payout_sentence(told_to_partner(one.accrual) if for_partner else one.accrual.explanation)]
    if one.unmet:
        return [_unmet(condition_phrase(unmet.condition, _spoken()), unmet.found) for unmet in one.unmet]
    if one.kept:
        return [_kept(one, kept, for_partner) for kept in one.kept]
    days = {"first": _day(one.first), "last": _day(min(one.last, fiscal.today()))}
    return [_("No sale is recorded from %(first)s to %(last)s.") % days]


def _unmet(condition: str, found: tuple[str, ...]) -> str:
    if not found:
        return _("It asks that %(condition)s; nothing is recorded there.") % {"condition": condition}
    values = pgettext("between values", ", ").join(found)
    return _("It asks that %(condition)s; here it is %(found)s.") % {"condition": condition, "found": values}


def _kept(one: Unpaid, kept: Kept, for_partner: bool) -> str:
    explanation = {"measure_kind": one.version.definition.get("measure", "net_amount"),
                   "currency": one.version.definition["currency"]}  # fmt: skip
    facts = {
        "count": kept.lines,
        "worth": _worth(kept, explanation),
        "condition": condition_phrase(kept.condition, _spoken()) if kept.condition else "",
        "program": kept.program,
        "why": _why(kept, for_partner),
    }
    return TEXTS[kept.cause](kept.lines) % facts


def _worth(kept: Kept, explanation: dict[str, str]) -> str:
    return _("an amount that is not shown") if kept.measure is None else measure_of(str(kept.measure), explanation)


def _why(kept: Kept, for_partner: bool) -> str:
    if for_partner or not kept.faults:
        return _("data of your vendor is missing") if for_partner else _("they are on the exceptions list")
    return pgettext("between clauses", "; ").join(exception_text(reason)[0] for reason in sorted(kept.faults)[:3])


def _condition(count: int) -> str:
    return ngettext(
        "%(count)s sale line worth %(worth)s is left out: it counts only where %(condition)s.",
        "%(count)s sale lines worth %(worth)s are left out: they count only where %(condition)s.", count,
    )  # fmt: skip


def _priority(count: int) -> str:
    return ngettext(
        "%(count)s sale line worth %(worth)s counts in program %(program)s, which comes first.",
        "%(count)s sale lines worth %(worth)s count in program %(program)s, which comes first.", count,
    )  # fmt: skip


def _fault(count: int) -> str:
    return ngettext(
        "%(count)s sale line cannot be counted yet: %(why)s.", "%(count)s sale lines cannot be counted yet: %(why)s.",
        count,
    )  # fmt: skip


def _late(count: int) -> str:
    return ngettext(
        "%(count)s sale line worth %(worth)s was recorded after the close: it comes as a correction on a later"
        " statement.",
        "%(count)s sale lines worth %(worth)s were recorded after the close: they come as a correction on a later"
        " statement.", count,
    )  # fmt: skip


def _pending(count: int) -> str:
    return ngettext(
        "%(count)s sale line worth %(worth)s is being worked out.",
        "%(count)s sale lines worth %(worth)s are being worked out.", count,
    )  # fmt: skip


TEXTS: Mapping[UnpaidCause, Callable[[int], str]] = {
    UnpaidCause.CONDITION: _condition,
    UnpaidCause.PRIORITY: _priority,
    UnpaidCause.FAULT: _fault,
    UnpaidCause.LATE: _late,
    UnpaidCause.PENDING: _pending,
}
"""Every cause that keeps single sales."""


def _spoken() -> str:
    return "zh-hans" if (get_language() or "en").startswith("zh") else "en"


def _day(day: object) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")  # type: ignore[arg-type]
