"""A scheme in words, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partners.metrics import WindowKind, WindowSpec, metric
from partners.metrics.registry import Unit, known
from partners.tiers.assess import Check, TierResult
from partners.tiers.scheme import Criterion, Downgrade, Rules, Tier, Upgrade
from prm.web import text


def amount_said(code: str, value: Decimal | None, currency: str) -> str:
    """A value of the metric as its reader writes it."""
    unit = metric(code).unit if known(code) else Unit.COUNT
    if value is None:
        return _("not known")
    if unit == Unit.MONEY:
        return text.money(value, currency)
    if unit == Unit.RATIO:
        return text.percent(value)
    said = text.number(value.normalize() if value == value.to_integral_value() else value)
    return ngettext("%(count)s day", "%(count)s days", int(value)) % {"count": said} if unit == Unit.DAYS else said


def window_said(window: WindowSpec) -> str:
    count = {"count": window.length}
    if window.kind == WindowKind.TRAILING_MONTHS:
        return ngettext("over the last %(count)d month", "over the last %(count)d months", window.length) % count
    if window.kind == WindowKind.TRAILING_DAYS:
        return ngettext("over the last %(count)d day", "over the last %(count)d days", window.length) % count
    return {
        WindowKind.CALENDAR_QUARTER: _("in this calendar quarter"),
        WindowKind.CALENDAR_YEAR: _("in this calendar year"),
        WindowKind.FISCAL_QUARTER: _("in this fiscal quarter"),
        WindowKind.FISCAL_YEAR: _("in this fiscal year"),
        WindowKind.LAST_FISCAL_QUARTER: _("in the last whole fiscal quarter"),
        WindowKind.LAST_FISCAL_YEAR: _("in the last whole fiscal year"),
        WindowKind.AS_OF: _("on the day"),
    }[window.kind]


def limit_said(one: Criterion, currency: str) -> str:
    least, most = (
        amount_said(one.key.metric, value, currency) if value is not None else ""
        for value in (one.at_least, one.at_most)
    )
    if least and most:
        return _("%(least)s to %(most)s") % {"least": least, "most": most}
    return _("at least %(value)s") % {"value": least} if least else _("at most %(value)s") % {"value": most}


def criterion_said(one: Criterion, currency: str) -> str:
    """Such as “Revenue over the last 12 months: at least ¥300,000.00”."""
    facts = {
        "name": metric(one.key.metric).name, "window": window_said(one.key.window), "limit": limit_said(one, currency),
    }  # fmt: skip
    if one.key.window.kind == WindowKind.AS_OF:
        return _("%(name)s: %(limit)s") % facts
    return _("%(name)s %(window)s: %(limit)s") % facts


def tier_sentence(tier: Tier, currency: str) -> str:
    """What the tier asks for, as one sentence."""
    musts = pgettext("between clauses", "; ").join(criterion_said(one, currency) for one in tier.musts)
    weighted = pgettext("between clauses", "; ").join(
        _("%(what)s (%(points)d points)") % {"what": criterion_said(one, currency), "points": one.points}
        for one in tier.weighted
    )
    facts = {"tier": str(tier.name), "musts": musts, "weighted": weighted, "mark": tier.pass_mark}
    if musts and weighted:
        return _("%(tier)s asks for %(musts)s; and for %(mark)d points of: %(weighted)s.") % facts
    if weighted:
        return _("%(tier)s asks for %(mark)d points of: %(weighted)s.") % facts
    return _("%(tier)s asks for %(musts)s.") % facts if musts else _("%(tier)s is for everybody.") % facts


def rules_sentences(rules: Rules) -> list[str]:
    found = [_upgrade_said(rules)]
    facts = {"risk": rules.risk_days, "grace": rules.grace_days, "appeal": rules.appeal_days}
    if rules.downgrade == Downgrade.AUTOMATIC:
        text_ = _("Who no longer meets the criteria is at risk for %(risk)d days and has %(grace)d days of grace; "
                  "then the tier is lost %(appeal)d days later, unless the partner appeals.")  # fmt: skip
    else:
        text_ = _("Who no longer meets the criteria is at risk for %(risk)d days and has %(grace)d days of grace; "
                  "then a person decides, and the partner has %(appeal)d days to appeal.")  # fmt: skip
    found.append(text_ % facts)
    days = _(", ").join(str(one) for one in rules.warnings)
    found.append(_("Warnings go out %(days)s days before the end of the grace period.") % {"days": days})
    if rules.minimum_stay_days:
        found.append(_("A tier is kept for at least %(days)d days.") % {"days": rules.minimum_stay_days})
    if rules.keep_until:
        found.append(_("Tiers of today are kept until %(day)s.") % {"day": rules.keep_until.isoformat()})
    return found


def _upgrade_said(rules: Rules) -> str:
    return {
        Upgrade.AT_ONCE: _("Who reaches a higher tier has it from the same day on."),
        Upgrade.NEXT_MONTH: _("Who reaches a higher tier has it from the first day of the next month on."),
        Upgrade.NEXT_QUARTER: _("Who reaches a higher tier has it from the first day of the next fiscal quarter on."),
        Upgrade.NEXT_YEAR: _("Who reaches a higher tier has it from the first day of the next fiscal year on."),
    }[rules.upgrade]


def check_said(check: Check, currency: str) -> str:
    """What is missing, such as “Revenue: ¥30,000.00 more”; empty when nothing is."""
    code = check.criterion.key.metric
    facts = {"name": metric(code).name}
    if check.is_met:
        return ""
    if check.missing is None:
        return _("%(name)s is not known") % facts
    facts["amount"] = amount_said(code, abs(check.missing), currency)
    return (_("%(amount)s more of %(name)s") if check.missing > 0 else _("%(amount)s less of %(name)s")) % facts


def missing_sentence(result: TierResult, currency: str) -> str:
    """Why the tier is not reached."""
    said = pgettext("between clauses", "; ").join(check_said(one, currency) for one in result.open)
    facts = {"tier": str(result.tier.name), "what": said}
    return _("Missing for %(tier)s: %(what)s.") % facts if said else _("The criteria are not met.")


def changes_said(changes: Mapping[str, Decimal], currency: str) -> str:
    """What somebody thinks of, such as “2 more certified people and ¥300,000.00 more revenue”."""
    *others, last = (_change_said(code, change, currency) for code, change in changes.items())
    before = pgettext("between values", ", ").join(others)
    return before + pgettext("between values", " and ") + last if before else last


def _change_said(code: str, change: Decimal, currency: str) -> str:
    name = str(metric(code).name)
    facts = {"name": name[:1].lower() + name[1:], "amount": amount_said(code, change, currency)}
    if not metric(code).adds:
        return _("%(name)s of %(amount)s") % facts
    facts["amount"] = amount_said(code, abs(change), currency)
    return (_("%(amount)s more %(name)s") if change > 0 else _("%(amount)s less %(name)s")) % facts
