from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    VENDOR = "vendor", _("Vendor")
    PARTNER = "partner", _("Partner")


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    CLOSED = "closed", _("Concluded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


PLAN_START = (PlanStatus.DRAFT,)
PLAN_TRANSITIONS: dict[str, dict[str, str]] = {
    PlanStatus.DRAFT: {
        "hand_over": PlanStatus.DRAFT,
        "propose": PlanStatus.PROPOSED,
        "withdraw": PlanStatus.WITHDRAWN,
    },
    # `recall` is for whoever proposed, `revise` for whoever was asked.
    PlanStatus.PROPOSED: {
        "agree": PlanStatus.AGREED,
        "recall": PlanStatus.DRAFT,
        "revise": PlanStatus.DRAFT,
        "withdraw": PlanStatus.WITHDRAWN,
    },
    PlanStatus.AGREED: {"reopen": PlanStatus.DRAFT, "close": PlanStatus.CLOSED},
    PlanStatus.CLOSED: {},
    PlanStatus.WITHDRAWN: {},
}
PLAN_REASONED = frozenset({"revise", "reopen", "withdraw"})
PLAN_TALKED = (PlanStatus.DRAFT, PlanStatus.PROPOSED, PlanStatus.AGREED)
"""Comments go on until the plan is over."""


class ActionStatus(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


ACTION_START = (ActionStatus.OPEN,)
ACTION_TRANSITIONS: dict[str, dict[str, str]] = {
    ActionStatus.OPEN: {"finish": ActionStatus.DONE, "drop": ActionStatus.DROPPED},
    ActionStatus.DONE: {"reopen": ActionStatus.OPEN},
    ActionStatus.DROPPED: {"reopen": ActionStatus.OPEN},
}
ACTION_REASONED = frozenset({"drop"})
