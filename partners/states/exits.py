from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExitReason(models.TextChoices):
    PARTNER_WISH = "partner_wish", _("The partner gave notice")
    PERFORMANCE = "performance", _("Too little business")
    AGREEMENT = "agreement", _("The agreement is not renewed")
    BREACH = "breach", _("Breach of the agreement")
    MERGER = "merger", _("Merged, sold or closed down")
    OTHER = "other", _("Another reason")


class ExitStatus(models.TextChoices):
    OPEN = "open", _("Under way")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


EXIT_START = (ExitStatus.OPEN,)
EXIT_TRANSITIONS = {
    ExitStatus.OPEN: {"finish": ExitStatus.FINISHED, "cancel": ExitStatus.CANCELLED},
    ExitStatus.FINISHED: {},
    ExitStatus.CANCELLED: {},
}
EXIT_REASONED = frozenset({"finish", "cancel"})
