import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("rebates", "0009_provisions"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankResult",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sha256", models.CharField(max_length=64, verbose_name="checksum")),
                (
                    "format",
                    models.CharField(
                        choices=[("pain002", "ISO 20022 status report (pain.002)"), ("csv", "CSV")],
                        max_length=8,
                        verbose_name="format",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=100, verbose_name="message")),
                (
                    "status",
                    models.CharField(
                        choices=[("checked", "Not applied yet"), ("applied", "Applied")],
                        default="checked",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("uploaded_by_label", models.CharField(editable=False, max_length=254)),
                ("applied_at", models.DateTimeField(editable=False, null=True)),
                ("applied_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "file",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
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
                "verbose_name": "bank result",
                "verbose_name_plural": "bank results",
                "indexes": [models.Index(fields=["tenant", "-created_at", "-id"], name="bankresult_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "sha256"), name="bankresult_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", False), ("status", "applied")),
                            models.Q(("applied_at__isnull", True), ("status", "checked")),
                            _connector="OR",
                        ),
                        name="bankresult_applied",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_bankresult_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_bankresult_tenant_pk"),
                    prm.db.constraints.TenantReference(field="file", name="rebates_bankresult_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankResultLine",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                ("reference", models.CharField(max_length=100, verbose_name="reference")),
                ("said", models.CharField(blank=True, max_length=20, verbose_name="the bank's word")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pay", "Becomes paid"),
                            ("fail", "Becomes failed"),
                            ("reverse", "Becomes reversed"),
                            ("same", "Already so"),
                            ("pending", "The bank is still at it"),
                            ("unknown", "No such payment"),
                            ("foreign", "Answers another file than the one that carries it"),
                            ("stale", "About an earlier attempt"),
                            ("differs", "Amount or currency differs"),
                            ("impossible", "Not possible in its state"),
                            ("other_form", "Not paid through the bank"),
                            ("contradicts", "The file contradicts itself"),
                            ("no_day", "The day is missing"),
                            ("future", "The day is in the future"),
                            ("too_early", "Before the day it was paid"),
                            ("unread", "The status is not understood"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "was",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("prepared", "Prepared"),
                            ("exported", "Exported"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("reversed", "Reversed"),
                        ],
                        max_length=12,
                        verbose_name="state before",
                    ),
                ),
                ("on", models.DateField(null=True, verbose_name="day")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "payment",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="rebates.payment",
                    ),
                ),
                (
                    "result",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="rebates.bankresult"
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
                "verbose_name": "entry of a bank result",
                "verbose_name_plural": "entries of bank results",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "result", "row", "payment"), name="bankresultline_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payment__isnull", False),
                            models.Q(("outcome__in", ["pay", "fail", "reverse"]), _negated=True),
                            _connector="OR",
                        ),
                        name="bankresultline_payment",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_bankresultline_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_bankresultline_tenant_pk"),
                    prm.db.constraints.TenantReference(field="result", name="rebates_bankresultline_result_fk"),
                    prm.db.constraints.TenantReference(field="payment", name="rebates_bankresultline_payment_fk"),
                ],
            },
        ),
    ]
