from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScorecardStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    REPLACED = "replaced", _("Replaced")


SCORECARD_START = (ScorecardStatus.DRAFT,)
SCORECARD_TRANSITIONS: dict[str, dict[str, str]] = {
    ScorecardStatus.DRAFT: {"publish": ScorecardStatus.PUBLISHED},
    ScorecardStatus.PUBLISHED: {"replace": ScorecardStatus.REPLACED, "retire": ScorecardStatus.REPLACED},
    ScorecardStatus.REPLACED: {},
}
SCORECARD_REASONED = frozenset({"retire"})


class FigureState(models.TextChoices):
    GOOD = "good", _("On target")
    WATCH = "watch", _("Below target")
    RED = "red", _("Red flag")
    UNKNOWN = "unknown", _("Not known")
