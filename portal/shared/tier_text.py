"""A partner's tier in words and bars, for its own people and for the vendor's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.metrics import drill_of, metric
from partners.selectors.tier_simulation import Simulation, Way
from partners.selectors.tiers import Standing
from partners.tiers.assess import Assessment, Check, TierResult
from partners.tiers.saying import amount_said, changes_said, check_said, limit_said, window_said
from partners.tiers.scheme import Benefit, Scheme
from prm import clock
from prm.db.scope import require_tenant
from prm.web import text


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of a tier. `share`, 0 to 1, is drawn as a bar in the colour `css`."""

    label: str
    window: str
    limit: str
    value: str
    share: Decimal
    css: str
    note: str
    is_met: bool
    points: int
    definition: str
    drill: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A tier of the ladder: `state` is reached, current or above."""

    code: str
    name: str
    state: str
    reached: bool


def lines_of(standing: Standing, result: TierResult, surface: str) -> list[Line]:
    return [_line(standing, check, surface) for check in result.checks]


def _line(standing: Standing, check: Check, surface: str) -> Line:
    one, currency = check.criterion, require_tenant().base_currency
    code = one.key.metric
    notes = [check_said(check, currency)]
    if check.is_close:
        notes.append(_("Met, with little to spare"))
    if left_out := standing.left_out.get(one.key):
        notes.append(_("%(count)d sales without an exchange rate are not counted") % {"count": left_out})
    return Line(
        label=str(metric(code).name),
        window=window_said(one.key.window),
        limit=limit_said(one, currency),
        value=amount_said(code, check.value, currency),
        share=check.share,
        css="warn" if check.is_close else "ok" if check.is_met else "",
        note=pgettext("between clauses", "; ").join(one for one in notes if one),
        is_met=check.is_met,
        points=one.points,
        definition=str(metric(code).definition),
        drill=_drill(standing, check, surface),
    )


def _drill(standing: Standing, check: Check, surface: str) -> str:
    """Where the rows behind the value are, if this surface shows them."""
    key = check.criterion.key
    drill = drill_of(key.metric, surface)
    if drill is None:
        return ""
    day = standing.looked_on or clock.today(require_tenant())
    window = key.window.window(day, require_tenant().fiscal_start_month)
    partner_id: UUID = standing.partner.pk
    query = "&".join(f"{name}={value}" for name, value in drill.query(partner_id, window).items())
    return reverse(drill.url_name, kwargs=dict(drill.arguments(partner_id))) + (f"?{query}" if query else "")


def ladder_of(scheme: Scheme, rank: int, assessment: Assessment) -> list[Step]:
    found = []
    for place, tier in enumerate(scheme.tiers, 1):
        state = "current" if place == rank else "reached" if place < rank else "above"
        result = assessment.of(place)
        found.append(Step(tier.code, str(tier.name), state, bool(result and result.is_reached)))
    return found


def tier_name(scheme: Scheme, code: str) -> str:
    """As the scheme calls it, else its code; a dash for none."""
    tier = scheme.named(code)
    return str(tier.name) if tier else code or _("No tier")


def named(stays: Iterable[Any], schemes: Mapping[UUID, Scheme]) -> list[Any]:
    """The stays with `tier_name` and `lower_name`, as the scheme in force of their track calls them."""
    found = list(stays)
    for stay in found:
        scheme = schemes.get(stay.track_id)
        for name, code in (("tier_name", stay.tier), ("lower_name", stay.lower_tier)):
            setattr(stay, name, tier_name(scheme, code) if scheme else code)
    return found


def benefits_of(benefits: Sequence[Benefit]) -> list[tuple[str, str]]:
    """(kind, text)"""
    return [(str(one.kind.label), str(one.text)) for one in benefits]


def worth_said(worth: Mapping[str, Decimal]) -> str:
    """Amounts of several currencies, none added to another."""
    return _(" and ").join(text.money(abs(amount), currency) for currency, amount in worth.items())


def simulation_sentence(found: Simulation) -> str:
    """Such as “With 2 more certified people and ¥300,000.00 more revenue you reach Platinum.”"""
    tier = str(found.then.name) if found.then else _("no tier")
    if found.is_up or found.is_kept:
        return _gain_sentence(found.changes, tier, found.worth, is_kept=found.is_kept)
    facts = {"what": _said(found.changes), "tier": tier, "worth": worth_said(found.worth)}
    if not found.is_down:
        return _("With %(what)s your tier stays %(tier)s.") % facts
    if found.worth and all(amount < 0 for amount in found.worth.values()):
        return _("With %(what)s your figures are those of %(tier)s, which would cost you %(worth)s a year.") % facts
    return _("With %(what)s your figures are those of %(tier)s.") % facts


def way_sentence(way: Way) -> str:
    return _gain_sentence(way.changes, str(way.goal.name), way.worth, is_kept=way.is_kept)


def _gain_sentence(changes: Mapping[str, Decimal], tier: str, worth: Mapping[str, Decimal], *, is_kept: bool) -> str:
    facts = {"what": _said(changes), "tier": tier, "worth": worth_said(worth)}
    if worth and all(amount > 0 for amount in worth.values()):
        kept, reached = (
            _("With %(what)s you keep %(tier)s, worth %(worth)s a year."),
            _("With %(what)s you reach %(tier)s, worth %(worth)s a year."),
        )
    else:
        kept, reached = _("With %(what)s you keep %(tier)s."), _("With %(what)s you reach %(tier)s.")
    return (kept if is_kept else reached) % facts


def _said(changes: Mapping[str, Decimal]) -> str:
    return changes_said(changes, require_tenant().base_currency)


def risk_note(standing: Standing) -> dict[str, Any] | None:
    """What a partner whose tier is at stake has to know, and by when."""
    stay = standing.stay
    if stay is None or not standing.losing:
        return None
    day = stay.effective_on or stay.decision_on
    facts = {
        "tier": tier_name(standing.scheme, stay.tier), "lower": tier_name(standing.scheme, stay.lower_tier),
        "day": date_format(day, "DATE_FORMAT") if day else "",
    }  # fmt: skip
    if stay.stopped_on is not None:
        said = _("Your appeal is being looked at. Until then no day passes and you keep %(tier)s.")
        tone, title = "info", _("Your appeal is open")
    elif stay.effective_on is not None:
        said = _("On %(day)s your tier changes to %(lower)s. You may appeal until then.")
        tone, title = "bad", _("%(tier)s ends on %(day)s")
    elif stay.status == "grace":
        said = _("Until %(day)s you keep %(tier)s. Meet its criteria by then and it stays yours, or appeal.")
        tone, title = "warn", _("Grace period until %(day)s")
    else:
        said = _("You keep %(tier)s for now. What is missing has to be there by %(day)s.")
        tone, title = "warn", _("%(tier)s is at risk")
    return {"tone": tone, "title": title % facts, "text": said % facts, "reason": stay.reason}
