import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sku", models.CharField(max_length=100, verbose_name="SKU")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("line", models.CharField(blank=True, max_length=100, verbose_name="product line")),
                ("category", models.CharField(blank=True, max_length=100, verbose_name="category")),
                ("brand", models.CharField(blank=True, max_length=100, verbose_name="brand")),
                (
                    "unit_cost",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="unit cost"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "ordering": ["sku"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "sku"), name="product_sku"),
                    models.CheckConstraint(
                        condition=models.Q(("unit_cost__isnull", True), ("unit_cost__gte", 0), _connector="OR"),
                        name="product_cost",
                    ),
                    prm.db.constraints.RowSecurity(name="commerce_product_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="commerce_product_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SaleLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("import_id", models.UUIDField(editable=False, null=True)),
                ("external_id", models.CharField(max_length=100, verbose_name="external id")),
                ("sold_on", models.DateField(verbose_name="sold on")),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="quantity")),
                ("net_amount", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="net amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("invoice_no", models.CharField(blank=True, max_length=100, verbose_name="invoice")),
                ("customer_code", models.CharField(blank=True, max_length=100, verbose_name="customer code")),
                ("customer_name", models.CharField(blank=True, max_length=300, verbose_name="customer")),
                ("customer_segment", models.CharField(blank=True, max_length=100, verbose_name="customer segment")),
                ("customer_industry", models.CharField(blank=True, max_length=100, verbose_name="customer industry")),
                ("channel", models.CharField(blank=True, max_length=100, verbose_name="channel")),
                ("deal_ref", models.CharField(blank=True, max_length=100, verbose_name="deal")),
                ("days_to_pay", models.IntegerField(blank=True, null=True, verbose_name="days to pay")),
                ("sold_by", models.CharField(blank=True, max_length=200, verbose_name="sold by")),
                ("reverses", models.CharField(blank=True, max_length=100, verbose_name="reverses")),
                ("attrs", models.JSONField(blank=True, default=dict, verbose_name="other attributes")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "product",
                    prm.db.models.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.product",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "sale line",
                "verbose_name_plural": "sale lines",
                "indexes": [
                    models.Index(fields=["tenant", "partner", "sold_on"], name="saleline_partner_day"),
                    models.Index(fields=["tenant", "import_id"], name="saleline_import"),
                    models.Index(
                        condition=models.Q(("reverses", ""), _negated=True),
                        fields=["tenant", "reverses"],
                        name="saleline_reverses",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "external_id"), name="saleline_external_id"),
                    prm.db.constraints.RowSecurity(name="commerce_saleline_rls", revoke=("UPDATE",)),
                    models.UniqueConstraint(fields=("tenant", "id"), name="commerce_saleline_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="commerce_saleline_partner_fk"),
                    prm.db.constraints.TenantReference(field="product", name="commerce_saleline_product_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("from_currency", models.CharField(max_length=3, verbose_name="from")),
                ("to_currency", models.CharField(max_length=3, verbose_name="to")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("rate", models.DecimalField(decimal_places=15, max_digits=30, verbose_name="rate")),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "ordering": ["from_currency", "to_currency", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "from_currency", "to_currency", "valid_from"), name="rate_once_a_day"
                    ),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="rate_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("from_currency", models.F("to_currency")), _negated=True),
                        name="rate_two_currencies",
                    ),
                    prm.db.constraints.RowSecurity(name="commerce_exchangerate_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="commerce_exchangerate_tenant_pk"),
                ],
            },
        ),
    ]
