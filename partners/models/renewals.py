"""Partners whose term ends or whose yearly review is due, what the data advises, and what a person decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.renewals import RenewalAdvice, RenewalKind, RenewalStatus
from prm.db.models import TenantForeignKey, TenantModel


class Renewal(TenantModel):
    """`reasons` and `inputs` are the figures of the moment in `advised_at`; a decision keeps those it was made on."""

    partner = TenantForeignKey(Partner, related_name="renewals")
    kind = models.CharField(_("kind"), max_length=8, choices=RenewalKind.choices)
    due_on = models.DateField(_("due"))
    status = models.CharField(
        _("status"), max_length=8, choices=RenewalStatus.choices, default=RenewalStatus.OPEN
    )  # fmt: skip
    advice = models.CharField(_("recommendation"), max_length=8, choices=RenewalAdvice.choices)
    reasons = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    advised_at = models.DateTimeField()
    note = models.CharField(_("note"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    task = models.CharField(_("follow-up"), max_length=300, blank=True)
    task_on = models.DateField(_("follow-up on"), null=True, blank=True)
    task_done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        indexes: ClassVar = [
            models.Index(fields=["tenant", "status", "due_on", "id"], name="renewal_worklist"),
            models.Index(fields=["tenant", "partner", "-due_on"], name="renewal_of_partner"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RenewalStatus.values), name="renewal_status_known"),
            models.UniqueConstraint(fields=["tenant", "partner", "kind", "due_on"], name="renewal_once"),
            models.CheckConstraint(
                condition=Q(status=RenewalStatus.OPEN) | ~Q(note=""), name="renewal_decided_with_a_note"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner} · {self.due_on}"
