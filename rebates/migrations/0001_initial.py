import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("commerce", "0001_initial"),
        ("partners", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("month", "Month"),
                            ("quarter", "Quarter"),
                            ("half_year", "Half-year"),
                            ("year", "Year"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=10, verbose_name="period")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("closed_by_label", models.CharField(blank=True, editable=False, max_length=254)),
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
                "ordering": ["-starts_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "kind", "key"), name="period_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="period_order"
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_period_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_period_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("ended", "Ended")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="ends on")),
                ("created_by_label", models.CharField(editable=False, max_length=254)),
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
                "verbose_name": "program",
                "verbose_name_plural": "programs",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code"), name="program_code"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "ended"])), name="program_status_known"
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_program_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_program_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramVersion",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("definition", models.JSONField(verbose_name="definition")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                ("published_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "program",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="rebates.program"
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
                "verbose_name": "program version",
                "verbose_name_plural": "program versions",
                "ordering": ["program", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "program", "number"), name="version_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")), fields=("tenant", "program"), name="version_one_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="version_validity",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_programversion_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_programversion_tenant_pk"),
                    prm.db.constraints.TenantReference(field="program", name="rebates_programversion_program_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("origin_period_key", models.CharField(max_length=10, verbose_name="origin period")),
                ("booked_period_key", models.CharField(max_length=10, verbose_name="booked in")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
                ("cause_type", models.CharField(max_length=80)),
                ("cause_id", models.CharField(max_length=64)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
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
                (
                    "version",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rebates.programversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment",
                "verbose_name_plural": "adjustments",
                "indexes": [
                    models.Index(fields=["tenant", "booked_period_key"], name="adjustment_booked"),
                    models.Index(fields=["tenant", "partner", "origin_period_key"], name="adjustment_origin"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="adjustment_not_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause_type", ""), _negated=True), models.Q(("cause_id", ""), _negated=True)
                        ),
                        name="adjustment_has_cause",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_adjustment_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_adjustment_tenant_pk"),
                    prm.db.constraints.TenantReference(field="version", name="rebates_adjustment_version_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_adjustment_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Accrual",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "period_kind",
                    models.CharField(
                        choices=[
                            ("month", "Month"),
                            ("quarter", "Quarter"),
                            ("half_year", "Half-year"),
                            ("year", "Year"),
                        ],
                        max_length=12,
                    ),
                ),
                ("period_key", models.CharField(max_length=10, verbose_name="period")),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("measure", models.DecimalField(decimal_places=6, max_digits=30, verbose_name="measure")),
                ("payout", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="payout")),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("explanation", models.JSONField(default=dict)),
                ("evaluated_at", models.DateTimeField()),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
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
                (
                    "version",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accruals",
                        to="rebates.programversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "accrual",
                "verbose_name_plural": "accruals",
                "indexes": [
                    models.Index(fields=["tenant", "partner", "-period_start"], name="accrual_partner"),
                    models.Index(fields=["tenant", "period_key"], name="accrual_period"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "version", "partner", "period_key"), name="accrual_once"),
                    prm.db.constraints.RowSecurity(name="rebates_accrual_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_accrual_tenant_pk"),
                    prm.db.constraints.TenantReference(field="version", name="rebates_accrual_version_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_accrual_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SaleException",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "sale_line",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="commerce.saleline"
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
                (
                    "version",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rebates.programversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "exception",
                "verbose_name_plural": "exceptions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "sale_line", "version"), name="saleexception_once", nulls_distinct=False
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_saleexception_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_saleexception_tenant_pk"),
                    prm.db.constraints.TenantReference(field="sale_line", name="rebates_saleexception_sale_line_fk"),
                    prm.db.constraints.TenantReference(field="version", name="rebates_saleexception_version_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[("prepared", "Prepared"), ("exported", "Exported"), ("paid", "Paid")],
                        default="prepared",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("prepared_by_id", models.UUIDField(editable=False, null=True)),
                ("prepared_by_label", models.CharField(editable=False, max_length=254)),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("payment_reference", models.CharField(blank=True, max_length=100, verbose_name="payment reference")),
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
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="settlement_number"),
                    prm.db.constraints.RowSecurity(name="rebates_settlement_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_settlement_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("currency", models.CharField(max_length=3)),
                ("total", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="total")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("approved", "Approved"),
                            ("settled", "In settlement"),
                            ("paid", "Paid"),
                        ],
                        default="prepared",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("prepared_by_id", models.UUIDField(editable=False, null=True)),
                ("prepared_by_label", models.CharField(editable=False, max_length=254)),
                ("approved_by_id", models.UUIDField(editable=False, null=True)),
                ("approved_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "period",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="rebates.period"
                    ),
                ),
                (
                    "settlement",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="rebates.settlement",
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
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["-number"],
                "indexes": [models.Index(fields=["tenant", "partner", "-number"], name="statement_partner")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="statement_number"),
                    models.UniqueConstraint(fields=("tenant", "period", "partner", "currency"), name="statement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by_id__isnull", True),
                            models.Q(("approved_by_id", models.F("prepared_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="statement_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settlement__isnull", True), ("status__in", ["prepared", "approved"])),
                            models.Q(("settlement__isnull", False), ("status__in", ["settled", "paid"])),
                            _connector="OR",
                        ),
                        name="statement_settlement",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_statement_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_statement_tenant_pk"),
                    prm.db.constraints.TenantReference(field="period", name="rebates_statement_period_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_statement_partner_fk"),
                    prm.db.constraints.TenantReference(field="settlement", name="rebates_statement_settlement_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("kind", models.CharField(choices=[("rebate", "Rebate"), ("adjustment", "Adjustment")], max_length=12)),
                ("period_key", models.CharField(max_length=10, verbose_name="period")),
                ("measure", models.DecimalField(decimal_places=6, max_digits=30, verbose_name="measure")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("explanation", models.JSONField(default=dict)),
                (
                    "adjustment",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rebates.adjustment",
                    ),
                ),
                (
                    "statement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="rebates.statement"
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
                (
                    "version",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rebates.programversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "statement line",
                "verbose_name_plural": "statement lines",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adjustment__isnull", True), ("kind", "rebate")),
                            models.Q(("adjustment__isnull", False), ("kind", "adjustment")),
                            _connector="OR",
                        ),
                        name="statementline_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("adjustment__isnull", False)),
                        fields=("tenant", "adjustment"),
                        name="adjustment_stated_once",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_statementline_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_statementline_tenant_pk"),
                    prm.db.constraints.TenantReference(field="statement", name="rebates_statementline_statement_fk"),
                    prm.db.constraints.TenantReference(field="version", name="rebates_statementline_version_fk"),
                    prm.db.constraints.TenantReference(field="adjustment", name="rebates_statementline_adjustment_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementSale",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("measure", models.DecimalField(decimal_places=6, max_digits=30, verbose_name="measure")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                (
                    "sale_line",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commerce.saleline"
                    ),
                ),
                (
                    "statement_line",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sales", to="rebates.statementline"
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "statement_line", "sale_line"), name="statementsale_once"
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_statementsale_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_statementsale_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="statement_line", name="rebates_statementsale_statement_line_fk"
                    ),
                    prm.db.constraints.TenantReference(field="sale_line", name="rebates_statementsale_sale_line_fk"),
                ],
            },
        ),
    ]
