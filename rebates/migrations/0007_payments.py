import django.db.models.deletion
import django.db.models.expressions
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0003_bankaccount"),
        ("rebates", "0005_disputes"),
        ("rebates", "0007_rebuilds"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountNumber",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("payable", "Rebates payable"),
                            ("cash", "Bank, for cash"),
                            ("deduction", "Receivables, for deductions"),
                            ("credit_note", "Receivables, for credit notes"),
                            ("free_goods", "Inventory, for free goods"),
                        ],
                        max_length=12,
                        verbose_name="account",
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="number")),
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
                "verbose_name": "account number",
                "verbose_name_plural": "account numbers",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "account"), name="accountnumber_once"),
                    prm.db.constraints.RowSecurity(name="rebates_accountnumber_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_accountnumber_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("currency", models.CharField(max_length=3)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("deduction", "Deduction"),
                            ("credit_note", "Credit note"),
                            ("free_goods", "Free goods"),
                        ],
                        max_length=12,
                        verbose_name="payout form",
                    ),
                ),
                ("gross", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="gross")),
                ("clawback", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="clawback")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("exported", "Exported"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("reversed", "Reversed"),
                        ],
                        default="prepared",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("beneficiary", models.CharField(max_length=300, verbose_name="beneficiary")),
                ("credit_note", models.PositiveIntegerField(null=True, verbose_name="credit note")),
                ("document", models.CharField(blank=True, max_length=100, verbose_name="document")),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("confirmed_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("paid_on", models.DateField(null=True, verbose_name="paid on")),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="payment reference")),
                ("failure", models.CharField(blank=True, max_length=500, verbose_name="why it failed or was reversed")),
                (
                    "account",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.bankaccount",
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "settlement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="rebates.settlement"
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
                    "transfer",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rebates.settlementexport",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["number"],
                "indexes": [models.Index(fields=["tenant", "partner", "-number"], name="payment_partner")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="payment_number"),
                    models.UniqueConstraint(
                        fields=("tenant", "settlement", "partner", "currency", "form"), name="payment_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("credit_note__isnull", False)),
                        fields=("tenant", "credit_note"),
                        name="payment_credit_note",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross"), "+", models.F("clawback")
                                ),
                            ),
                            ("amount__gte", 0),
                            ("clawback__lte", 0),
                            ("gross__gte", 0),
                        ),
                        name="payment_net",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_on__isnull", False), ("status", "paid")),
                            models.Q(models.Q(("status", "paid"), _negated=True), ("paid_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="payment_paid_on",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_payment_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_payment_tenant_pk"),
                    prm.db.constraints.TenantReference(field="settlement", name="rebates_payment_settlement_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_payment_partner_fk"),
                    prm.db.constraints.TenantReference(field="account", name="rebates_payment_account_fk"),
                    prm.db.constraints.TenantReference(field="transfer", name="rebates_payment_transfer_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutChoice",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("deduction", "Deduction"),
                            ("credit_note", "Credit note"),
                            ("free_goods", "Free goods"),
                        ],
                        max_length=12,
                        verbose_name="payout form",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "payout choice",
                "verbose_name_plural": "payout choices",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner"), name="payoutchoice_once"),
                    prm.db.constraints.RowSecurity(name="rebates_payoutchoice_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_payoutchoice_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_payoutchoice_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementLine",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                (
                    "payment",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="rebates.payment"
                    ),
                ),
                (
                    "settlement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="rebates.settlement"
                    ),
                ),
                (
                    "statement_line",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settled", to="rebates.statementline"
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
                "verbose_name": "settlement line",
                "verbose_name_plural": "settlement lines",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "statement_line"), name="settlementline_once"),
                    prm.db.constraints.RowSecurity(name="rebates_settlementline_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_settlementline_tenant_pk"),
                    prm.db.constraints.TenantReference(field="settlement", name="rebates_settlementline_settlement_fk"),
                    prm.db.constraints.TenantReference(field="payment", name="rebates_settlementline_payment_fk"),
                    prm.db.constraints.TenantReference(
                        field="statement_line", name="rebates_settlementline_statement_line_fk"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="settlementexport",
            name="settlementexport_once",
        ),
        migrations.RemoveConstraint(
            model_name="statement",
            name="statement_settlement",
        ),
        migrations.AddField(
            model_name="settlementexport",
            name="run",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="settlement",
            name="status",
            field=models.CharField(
                choices=[
                    ("prepared", "Prepared"),
                    ("exported", "Exported"),
                    ("partly_paid", "Partly paid"),
                    ("paid", "Paid"),
                ],
                default="prepared",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="settlementexport",
            name="format",
            field=models.CharField(
                choices=[
                    ("xlsx", "Excel"),
                    ("csv", "CSV"),
                    ("pain001", "Bank transfers (pain.001)"),
                    ("journal_csv", "Journal entries (CSV)"),
                    ("journal_json", "Journal entries (JSON)"),
                ],
                max_length=12,
                verbose_name="format",
            ),
        ),
        migrations.AlterField(
            model_name="statement",
            name="status",
            field=models.CharField(
                choices=[
                    ("prepared", "Prepared"),
                    ("in_review", "In partner review"),
                    ("approved", "Approved"),
                    ("part_settled", "Partly in settlement"),
                    ("settled", "In settlement"),
                    ("paid", "Paid"),
                ],
                default="prepared",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementexport",
            constraint=models.UniqueConstraint(
                fields=("tenant", "settlement", "format", "run"), name="settlementexport_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settlement__isnull", True), ("status__in", ["prepared", "in_review", "approved"])),
                    models.Q(
                        models.Q(("status__in", ["prepared", "in_review", "approved"]), _negated=True),
                        ("settlement__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="statement_settlement",
            ),
        ),
    ]
