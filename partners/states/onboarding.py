from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TemplateStatus(models.TextChoices):
    """One draft and one published version of each template; what was published never changes."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    REPLACED = "replaced", _("Replaced")


ONBOARDING_TEMPLATE_START = (TemplateStatus.DRAFT,)
ONBOARDING_TEMPLATE_TRANSITIONS = {
    TemplateStatus.DRAFT: {"publish": TemplateStatus.PUBLISHED},
    TemplateStatus.PUBLISHED: {"replace": TemplateStatus.REPLACED},
    TemplateStatus.REPLACED: {},
}
ONBOARDING_TEMPLATE_REASONED: frozenset[str] = frozenset()


class PlanStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    COMPLETED = "completed", _("Completed")
    STOPPED = "stopped", _("Stopped")


ONBOARDING_PLAN_START = (PlanStatus.RUNNING,)
ONBOARDING_PLAN_TRANSITIONS = {
    PlanStatus.RUNNING: {"complete": PlanStatus.COMPLETED, "stop": PlanStatus.STOPPED},
    PlanStatus.COMPLETED: {"reopen": PlanStatus.RUNNING},
    # A partner that stays after all goes on where it stopped.
    PlanStatus.STOPPED: {"take_up": PlanStatus.RUNNING},
}
ONBOARDING_PLAN_REASONED = frozenset({"stop", "reopen"})


class TaskStatus(models.TextChoices):
    """Whether an open task is blocked follows from those that it depends on."""

    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", _("Done")
    WAIVED = "waived", _("Waived")


ONBOARDING_TASK_START = (TaskStatus.OPEN,)
ONBOARDING_TASK_TRANSITIONS = {
    TaskStatus.OPEN: {"do": TaskStatus.DONE, "waive": TaskStatus.WAIVED},
    TaskStatus.DONE: {"reopen": TaskStatus.OPEN},
    TaskStatus.WAIVED: {"reopen": TaskStatus.OPEN},
}
ONBOARDING_TASK_REASONED = frozenset({"waive", "reopen"})
TASK_CLOSED = frozenset({TaskStatus.DONE, TaskStatus.WAIVED})


class Side(models.TextChoices):
    PARTNER = "partner", _("Partner")
    VENDOR = "vendor", _("Vendor")


class Proof(models.TextChoices):
    """What has to come with a task that is done."""

    NONE = "none", _("No evidence")
    NOTE = "note", _("A note")
    LINK = "link", _("A link")
    FILE = "file", _("A file")
