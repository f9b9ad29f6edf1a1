"""What was sold, at which price and rate. Sale lines are immutable: a correction is a new line."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from prm.db.models import TenantField, TenantForeignKey, TenantModel, TenantRow
from prm.db.references import TenantReferenceBySet


class Product(TenantModel):
    sku = models.CharField(_("SKU"), max_length=100)
    name = models.CharField(_("name"), max_length=300)
    line = models.CharField(_("product line"), max_length=100, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=20, decimal_places=6, null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    name_folded = models.GeneratedField(
        expression=Lower("name"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        ordering: ClassVar = ["sku"]
        indexes: ClassVar = [models.Index(fields=["tenant", "name_folded"], name="product_name_folded")]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "sku"], name="product_sku"),
            models.CheckConstraint(condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0), name="product_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class ExchangeRate(TenantModel):
    """1 unit of `from_currency` is `rate` units of `to_currency`, from this day until the pair's next row."""

    from_currency = models.CharField(_("from"), max_length=3)
    to_currency = models.CharField(_("to"), max_length=3)
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rate"), max_digits=30, decimal_places=15)

    class Meta:
        ordering: ClassVar = ["from_currency", "to_currency", "-valid_from"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "from_currency", "to_currency", "valid_from"], name="rate_once_a_day"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=~Q(from_currency=models.F("to_currency")), name="rate_two_currencies"),
        ]


class Overdue(TenantModel):
    """What a partner had not paid in time on a day, as the vendor's books say. The newest row of a partner and
    currency counts; 0 says that nothing is overdue any more.
    """

    partner = TenantForeignKey(Partner, related_name="+", db_index=False)
    as_of = models.DateField(_("as of"))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("overdue amount"), max_digits=20, decimal_places=6)

    class Meta:
        verbose_name = _("overdue receivables")
        verbose_name_plural = _("overdue receivables")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "as_of", "currency"], name="overdue_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="overdue_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "-as_of"], name="overdue_newest")]

    def __str__(self) -> str:
        return f"{self.partner.code} {self.as_of.isoformat()}"


class SaleLine(TenantRow):
    """One invoice line; negative for returns and credit notes. An empty text is a missing value.

    `reverses` is the external id of the original line, resolved when read: a return may arrive before its original.
    """

    revoked_rights: ClassVar[tuple[str, ...]] = ("UPDATE",)

    # The partner that a line refers to has a tenant that exists, so the line's own key need not be checked again.
    tenant = TenantField(
        "tenancy.Tenant", on_delete=models.PROTECT, editable=False, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    id = models.BigAutoField(primary_key=True)
    import_id = models.UUIDField(null=True, editable=False)
    external_id = models.CharField(_("external id"), max_length=100)
    partner = TenantForeignKey(Partner, related_name="+", db_index=False)
    product = TenantForeignKey(Product, related_name="+", db_index=False)
    sold_on = models.DateField(_("sold on"))
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=6)
    net_amount = models.DecimalField(_("net amount"), max_digits=20, decimal_places=6)
    currency = models.CharField(_("currency"), max_length=3)
    invoice_no = models.CharField(_("invoice"), max_length=100, blank=True)
    customer_code = models.CharField(_("customer code"), max_length=100, blank=True)
    customer_name = models.CharField(_("customer"), max_length=300, blank=True)
    customer_segment = models.CharField(_("customer segment"), max_length=100, blank=True)
    customer_industry = models.CharField(_("customer industry"), max_length=100, blank=True)
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    deal_ref = models.CharField(_("deal"), max_length=100, blank=True)
    days_to_pay = models.IntegerField(_("days to pay"), null=True, blank=True)
    sold_by = models.CharField(_("sold by"), max_length=200, blank=True)
    reverses = models.CharField(_("reverses"), max_length=100, blank=True)
    attrs = models.JSONField(_("other attributes"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        verbose_name = _("sale line")
        verbose_name_plural = _("sale lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "external_id"], name="saleline_external_id"),
            TenantReferenceBySet(name="commerce_saleline_partner_fk", field="partner"),
            TenantReferenceBySet(name="commerce_saleline_product_fk", field="product"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "sold_on"], name="saleline_partner_day"),
            # Lines of one import lie side by side, so a summary of blocks finds them and costs an insert nothing.
            BrinIndex(fields=["tenant", "import_id"], name="saleline_import", autosummarize=True),
            models.Index(
                fields=["tenant", "reverses"], name="saleline_reverses", condition=~Q(reverses="")
            ),
            models.Index(
                fields=["tenant", "customer_code", "sold_on"], name="saleline_customer", condition=~Q(customer_code="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.external_id
