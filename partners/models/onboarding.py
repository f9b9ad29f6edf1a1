"""Onboarding: plans as templates, and the plan of a partner made of one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.models.profile import WORD, spoken
from partners.states.onboarding import PlanStatus, Proof, Side, TaskStatus, TemplateStatus
from prm.db.models import TenantForeignKey, TenantModel
from prm.files.models import StoredFile

LENGTHS = (30, 60, 90)


class PlanTemplate(TenantModel):
    """A version of a plan for partners of a type, or of any. Each version is a row of its own."""

    code = models.CharField(_("code"), max_length=64, validators=[WORD])
    version = models.PositiveIntegerField(_("version"), default=1)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=150, blank=True)
    partner_type = models.CharField(_("partner type"), max_length=100, blank=True)
    days = models.PositiveSmallIntegerField(_("length in days"), default=60)
    status = models.CharField(_("status"), max_length=12, choices=TemplateStatus.choices, default=TemplateStatus.DRAFT)

    class Meta:
        ordering: ClassVar = ["code", "-version"]
        verbose_name = _("onboarding template")
        verbose_name_plural = _("onboarding templates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code", "version"], name="plantemplate_version"),
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=Q(status=TemplateStatus.DRAFT), name="plantemplate_one_draft"
            ),
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=Q(status=TemplateStatus.PUBLISHED),
                name="plantemplate_one_published",
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner_type"], condition=Q(status=TemplateStatus.PUBLISHED),
                name="plantemplate_one_a_type",
            ),
            models.CheckConstraint(condition=~Q(name_en="", name_zh=""), name="plantemplate_has_name"),
            models.CheckConstraint(condition=Q(days__in=LENGTHS), name="plantemplate_days"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return spoken(self.name_en, self.name_zh)


class TaskFields(models.Model):
    """What a task of a template says, and after it the task of a plan."""

    key = models.CharField(_("key"), max_length=64, validators=[WORD])
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)
    help_en = models.CharField(_("help in English"), max_length=500, blank=True)
    help_zh = models.CharField(_("help in Chinese"), max_length=500, blank=True)
    side = models.CharField(_("whose task"), max_length=8, choices=Side.choices, default=Side.PARTNER)
    proof = models.CharField(_("evidence"), max_length=8, choices=Proof.choices, default=Proof.NONE)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    is_must = models.BooleanField(_("needed for the start"), default=True)
    depends_on = ArrayField(
        models.CharField(max_length=64), verbose_name=_("only after"), default=list, blank=True
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return spoken(self.title_en, self.title_zh)

    @property
    def help(self) -> str:
        return spoken(self.help_en, self.help_zh)


class TemplateTask(TenantModel, TaskFields):
    template = TenantForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="tasks")
    due_days = models.PositiveSmallIntegerField(
        _("due after business days"), default=5, validators=[MaxValueValidator(250)]
    )

    class Meta:
        ordering: ClassVar = ["due_days", "position", "key"]
        verbose_name = _("task of a template")
        verbose_name_plural = _("tasks of templates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "template", "key"], name="templatetask_key"),
            models.CheckConstraint(condition=~Q(title_en="", title_zh=""), name="templatetask_has_title"),
        ]


class OnboardingPlan(TenantModel):
    """A partner's plan. `activated_on` is the day on which the last task that is needed for the start was closed."""

    partner = TenantForeignKey(Partner, related_name="+")
    template = TenantForeignKey(PlanTemplate, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=PlanStatus.choices, default=PlanStatus.RUNNING)
    started_on = models.DateField(_("started"))
    activated_on = models.DateField(_("ready to sell"), null=True, blank=True)
    completed_on = models.DateField(_("completed"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-started_on", "-id"]
        verbose_name = _("onboarding plan")
        verbose_name_plural = _("onboarding plans")
        indexes: ClassVar = [models.Index(fields=["tenant", "status", "started_on"], name="onboardingplan_status")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner"], condition=Q(status=PlanStatus.RUNNING), name="onboardingplan_one_running"
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.COMPLETED, completed_on__isnull=False)
                | (~Q(status=PlanStatus.COMPLETED) & Q(completed_on__isnull=True)),
                name="onboardingplan_completed_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.template}"


class OnboardingTask(TenantModel, TaskFields):
    plan = TenantForeignKey(OnboardingPlan, on_delete=models.CASCADE, related_name="tasks")
    due_on = models.DateField(_("due"))
    status = models.CharField(_("status"), max_length=8, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by_label = models.CharField(max_length=254, blank=True, editable=False)
    told_due = models.BooleanField(default=False, editable=False)
    told_overdue = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["due_on", "position", "key"]
        verbose_name = _("onboarding task")
        verbose_name_plural = _("onboarding tasks")
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "due_on"], condition=Q(status=TaskStatus.OPEN), name="onboardingtask_due"
            )
        ]  # fmt: skip
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "plan", "key"], name="onboardingtask_key"),
            models.CheckConstraint(
                condition=Q(status=TaskStatus.OPEN, closed_at__isnull=True)
                | (~Q(status=TaskStatus.OPEN) & Q(closed_at__isnull=False)),
                name="onboardingtask_closed_at",
            ),
        ]
