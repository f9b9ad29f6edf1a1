from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SuspensionScope(models.TextChoices):
    """What stands still. `all` holds everything, the other scopes only what they name."""

    ALL = "all", _("Everything")
    LEADS = "leads", _("New leads")
    REGISTRATIONS = "registrations", _("Deal registrations")
    PAYOUTS = "payouts", _("Payouts")


class SuspensionReason(models.TextChoices):
    AGREEMENT = "agreement", _("No valid agreement")
    OVERDUE = "overdue", _("Overdue payments or documents")
    COMPLIANCE = "compliance", _("Compliance check")
    CONDUCT = "conduct", _("Breach of the rules of the program")
    REQUEST = "request", _("At the partner's wish")
    OTHER = "other", _("Another reason")


class SuspensionStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    IN_FORCE = "in_force", _("In force")
    OVER = "over", _("Run out")
    LIFTED = "lifted", _("Lifted")
    CANCELLED = "cancelled", _("Cancelled")


SUSPENSION_START = (SuspensionStatus.PLANNED,)
SUSPENSION_TRANSITIONS = {
    SuspensionStatus.PLANNED: {"begin": SuspensionStatus.IN_FORCE, "cancel": SuspensionStatus.CANCELLED},
    SuspensionStatus.IN_FORCE: {"run_out": SuspensionStatus.OVER, "lift": SuspensionStatus.LIFTED},
    SuspensionStatus.OVER: {},
    SuspensionStatus.LIFTED: {},
    SuspensionStatus.CANCELLED: {},
}
SUSPENSION_REASONED = frozenset({"begin", "cancel", "lift"})
SUSPENSION_OPEN = (SuspensionStatus.PLANNED, SuspensionStatus.IN_FORCE)
