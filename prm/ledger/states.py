from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.workflow.services import Table


class LockStatus(models.TextChoices):
    ASKED = "asked", _("Waiting for a second person")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced")
    REFUSED = "refused", _("Refused")


LOCK_TRANSITIONS: Table = {
    LockStatus.ASKED: {"confirm": LockStatus.IN_FORCE, "refuse": LockStatus.REFUSED},
    LockStatus.IN_FORCE: {"replace": LockStatus.REPLACED},
    LockStatus.REPLACED: {},
    LockStatus.REFUSED: {},
}
