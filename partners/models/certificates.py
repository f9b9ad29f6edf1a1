"""Certificates belong to people; they count for the company where the person works, day by day."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.models.profile import WORD, spoken
from partners.states.certificates import CertificateStatus, Level
from partners.states.partner import SINCE_EVER
from prm.db.models import AppendOnlyModel, TenantForeignKey, TenantModel
from prm.files.models import StoredFile
from prm.identity.models import User


class Certification(TenantModel):
    """What people can be certified in."""

    code = models.CharField(_("code"), max_length=64, validators=[WORD])
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=150, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.ASSOCIATE)
    validity_months = models.PositiveSmallIntegerField(
        _("valid for months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="certification_code"),
            models.CheckConstraint(condition=~Q(name_en="", name_zh=""), name="certification_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return spoken(self.name_en, self.name_zh)


class Person(TenantModel):
    """Somebody who holds certificates; `user` where this address has a place at the vendor or a partner."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["name", "email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "email"], name="person_email"),
            models.UniqueConstraint(
                fields=["tenant", "user"], condition=Q(user__isnull=False), name="person_user"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.email


class WorkPlace(TenantModel):
    """From this day the person's certificates count for this partner (none: for nobody), until the next row's day."""

    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="places")
    partner = TenantForeignKey(Partner, null=True, blank=True, related_name="+")
    valid_from = models.DateField(_("valid from"), default=SINCE_EVER)

    class Meta:
        ordering: ClassVar = ["valid_from"]
        verbose_name = _("place of work")
        verbose_name_plural = _("places of work")
        indexes: ClassVar = [models.Index(fields=["tenant", "partner"], name="workplace_partner")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "person", "valid_from"], name="workplace_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.partner or '—'} · {self.valid_from}"


class Certificate(TenantModel):
    """`expires_on` is the last day on which it counts, `revoked_on` the first on which it does not."""

    person = TenantForeignKey(Person, related_name="certificates")
    certification = TenantForeignKey(Certification, related_name="+")
    course = models.CharField(_("course"), max_length=200, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    score = models.DecimalField(
        _("score"), max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    issuer = models.CharField(_("issued by"), max_length=150, blank=True)
    reference = models.CharField(_("certificate number"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=CertificateStatus.choices, default=CertificateStatus.VALID
    )
    evidence = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+")
    awarded_by_label = models.CharField(max_length=254, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-issued_on", "-id"]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "expires_on"], condition=Q(status=CertificateStatus.VALID), name="certificate_ending"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "person", "certification", "issued_on"], name="certificate_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")), name="certificate_days"
            ),
            models.CheckConstraint(
                condition=Q(status=CertificateStatus.REVOKED, revoked_on__isnull=False)
                | (~Q(status=CertificateStatus.REVOKED) & Q(revoked_on__isnull=True)),
                name="certificate_revoked_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} · {self.person}"


class ExpiryWarning(AppendOnlyModel):
    """That this certificate's end has been announced, so many days before."""

    certificate = TenantForeignKey(Certificate, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("expiry warning")
        verbose_name_plural = _("expiry warnings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "certificate", "days"], name="expirywarning_once")
        ]
