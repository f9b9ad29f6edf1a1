from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkVerb(models.TextChoices):
    ASSIGN = "assign", _("Assign owner")
    TAG_ADD = "tag_add", _("Add tag")
    TAG_REMOVE = "tag_remove", _("Remove tag")
    NOTIFY = "notify", _("Send message")
    SUSPEND = "suspend", _("Suspend")


BULK_UNDOABLE = frozenset({BulkVerb.ASSIGN, BulkVerb.TAG_ADD, BulkVerb.TAG_REMOVE, BulkVerb.SUSPEND})


class BulkStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


BULK_START = (BulkStatus.QUEUED,)
BULK_TRANSITIONS = {
    BulkStatus.QUEUED: {"run": BulkStatus.RUNNING, "fail": BulkStatus.FAILED},
    BulkStatus.RUNNING: {"finish": BulkStatus.DONE, "fail": BulkStatus.FAILED},
    BulkStatus.DONE: {"undo": BulkStatus.UNDOING},
    BulkStatus.UNDOING: {"finish_undo": BulkStatus.UNDONE, "fail": BulkStatus.FAILED},
    BulkStatus.FAILED: {},
    BulkStatus.UNDONE: {},
}
BULK_REASONED = frozenset[str]()
BULK_ACTIVE = (BulkStatus.QUEUED, BulkStatus.RUNNING, BulkStatus.UNDOING)


class BulkOutcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    SAME = "same", _("Was so already")
    REFUSED = "refused", _("Refused")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Changed since, left as it is")
