"""States of a run that nobody can cancel."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.workflow.services import Table


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


RUN_TRANSITIONS: Table = {
    RunStatus.QUEUED: {"run": RunStatus.RUNNING, "fail": RunStatus.FAILED},
    RunStatus.RUNNING: {"finish": RunStatus.DONE, "fail": RunStatus.FAILED},
    RunStatus.DONE: {},
    RunStatus.FAILED: {},
}
RUN_ACTIVE = [RunStatus.QUEUED, RunStatus.RUNNING]
