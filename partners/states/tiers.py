"""A partner's stay in a tier, appeals against losing it, and versions of tier schemes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.workflow.services import Table


class SchemeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("In force")
    REPLACED = "replaced", _("Replaced")


SCHEME_START = (SchemeStatus.DRAFT,)
SCHEME_TRANSITIONS: Table = {
    SchemeStatus.DRAFT: {"publish": SchemeStatus.PUBLISHED},
    SchemeStatus.PUBLISHED: {"replace": SchemeStatus.REPLACED},
    SchemeStatus.REPLACED: {},
}


class StayStatus(models.TextChoices):
    """Who reaches a tier later is `qualified`; who no longer does is `at_risk`, then in `grace`, then `decided` upon,
    and keeps the tier in all three. `retained` keeps it until a day although the criteria are not met.
    """

    QUALIFIED = "qualified", _("Qualified")
    ACTIVE = "active", _("Active")
    AT_RISK = "at_risk", _("At risk")
    GRACE = "grace", _("Grace period")
    DECIDED = "decided", _("Downgrade decided")
    RETAINED = "retained", _("Retained")
    UPGRADED = "upgraded", _("Upgraded")
    DOWNGRADED = "downgraded", _("Downgraded")
    LAPSED = "lapsed", _("Lapsed")
    ENDED = "ended", _("Ended")


STAY_START = (StayStatus.QUALIFIED, StayStatus.ACTIVE)
STAY_HELD = [StayStatus.ACTIVE, StayStatus.AT_RISK, StayStatus.GRACE, StayStatus.DECIDED, StayStatus.RETAINED]
"""The partner has the tier."""
STAY_LOSING = [StayStatus.AT_RISK, StayStatus.GRACE, StayStatus.DECIDED]
STAY_TRANSITIONS: Table = {
    StayStatus.QUALIFIED: {"begin": StayStatus.ACTIVE, "lapse": StayStatus.LAPSED},
    StayStatus.ACTIVE: {"fall": StayStatus.AT_RISK, "upgrade": StayStatus.UPGRADED, "end": StayStatus.ENDED},
    StayStatus.AT_RISK: {
        "recover": StayStatus.ACTIVE,
        "grace": StayStatus.GRACE,
        "retain": StayStatus.RETAINED,
        "upgrade": StayStatus.UPGRADED,
        "end": StayStatus.ENDED,
    },
    StayStatus.GRACE: {
        "recover": StayStatus.ACTIVE,
        "decide": StayStatus.DECIDED,
        "retain": StayStatus.RETAINED,
        "upgrade": StayStatus.UPGRADED,
        "end": StayStatus.ENDED,
    },
    StayStatus.DECIDED: {
        "recover": StayStatus.ACTIVE,
        "retain": StayStatus.RETAINED,
        "downgrade": StayStatus.DOWNGRADED,
        "upgrade": StayStatus.UPGRADED,
        "end": StayStatus.ENDED,
    },
    StayStatus.RETAINED: {
        "recover": StayStatus.ACTIVE,
        "fall": StayStatus.AT_RISK,
        "upgrade": StayStatus.UPGRADED,
        "end": StayStatus.ENDED,
    },
    StayStatus.UPGRADED: {},
    StayStatus.DOWNGRADED: {},
    StayStatus.LAPSED: {},
    StayStatus.ENDED: {},
}
STAY_REASONED = frozenset({"fall", "grace", "decide", "downgrade", "retain", "lapse", "end"})


class AppealStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("appeal", "Open")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


APPEAL_START = (AppealStatus.OPEN,)
APPEAL_TRANSITIONS: Table = {
    AppealStatus.OPEN: {
        "uphold": AppealStatus.UPHELD,
        "reject": AppealStatus.REJECTED,
        "withdraw": AppealStatus.WITHDRAWN,
    },
    AppealStatus.UPHELD: {},
    AppealStatus.REJECTED: {},
    AppealStatus.WITHDRAWN: {},
}
APPEAL_REASONED = frozenset({"uphold", "reject"})
