"""The accounts partners are paid to, and the vendor's own."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.states.accounts import AccountStatus
from prm.db.models import TenantForeignKey, TenantModel
from prm.sealing import unseal

MOST_HOURS = 24 * 30


class BankAccount(TenantModel):
    """Where a partner is paid in a currency; without a partner: where the vendor pays from.

    The number is sealed, and only its last four characters are ever shown. What an account says never changes: another
    one is proposed, and takes its place once a second person has confirmed it.
    """

    partner = TenantForeignKey(Partner, null=True, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    holder = models.CharField(_("account holder"), max_length=140)
    number_sealed = models.TextField(editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    is_iban = models.BooleanField(default=False)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_code = models.CharField(_("bank code"), max_length=35, blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=AccountStatus.choices, default=AccountStatus.PROPOSED
    )  # fmt: skip
    proposed_by_id = models.UUIDField(null=True, editable=False)
    proposed_by_label = models.CharField(max_length=254, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by_label = models.CharField(max_length=254, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    effective_from = models.DateTimeField(_("takes effect"), null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "currency"], condition=models.Q(status=AccountStatus.ACTIVE),
                name="bankaccount_one_active", nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner", "currency"], condition=models.Q(status=AccountStatus.PROPOSED),
                name="bankaccount_one_proposed", nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["tenant", "partner", "currency"], condition=models.Q(status=AccountStatus.COOLING),
                name="bankaccount_one_cooling", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~models.Q(status=AccountStatus.COOLING) | models.Q(effective_from__isnull=False),
                name="bankaccount_cooling_until",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by_id__isnull=True) | ~models.Q(decided_by_id=models.F("proposed_by_id"))
                | models.Q(status=AccountStatus.REJECTED),
                name="bankaccount_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.currency} •••• {self.last4}"

    @property
    def number(self) -> str:
        """In plain; for payment files only."""
        return unseal(self.number_sealed)


class AccountSettings(TenantModel):
    """How long a change of a partner's account waits after its confirmation, so that its owner can stop it."""

    cool_off_hours = models.PositiveSmallIntegerField(
        _("hours before a changed account is paid to"), default=72, validators=[MaxValueValidator(MOST_HOURS)]
    )

    class Meta:
        verbose_name = _("settings of bank accounts")
        verbose_name_plural = _("settings of bank accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], name="accountsettings_one"),
            models.CheckConstraint(
                condition=models.Q(cool_off_hours__lte=MOST_HOURS), name="accountsettings_hours"
            ),
        ]  # fmt: skip
