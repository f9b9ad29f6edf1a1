from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


PARTNER_TRANSITIONS = {
    PartnerStatus.ACTIVE: {"suspend": PartnerStatus.SUSPENDED, "end": PartnerStatus.ENDED},
    PartnerStatus.SUSPENDED: {"resume": PartnerStatus.ACTIVE, "end": PartnerStatus.ENDED},
    PartnerStatus.ENDED: {},
}


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

SINCE_EVER = dt.date(1, 1, 1)
"""The `valid_from` of a tier that a partner has always had."""
