"""What notices are about, the ways they take, and what becomes of a mail."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.TextChoices):
    RECRUITMENT = "recruitment", _("Applications")
    AGREEMENTS = "agreements", _("Agreements")
    ONBOARDING = "onboarding", _("Onboarding")
    CERTIFICATION = "certification", _("Certification")
    TIERS = "tiers", _("Tiers")
    SCORECARDS = "scorecards", _("Scorecards and business plans")
    LIFECYCLE = "lifecycle", _("Renewal, suspension and exit")
    PEOPLE = "people", _("People and company")
    MONEY = "money", _("Money")
    SECURITY = "security", _("Security")


LOCKED_AREAS = frozenset({Area.MONEY, Area.SECURITY})
"""What nobody can switch off, put off or bundle."""


class Channel(models.TextChoices):
    OFF = "off", _("Off")
    INBOX = "inbox", _("Inbox only")
    DIGEST = "digest", _("Inbox and daily digest")
    MAIL = "mail", _("Inbox and e-mail at once")


def quieter(one: str, other: str) -> Channel:
    """Of two ways the one that disturbs less."""
    return min(Channel(one), Channel(other), key=list(Channel).index)


class MailStatus(models.TextChoices):
    """`LEAVING` is committed before a mail leaves: if its worker dies there it may have left, and never does again."""

    WAITING = "waiting", _("Waiting")
    HELD = "held", _("Held for quiet hours")
    LEAVING = "leaving", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Not sent")


MAIL_OPEN = (MailStatus.WAITING, MailStatus.HELD)
