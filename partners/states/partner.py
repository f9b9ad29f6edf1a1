from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnerStatus(models.TextChoices):
    """Approved applicants sign (`contracting`), settle in (`onboarding`), work (`active`), leave (`exiting`)."""

    CONTRACTING = "contracting", _("Contracting")
    ONBOARDING = "onboarding", pgettext_lazy("partner", "Onboarding")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    EXITING = "exiting", _("Leaving")
    ENDED = "ended", _("Ended")


PARTNER_START = (PartnerStatus.CONTRACTING, PartnerStatus.ACTIVE)
"""Through an application, or entered and imported by the vendor as a partner that works already."""

PARTNER_TRANSITIONS = {
    PartnerStatus.CONTRACTING: {"signed": PartnerStatus.ONBOARDING, "end": PartnerStatus.ENDED},
    PartnerStatus.ONBOARDING: {
        "activate": PartnerStatus.ACTIVE,
        "suspend": PartnerStatus.SUSPENDED,
        "leave": PartnerStatus.EXITING,
    },
    PartnerStatus.ACTIVE: {
        "suspend": PartnerStatus.SUSPENDED,
        "leave": PartnerStatus.EXITING,
        "end": PartnerStatus.ENDED,
    },
    PartnerStatus.SUSPENDED: {
        "resume": PartnerStatus.ACTIVE,
        "resume_onboarding": PartnerStatus.ONBOARDING,
        "leave": PartnerStatus.EXITING,
        "end": PartnerStatus.ENDED,
    },
    PartnerStatus.EXITING: {
        "stay": PartnerStatus.ACTIVE,
        "stay_onboarding": PartnerStatus.ONBOARDING,
        "end": PartnerStatus.ENDED,
    },
    PartnerStatus.ENDED: {},
}
PARTNER_REASONED = frozenset({"suspend", "resume", "resume_onboarding", "leave", "stay", "stay_onboarding", "end"})
PARTNER_WORKING = (PartnerStatus.ONBOARDING, PartnerStatus.ACTIVE)
"""Where a partner goes back to when a suspension or an exit is over: to the one it came from."""

SINCE_EVER = dt.date(1, 1, 1)
"""The `valid_from` of a tier that a partner has always had."""
