from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountStatus(models.TextChoices):
    """Only an `active` account is paid to: somebody else than who entered it has confirmed it."""

    PROPOSED = "proposed", _("Waits for confirmation")
    ACTIVE = "active", _("In force")
    REPLACED = "replaced", _("Replaced")
    REJECTED = "rejected", _("Rejected")


ACCOUNT_TRANSITIONS = {
    AccountStatus.PROPOSED: {"confirm": AccountStatus.ACTIVE, "reject": AccountStatus.REJECTED},
    AccountStatus.ACTIVE: {"replace": AccountStatus.REPLACED},
    AccountStatus.REPLACED: {},
    AccountStatus.REJECTED: {},
}
ACCOUNT_REASONED = frozenset({"reject"})
