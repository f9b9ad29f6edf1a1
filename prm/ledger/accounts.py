from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """Debits raise `expense`; credits raise the others, the stations of money owed to partners."""

    EXPENSE = "expense", _("Rebate expense")
    ACCRUED = "accrued", _("Accrued rebates")
    PAYABLE = "payable", _("Rebates payable")
    PAID = "paid", _("Rebates paid")
    FORFEITED = "forfeited", _("Rebates forfeited")
    PROVISION = "provision", _("Expected rebates, not earned yet")
