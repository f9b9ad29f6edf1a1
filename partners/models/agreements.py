"""Agreements with partners: the draft, the document as it was sent, who signs, and what is granted."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.agreement_templates import AgreementTemplateVersion
from partners.models.partner import Partner
from partners.states.agreements import (
    IN_FORCE,
    MOST_TRIES,
    AgreementKind,
    AgreementStatus,
    AmendmentEffect,
    EntitlementKind,
    ServiceTodo,
    SignatureMethod,
    SignerSide,
    SignerStatus,
)
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile

ONE_DAY = dt.timedelta(days=1)


class Agreement(TenantModel):
    """Its text may be edited until it is sent; what was sent is its `document`, which never changes.

    `starts_on` and `ends_on` are what the text says. `active_from` and `active_to` are the days on which it is in
    force: from the day everybody has signed, until its end, whatever ends it. Their order allows for an agreement that
    another one replaces on its first day.
    """

    number = models.PositiveIntegerField(_("number"))
    partner = TenantForeignKey(Partner, related_name="agreements")
    version = TenantForeignKey(AgreementTemplateVersion, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=AgreementKind.choices, default=AgreementKind.ORIGINAL)
    predecessor = TenantForeignKey("self", null=True, related_name="successors")
    effect = models.CharField(max_length=12, choices=AmendmentEffect.choices, blank=True)
    status = models.CharField(
        _("status"), max_length=14, choices=AgreementStatus.choices, default=AgreementStatus.DRAFT
    )  # fmt: skip
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField()
    body_zh = models.TextField()
    values = models.JSONField(default=dict)
    entitlements = models.JSONField(default=list)
    starts_on = models.DateField(_("starts on"))
    term_months = models.PositiveSmallIntegerField(_("term in months"), null=True)
    ends_on = models.DateField(_("ends on"), null=True)
    renewal_notice_days = models.PositiveSmallIntegerField(default=30)
    auto_renew = models.BooleanField(default=False)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)
    end_reason = models.CharField(_("reason"), max_length=500, blank=True)
    """Why it was declined, voided or terminated; also of a termination that is still to come."""
    provider = models.CharField(max_length=20, default="builtin")
    envelope = models.CharField(max_length=100, blank=True)
    service_todo = models.CharField(max_length=10, choices=ServiceTodo.choices, blank=True, editable=False)
    service_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    service_error = models.CharField(max_length=500, blank=True, editable=False)
    service_claimed_at = models.DateTimeField(null=True, editable=False)
    """Since when the signing service is being called for it."""
    sent_at = models.DateTimeField(null=True, editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)
    countersigned_at = models.DateTimeField(null=True, editable=False)
    signed_file = TenantForeignKey(StoredFile, null=True, related_name="+")
    created_by_label = models.CharField(max_length=254, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "active_from"], name="agreement_in_force"),
            models.Index(fields=["tenant", "status", "active_to"], name="agreement_ending"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="agreement_number"),
            models.CheckConstraint(condition=Q(status__in=AgreementStatus.values), name="agreement_status_known"),
            models.CheckConstraint(
                condition=Q(service_todo__in=["", *ServiceTodo.values]), name="agreement_todo_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=IN_FORCE) | Q(active_from__isnull=False), name="agreement_active_since"
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from") - ONE_DAY),
                name="agreement_active_order",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="agreement_term_order"
            ),
            models.CheckConstraint(
                condition=Q(kind=AgreementKind.ORIGINAL) | Q(predecessor__isnull=False), name="agreement_follows"
            ),
        ]

    def __str__(self) -> str:
        return f"A-{self.number:05d}"

    @property
    def is_given_up(self) -> bool:
        """The signing service failed so often that it is called again only when a person says so."""
        return self.service_tries >= MOST_TRIES

    @property
    def is_terminating(self) -> bool:
        """Terminated for a day that is still to come."""
        return self.status in IN_FORCE and bool(self.end_reason)


class AgreementDocument(AppendOnlyModel):
    """What was sent: the filled text, the paper that signers can keep, and its SHA-256, which every signature names."""

    agreement = TenantForeignKey(Agreement, related_name="documents")
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField()
    body_zh = models.TextField()
    file = TenantForeignKey(StoredFile, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "agreement"], name="agreementdocument_once"),
            models.UniqueConstraint(fields=["tenant", "sha256"], name="agreementdocument_sha256"),
        ]


class AgreementSigner(TenantModel):
    """Who signs, in the order of `position`. The secret of the link is kept as a hash."""

    agreement = TenantForeignKey(Agreement, on_delete=models.CASCADE, related_name="signers")
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=SignerSide.choices)
    role_en = models.CharField(max_length=100)
    role_zh = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=10, choices=SignerStatus.choices, default=SignerStatus.WAITING)
    token_hash = models.CharField(max_length=64, blank=True)
    token_expires_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    viewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        verbose_name = _("signer")
        verbose_name_plural = _("signers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "agreement", "position"], name="signer_position"),
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], condition=~Q(token_hash=""), name="signer_token"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.role_en


class Signature(AppendOnlyModel):
    """One signature with its proof. `digest` covers all of it and the digest before it: a chain, from the document on.

    `strokes` are the lines of a drawn signature: [[x, y, x, y, …], …] in a field of 600 × 200.
    """

    agreement = TenantForeignKey(Agreement, related_name="signatures")
    signer = TenantForeignKey(AgreementSigner, related_name="signatures")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    method = models.CharField(max_length=10, choices=SignatureMethod.choices)
    text = models.CharField(max_length=200)
    strokes = models.JSONField(default=list)
    consent = models.TextField()
    consent_version = models.CharField(max_length=20)
    ip = models.CharField(max_length=45)
    user_agent = models.CharField(max_length=400)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "signer"], name="signature_once"),
            models.UniqueConstraint(fields=["tenant", "agreement", "previous"], name="signature_chain"),
        ]


class AgreementNotice(AppendOnlyModel):
    """A warning of an end that was sent, so that it never is again."""

    agreement = TenantForeignKey(Agreement, related_name="notices")
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "agreement", "ends_on", "days"], name="agreementnotice_once")
        ]


class Entitlement(TenantModel):
    """What a partner may, from a day to a day (both included), because an agreement says so."""

    partner = TenantForeignKey(Partner, related_name="entitlements")
    agreement = TenantForeignKey(Agreement, related_name="granted")
    kind = models.CharField(_("kind"), max_length=14, choices=EntitlementKind.choices)
    value = models.CharField(_("value"), max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["kind", "value", "valid_from"]
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        indexes: ClassVar = [models.Index(fields=["tenant", "partner", "kind", "value"], name="entitlement_lookup")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "agreement", "kind", "value"], name="entitlement_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from") - ONE_DAY),
                name="entitlement_order",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class SigningSettings(TenantModel):
    """A signing service that the vendor has set up. Secrets are sealed as one text.

    New agreements are signed at the one in use, on our own pages when none is; those under way stay at theirs.
    """

    provider = models.CharField(_("signing service"), max_length=20)
    is_in_use = models.BooleanField(default=False)
    values = models.JSONField(default=dict)
    secrets_sealed = models.TextField(editable=False)
    signer_name = models.CharField(_("who signs for you"), max_length=200)
    signer_email = models.EmailField(_("e-mail"))

    class Meta:
        verbose_name = _("signing settings")
        verbose_name_plural = _("signing settings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "provider"], name="signingsettings_once"),
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_in_use=True), name="signingsettings_one_in_use"),
        ]
