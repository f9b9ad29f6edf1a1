"""What a review pack is made of. Apps do not know one another, so their parts are put together here.

A section builds plain data: shown live, and kept as it is when the review is held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners import fiscal
from partners.metrics import Asked, Window, metric
from partners.metrics.values import values_of
from partners.selectors.partners import tier_history
from partners.selectors.plans import plan_list, plan_progress
from partners.selectors.scorecards import score_of
from partners.states.plans import Side
from portal.shared.scorecard_pages import Shown, figures_shown
from prm.db.scope import require_tenant
from prm.errors import Text
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import plain
from rebates.selectors.accruals import exception_list
from rebates.selectors.disputes import dispute_list
from rebates.selectors.earnings import earnings_overview
from rebates.states import DISPUTE_OPEN

Data = dict[str, Any]
MONTHS, ISSUES = 12, 10


@dataclass(frozen=True, slots=True)
class Section:
    """Shown to whoever has one of `rights`; `build` gives None where there is nothing to show."""

    code: str
    title: Text
    rights: frozenset[Right]
    build: Callable[[Actor, Any], Data | None]

    def is_for(self, actor: Actor) -> bool:
        return any(actor.can(right) for right in self.rights)

    @property
    def template(self) -> str:
        return f"portal/shared/reviews/_{self.code}.html"


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    _sections[section.code] = section


def sections() -> list[Section]:
    return list(_sections.values())


def sections_build(actor: Actor, review: Any) -> dict[str, Data]:
    """Code → data of all that the actor may see and that has something to show."""
    built = {one.code: one.build(actor, review) for one in sections() if one.is_for(actor)}
    return {code: data for code, data in built.items() if data is not None}


def sections_shown(actor: Actor, built: Mapping[str, Data]) -> list[tuple[Section, Data]]:
    """In their order, as far as the reader may see them."""
    return [(one, built[one.code]) for one in sections() if one.code in built and one.is_for(actor)]


def _scorecard(actor: Actor, review: Any) -> Data | None:
    last = fiscal.month_of(min(review.ends_on, fiscal.today()))
    score = score_of(actor, review.partner_id, last)
    if score is None:
        return None
    shown = figures_shown(actor, review.partner_id, score.month, "")
    return {
        "month": score.month.isoformat(),
        "partner_score": _text(score.partner_score),
        "vendor_score": _text(score.vendor_score),
        "own": [_figure(one) for one in shown if one.about.side == Side.PARTNER],
        "promised": [_figure(one) for one in shown if one.about.side == Side.VENDOR],
    }


def _figure(one: Shown) -> Data:
    figure = one.figure
    return {
        "side": one.about.side, "metric": one.about.code, "unit": str(one.about.unit), "value": _text(figure.value),
        "target": plain(figure.target), "score": _text(figure.score), "state": figure.state, "kept": figure.kept,
        "due": figure.due,
    }  # fmt: skip


def _revenue(_actor: Actor, review: Any) -> Data:
    """The twelve months until the end of the quarter, or until now."""
    until = min(review.ends_on, fiscal.today())
    months = [fiscal.months_back(until, count) for count in range(MONTHS - 1, -1, -1)]
    ends = [fiscal.months_back(month, -1) - dt.timedelta(days=1) for month in months]
    windows = [Window(first, min(end, until)) for first, end in zip(months, ends, strict=True)]
    found = values_of([Asked(metric("revenue"), one) for one in windows], [review.partner_id])[review.partner_id]
    return {
        "currency": require_tenant().base_currency,
        "months": [f"{month:%Y-%m}" for month in months],
        "values": [_text(one.value or Decimal(0)) for one in found],
    }


def _earnings(actor: Actor, review: Any) -> Data | None:
    overview = earnings_overview(actor, review.partner_id, on=min(review.ends_on, fiscal.today()))
    currency = overview.currency
    values = [one.total(currency) for one in overview.history]
    if not any(values):
        return None
    return {
        "currency": currency,
        "quarters": [one.period.key for one in overview.history],
        "values": [_text(value) for value in values],
    }


def _plan(actor: Actor, review: Any) -> Data | None:
    year = fiscal.year_of(review.ends_on)
    plan = (
        plan_list(actor, partner_id=review.partner_id, fiscal_year=year).filter(status__in=("agreed", "closed")).first()
    )
    if plan is None:
        return None
    goals = [
        {
            "title": one.goal.title, "unit": one.goal.unit, "currency": one.goal.currency, "value": _text(one.value),
            "target": plain(one.goal.target), "share": _text(one.share), "due_on": one.goal.due_on.isoformat(),
        }
        for one in plan_progress(actor, plan)
    ]  # fmt: skip
    return {"title": plan.title, "year": str(year), "goals": goals}


def _tier(actor: Actor, review: Any) -> Data | None:
    """The tier at the end of the quarter, and how it changed in it."""
    changes = list(tier_history(actor, review.partner_id)[:20])
    present = next((one for one in changes if one.valid_from <= review.ends_on), None)
    if present is None:
        return None
    moved = [one for one in changes if review.starts_on <= one.valid_from <= review.ends_on]
    return {
        "tier": present.tier,
        "since": "" if present.valid_from.year == 1 else present.valid_from.isoformat(),
        "moves": [{"tier": one.tier, "on": one.valid_from.isoformat()} for one in reversed(moved)],
    }


def _issues(actor: Actor, review: Any) -> Data:
    open_ones = dispute_list(actor, partner_id=review.partner_id).filter(status__in=DISPUTE_OPEN)
    items = [
        {
            "number": str(one), "reason": one.reason, "amount": _text(one.claimed - one.stated),
            "currency": one.currency, "due_on": one.due_on.isoformat(),
        }
        for one in open_ones[:ISSUES]
    ]  # fmt: skip
    left_out = None
    if actor.can(Right.ACCRUALS_VIEW):
        left_out = exception_list(actor, partner_id=review.partner_id).order_by().count()
    return {"disputes": items, "more": max(0, open_ones.order_by().count() - ISSUES), "exceptions": left_out}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


PLANS = frozenset({Right.SCORECARDS_VIEW, Right.OWN_PLANS_VIEW})
register(Section("scorecard", _("Scorecard, both sides"), PLANS, _scorecard))
register(Section("revenue", _("Revenue"), PLANS, _revenue))
register(
    Section("earnings", _("Earnings"), frozenset({Right.ACCRUALS_VIEW, Right.OWN_EARNINGS_VIEW}), _earnings)
)  # fmt: skip
register(Section("plan", _("Business plan"), PLANS, _plan))
register(Section("tier", _("Tier"), frozenset({Right.PARTNERS_VIEW, Right.OWN_TIER_VIEW}), _tier))
register(
    Section("issues", _("Open issues"), frozenset({Right.STATEMENTS_VIEW, Right.OWN_STATEMENTS_VIEW}), _issues)
)  # fmt: skip
