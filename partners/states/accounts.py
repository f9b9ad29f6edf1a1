from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountStatus(models.TextChoices):
    """Only an `active` account is paid to: somebody else than who entered it has confirmed it, and where it takes the
    place of another one, the time in which its owner can object is over."""

    PROPOSED = "proposed", _("Waits for confirmation")
    COOLING = "cooling", _("Takes effect soon")
    ACTIVE = "active", _("In force")
    REPLACED = "replaced", _("Replaced")
    REJECTED = "rejected", _("Rejected")


ACCOUNT_START = (AccountStatus.PROPOSED,)
ACCOUNT_TRANSITIONS = {
    AccountStatus.PROPOSED: {
        "confirm": AccountStatus.ACTIVE,
        "cool": AccountStatus.COOLING,
        "reject": AccountStatus.REJECTED,
    },
    AccountStatus.COOLING: {"take_effect": AccountStatus.ACTIVE, "stop": AccountStatus.REJECTED},
    AccountStatus.ACTIVE: {"replace": AccountStatus.REPLACED},
    AccountStatus.REPLACED: {},
    AccountStatus.REJECTED: {},
}
ACCOUNT_REASONED = frozenset({"reject", "stop"})
