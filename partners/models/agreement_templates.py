"""Texts that agreements are made from, in versions; a published version never changes (trigger)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.states.agreements import TemplateVersionStatus
from prm.db.models import TenantForeignKey, TenantModel


class AgreementTemplate(TenantModel):
    """For partners of a type and region; empty fits all. `is_offered`: drafted when an application is approved."""

    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    partner_type = models.CharField(_("partner type"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    is_offered = models.BooleanField(_("for approved applicants"), default=True)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("agreement template")
        verbose_name_plural = _("agreement templates")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "code"], name="agreementtemplate_code")]

    def __str__(self) -> str:
        return self.name


class AgreementTemplateVersion(TenantModel):
    """The text in both languages with its `{{ variables }}`, the term, what it grants, and who signs in which order.

    `fields` are variables that each agreement fills: [{"name", "en", "zh"}]. `entitlements`: [{"kind", "value"}].
    `signers`: [{"en", "zh"}], the partner's roles in their order; the vendor signs last.
    """

    template = TenantForeignKey(AgreementTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=12, choices=TemplateVersionStatus.choices, default=TemplateVersionStatus.DRAFT
    )  # fmt: skip
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField()
    body_zh = models.TextField()
    fields = models.JSONField(default=list)
    entitlements = models.JSONField(default=list)
    signers = models.JSONField(default=list)
    vendor_signer = models.JSONField(default=dict)
    term_months = models.PositiveSmallIntegerField(_("term in months"), null=True)
    renewal_notice_days = models.PositiveSmallIntegerField(_("notice before renewal, days"), default=30)
    auto_renew = models.BooleanField(_("renews by itself"), default=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["template", "-number"]
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "template", "number"], name="templateversion_number"),
            models.UniqueConstraint(
                fields=["tenant", "template"], condition=models.Q(status=TemplateVersionStatus.DRAFT),
                name="templateversion_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(auto_renew=False) | models.Q(term_months__isnull=False),
                name="templateversion_renews_a_term",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.template.code} v{self.number}"
