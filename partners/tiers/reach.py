"""Schemes that no one can reach, or whose ladder goes down where it should go up: refused with the reason and place."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from partners.metrics import Unit, metric
from partners.tiers.reading import Faults
from partners.tiers.scheme import Criterion, Scheme, Tier
from prm.web import text as text_of


def check_reachable(scheme: Scheme) -> None:
    """Raises `Invalid` with `fields` by path."""
    faults = Faults()
    for index, tier in enumerate(scheme.tiers):
        path = f"$.tiers[{index}]"
        for number, criterion in enumerate(tier.criteria):
            _check_limits(criterion, f"{path}.criteria[{number}]", faults)
        _check_points(tier, path, faults)
        _check_each_other(tier, path, faults)
        if index:
            _check_harder(scheme.tiers[index - 1], tier, path, faults)
    faults.raise_any()


def _check_limits(one: Criterion, path: str, faults: Faults) -> None:
    figure = metric(one.key.metric)
    code = one.key.metric
    facts = {"least": _shown(code, one.at_least), "most": _shown(code, one.at_most), "name": figure.name}
    if one.at_least is not None and one.at_most is not None and one.at_least > one.at_most:
        text = _("Nobody can reach this: at least %(least)s is more than at most %(most)s.")
        faults.add(f"{path}.at_least", text % facts)
    if one.at_least is not None and figure.highest is not None and one.at_least > figure.highest:
        facts["limit"] = _shown(code, figure.highest)
        faults.add(f"{path}.at_least", _("Nobody can reach this: %(name)s is never above %(limit)s.") % facts)
    if one.at_most is not None and figure.lowest is not None and one.at_most < figure.lowest:
        facts["limit"] = _shown(code, figure.lowest)
        faults.add(f"{path}.at_most", _("Nobody can reach this: %(name)s is never below %(limit)s.") % facts)


def _check_points(tier: Tier, path: str, faults: Faults) -> None:
    total = sum(one.points for one in tier.weighted)
    facts = {"total": total, "mark": tier.pass_mark}
    if total < tier.pass_mark:
        text = _("Nobody can reach this: all points together are %(total)d, the pass mark is %(mark)d.")
        faults.add(f"{path}.pass_mark", text % facts)
    if total and not tier.pass_mark:
        faults.add(f"{path}.pass_mark", _("Points count for nothing without a pass mark."))


def _check_each_other(tier: Tier, path: str, faults: Faults) -> None:
    """Growth and other windows may differ; a longer trailing window can't hold less of what only adds up."""
    for number, one in enumerate(tier.criteria):
        for other in tier.musts:
            if one is other or not one.is_must or not _holds(other, one):
                continue
            if one.at_least is not None and other.at_most is not None and one.at_least > other.at_most:
                text = _("Nobody can reach this: a longer window of the same figure may be at most %(most)s.")
                faults.add(
                    f"{path}.criteria[{number}].at_least", text % {"most": _shown(other.key.metric, other.at_most)}
                )


def _holds(longer: Criterion, shorter: Criterion) -> bool:
    """Whether the longer window has at least what the shorter one has; sales may shrink by returns."""
    same = longer.key.metric == shorter.key.metric and longer.key.window.kind == shorter.key.window.kind
    counts = same and metric(longer.key.metric).adds and metric(longer.key.metric).lowest is not None
    return counts and longer.key.window.length > shorter.key.window.length > 0


def _check_harder(lower: Tier, tier: Tier, path: str, faults: Faults) -> None:
    own = {one.key: (number, one) for number, one in enumerate(tier.criteria)}
    for criterion in lower.criteria:
        number, higher = own.get(criterion.key, (0, None))
        if higher is not None:
            _check_no_easier(criterion, higher, lower, f"{path}.criteria[{number}]", faults)
        if criterion.is_must and (higher is None or not higher.is_must):
            facts = {"lower": lower.name, "name": metric(criterion.key.metric).name}
            text = _("%(lower)s, the tier below, has to have %(name)s; this tier does not ask for it.")
            faults.add(f"{path}.criteria", text % facts)


def _check_no_easier(criterion: Criterion, higher: Criterion, lower: Tier, path: str, faults: Faults) -> None:
    facts = {"lower": lower.name}
    least, most = criterion.at_least, criterion.at_most
    if least is not None and (higher.at_least is None or higher.at_least < least):
        text = _("This is easier than for %(lower)s, the tier below, which asks for at least %(value)s.")
        faults.add(f"{path}.at_least", text % (facts | {"value": _shown(criterion.key.metric, least)}))
    if most is not None and (higher.at_most is None or higher.at_most > most):
        text = _("This is easier than for %(lower)s, the tier below, which allows at most %(value)s.")
        faults.add(f"{path}.at_most", text % (facts | {"value": _shown(criterion.key.metric, most)}))


def _shown(code: str, value: Decimal | None) -> str:
    """As the form takes it: shares in per cent."""
    if value is None:
        return ""
    return text_of.percent(value) if metric(code).unit == Unit.RATIO else text_of.number(value)
