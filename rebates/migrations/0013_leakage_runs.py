import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0004_customers"),
        ("partners", "0003_bankaccount"),
        ("rebates", "0012_what_if_runs"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeakageRun",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("queued", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("requested_by_id", models.UUIDField(editable=False, null=True)),
                ("requested_by_label", models.CharField(editable=False, max_length=254)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("found", models.PositiveIntegerField(default=0, verbose_name="differences")),
                ("doubles", models.JSONField(default=list)),
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
                "verbose_name": "leakage report",
                "verbose_name_plural": "leakage reports",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["tenant", "-created_at"], name="leakagerun_recent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                        name="leakagerun_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["done", "failed"]), _negated=True),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="leakagerun_ended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=("tenant",),
                        name="leakagerun_one_at_a_time",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_leakagerun_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_leakagerun_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeakageRow",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("period_key", models.CharField(max_length=10, verbose_name="period")),
                ("currency", models.CharField(max_length=3)),
                ("stated", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="stated")),
                ("due", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="due today")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("late_sale", "Sales recorded late"),
                            ("late_return", "Returns after the close"),
                            ("program", "Changed program"),
                            ("tier", "Changed tier"),
                            ("rate", "Exchange rate"),
                            ("product", "Changed product"),
                            ("partner", "Changed partner data"),
                            ("exception", "Exception resolved"),
                            ("dispute", "Dispute granted"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=12,
                        verbose_name="cause",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="difference")),
                ("is_booked", models.BooleanField(verbose_name="corrected")),
                ("lines", models.PositiveIntegerField(verbose_name="late lines")),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "program",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rebates.program"
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
                    "run",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="rebates.leakagerun"
                    ),
                ),
            ],
            options={
                "verbose_name": "difference of a leakage report",
                "verbose_name_plural": "differences of a leakage report",
                "constraints": [
                    prm.db.constraints.RowSecurity(name="rebates_leakagerow_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_leakagerow_tenant_pk"),
                    prm.db.constraints.TenantReference(field="run", name="rebates_leakagerow_run_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_leakagerow_partner_fk"),
                    prm.db.constraints.TenantReference(field="program", name="rebates_leakagerow_program_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptedException",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "period",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accepted_exceptions",
                        to="rebates.period",
                    ),
                ),
                (
                    "program",
                    prm.db.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rebates.program"
                    ),
                ),
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
            ],
            options={
                "verbose_name": "accepted exception",
                "verbose_name_plural": "accepted exceptions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "period", "sale_line", "program"),
                        name="acceptedexception_once",
                        nulls_distinct=False,
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_acceptedexception_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_acceptedexception_tenant_pk"),
                    prm.db.constraints.TenantReference(field="period", name="rebates_acceptedexception_period_fk"),
                    prm.db.constraints.TenantReference(
                        field="sale_line", name="rebates_acceptedexception_sale_line_fk"
                    ),
                    prm.db.constraints.TenantReference(field="program", name="rebates_acceptedexception_program_fk"),
                ],
            },
        ),
    ]
