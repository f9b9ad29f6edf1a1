from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RenewalKind(models.TextChoices):
    TERM = "term", _("End of term")
    REVIEW = "review", _("Yearly review")


class RenewalAdvice(models.TextChoices):
    RENEW = "renew", _("Renew")
    UPGRADE = "upgrade", _("Upgrade")
    WATCH = "watch", _("Watch")
    EXIT = "exit", _("Part ways")


class RenewalStatus(models.TextChoices):
    OPEN = "open", _("To be decided")
    RENEWED = "renewed", _("Renewed")
    UPGRADED = "upgraded", _("Upgraded")
    WATCHED = "watched", _("Watched")
    PARTED = "parted", _("Parting")
    DROPPED = "dropped", _("Dropped")


RENEWAL_START = (RenewalStatus.OPEN,)
RENEWAL_TRANSITIONS = {
    RenewalStatus.OPEN: {
        "renew": RenewalStatus.RENEWED,
        "upgrade": RenewalStatus.UPGRADED,
        "watch": RenewalStatus.WATCHED,
        "exit": RenewalStatus.PARTED,
        "drop": RenewalStatus.DROPPED,
    },
    # The follow-up of a watched partner is done: somebody decides anew.
    RenewalStatus.WATCHED: {"look_again": RenewalStatus.OPEN},
    RenewalStatus.RENEWED: {},
    RenewalStatus.UPGRADED: {},
    RenewalStatus.PARTED: {},
    RenewalStatus.DROPPED: {},
}
RENEWAL_REASONED = frozenset({"renew", "upgrade", "watch", "exit", "drop"})
RENEWAL_DECISIONS = tuple(RenewalAdvice.values)
