"""What partners and the vendor's people are told about tiers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, Text, register
from prm.notifications.states import Area

PARTNER, VENDOR = _("The partner's people"), _("Whoever decides on tiers")
WHY = _("You belong to the partner whose tier this is.")
PATH, SEE = "/p/tier/", _("See your tier")
SAMPLE = {
    "partner": "Blue Harbour", "tier": "Gold", "lower": "Silver",
    "reason": "Missing for Gold: ¥30,000.00 more of Revenue.",
    "decision_on": "2026-06-30", "effective_on": "2026-07-14", "begins_on": "2026-07-01", "days": 30,
    "meaning": "From that day on you no longer have: priority support.",
    "kept_until": "2026-12-31", "stay_id": "0197b1c4-0000-7000-8000-000000000000",
}  # fmt: skip


def _partner(code: str, subject: Text, body: Text, *, mutable: bool = True) -> NoticeKind:
    return register(NoticeKind(
        code=code, area=Area.TIERS, audience=PARTNER, subject=subject, body=body, action=SEE, path=PATH, why=WHY,
        mutable=mutable, sample=SAMPLE,
    ))  # fmt: skip


_partner(
    "partners.tier.qualified", _("%(partner)s has qualified for %(tier)s"),
    _("Congratulations: your figures are those of %(tier)s. It begins on %(begins_on)s, if they still are."),
)  # fmt: skip
_partner(
    "partners.tier.upgraded", _("%(partner)s is now %(tier)s"),
    _("Congratulations: from today on your company has the tier %(tier)s, with all that belongs to it."),
)  # fmt: skip
_partner(
    "partners.tier.safe", _("%(tier)s is safe again"),
    _("Your figures meet the criteria of %(tier)s again. Nothing changes for %(partner)s."),
)  # fmt: skip
_partner(
    "partners.tier.at_risk", _("%(tier)s is at risk"),
    _("Your figures no longer meet the criteria of %(tier)s. %(reason)s\n\nYou keep the tier for now. If nothing "
      "changes, it is decided upon after %(decision_on)s."), mutable=False,
)  # fmt: skip
_partner(
    "partners.tier.warning", _("%(tier)s: the grace period ends %(in_days)s"),
    _("%(reason)s\n\nThe grace period ends on %(decision_on)s. Until then you keep %(tier)s, and if the criteria are "
      "met again it stays yours. You may also appeal."), mutable=False,
)  # fmt: skip
_partner(
    "partners.tier.decided", _("%(tier)s ends on %(effective_on)s"),
    _("It was decided that %(partner)s changes from %(tier)s to %(lower)s on %(effective_on)s.\n\n%(reason)s\n\nYou "
      "may appeal until then; somebody else will decide."), mutable=False,
)  # fmt: skip
_partner(
    "partners.tier.retained", _("%(partner)s keeps %(tier)s"),
    _("%(partner)s keeps %(tier)s until %(kept_until)s.\n\n%(reason)s"),
)  # fmt: skip
_partner(
    "partners.tier.appeal_rejected", _("Your appeal about %(tier)s was rejected"),
    _("Your appeal was looked at by another person and rejected.\n\n%(reason)s\n\nThe grace period goes on until "
      "%(decision_on)s. You keep %(tier)s until then, and if the criteria are met again it stays yours."),
    mutable=False,
)  # fmt: skip
_partner(
    "partners.tier.appeal_final", _("Your appeal was rejected: %(tier)s ends on %(effective_on)s"),
    _("Your appeal was looked at by another person and rejected.\n\n%(reason)s\n\n%(partner)s keeps %(tier)s until "
      "the day before %(effective_on)s and has %(lower)s from then on, unless the criteria are met again before. This "
      "decision is final: there is no further appeal."), mutable=False,
)  # fmt: skip
_partner(
    "partners.tier.downgraded", _("%(partner)s no longer has %(tier)s"),
    _("From %(effective_on)s on %(partner)s has %(lower)s instead of %(tier)s.\n\n%(reason)s\n\n%(meaning)s\n\nOnce "
      "your figures meet the criteria of %(tier)s again, you can have it again."), mutable=False,
)  # fmt: skip

APPEALED = register(NoticeKind(
    code="partners.tier.appealed", area=Area.TIERS, audience=VENDOR, subject=_("%(partner)s appeals for %(tier)s"),
    body=_("%(partner)s objects to losing %(tier)s. Until it is decided no day passes."), action=_("Read the appeal"),
    path="/m/tiers/stays/%(stay_id)s/", why=_("You may decide on tiers."), sample=SAMPLE,
))  # fmt: skip
DECISION_DUE = register(NoticeKind(
    code="partners.tier.decision_due", area=Area.TIERS, audience=VENDOR,
    subject=_("%(partner)s: %(tier)s waits for a decision"),
    body=_("The grace period of %(partner)s is over. Decide whether it keeps %(tier)s."), action=_("Decide"),
    path="/m/tiers/stays/%(stay_id)s/", why=_("You may decide on tiers."), sample=SAMPLE,
))  # fmt: skip
