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

SINCE_EVER = dt.date(1, 1, 1)
"""The `valid_from` of a tier that a partner has always had."""
