import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0002_search"),
        ("rebates", "0007_rebuilds"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("acknowledged", "Acknowledged"),
                            ("awaiting_partner", "Awaiting partner"),
                            ("awaiting_vendor", "Awaiting vendor"),
                            ("accepted", "Accepted"),
                            ("partly_accepted", "Partly accepted"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("escalated", "Escalated"),
                            ("final", "Final"),
                        ],
                        default="opened",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("missing_sales", "Sales are missing"),
                            ("wrong_quantity", "Wrong quantity or amount of a sale"),
                            ("wrong_rate", "Wrong rate or tier"),
                            ("wrong_return", "A return that is not ours"),
                            ("wrong_currency", "Wrong exchange rate"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("stated", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="stated")),
                ("claimed", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="claimed")),
                ("currency", models.CharField(max_length=3)),
                ("opened_by_id", models.UUIDField(editable=False, null=True)),
                ("opened_by_label", models.CharField(editable=False, max_length=254)),
                ("opened_at", models.DateTimeField()),
                ("due_on", models.DateField(verbose_name="due")),
                ("paused_on", models.DateField(editable=False, null=True)),
                ("reviewer_id", models.UUIDField(editable=False, null=True)),
                ("reviewer_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("escalated_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Accepted"),
                            ("partly_accepted", "Partly accepted"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("our_error", "Our error"),
                            ("partner_error", "Partner's error"),
                            ("rule_ambiguous", "The rule is ambiguous"),
                            ("data_missing", "Data was missing"),
                        ],
                        max_length=20,
                    ),
                ),
                ("granted", models.DecimalField(decimal_places=4, max_digits=24, null=True, verbose_name="granted")),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("by_data", models.BooleanField(default=False, editable=False)),
                (
                    "line",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="rebates.statementline"
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "statement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="rebates.statement"
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
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            (
                                "status__in",
                                ["opened", "acknowledged", "awaiting_partner", "awaiting_vendor", "escalated"],
                            )
                        ),
                        fields=["tenant", "due_on"],
                        name="dispute_open_due",
                    ),
                    models.Index(fields=["tenant", "statement"], name="dispute_statement"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="dispute_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "withdrawn"), _negated=True),
                        fields=("tenant", "line"),
                        name="dispute_one_per_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "opened",
                                    "acknowledged",
                                    "awaiting_partner",
                                    "awaiting_vendor",
                                    "accepted",
                                    "partly_accepted",
                                    "rejected",
                                    "withdrawn",
                                    "escalated",
                                    "final",
                                ],
                            )
                        ),
                        name="dispute_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("claimed", models.F("stated")), _negated=True),
                        name="dispute_claims_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "final"), _negated=True),
                            ("reviewer_id__isnull", True),
                            models.Q(("decided_by_id", models.F("reviewer_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="dispute_two_reviewers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "opened",
                                    "acknowledged",
                                    "awaiting_partner",
                                    "awaiting_vendor",
                                    "escalated",
                                    "withdrawn",
                                ],
                            ),
                            models.Q(
                                models.Q(("decision", ""), _negated=True),
                                models.Q(("outcome", ""), _negated=True),
                                ("decided_at__isnull", False),
                                ("granted__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_decided_whole",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_dispute_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_dispute_tenant_pk"),
                    prm.db.constraints.TenantReference(field="statement", name="rebates_dispute_statement_fk"),
                    prm.db.constraints.TenantReference(field="line", name="rebates_dispute_line_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_dispute_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeEntry",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("at", models.DateTimeField()),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner"), ("vendor", "Vendor"), ("system", "System")], max_length=8
                    ),
                ),
                ("verb", models.CharField(max_length=20)),
                ("author_label", models.CharField(max_length=254)),
                ("text", models.TextField(blank=True)),
                (
                    "dispute",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="rebates.dispute"
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
                "verbose_name": "dispute entry",
                "verbose_name_plural": "dispute entries",
                "ordering": ["at", "id"],
                "constraints": [
                    prm.db.constraints.RowSecurity(name="rebates_disputeentry_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_disputeentry_tenant_pk"),
                    prm.db.constraints.TenantReference(field="dispute", name="rebates_disputeentry_dispute_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeFile",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "entry",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="rebates.disputeentry"
                    ),
                ),
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
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "constraints": [
                    prm.db.constraints.RowSecurity(name="rebates_disputefile_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_disputefile_tenant_pk"),
                    prm.db.constraints.TenantReference(field="entry", name="rebates_disputefile_entry_fk"),
                    prm.db.constraints.TenantReference(field="file", name="rebates_disputefile_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewSettings",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("review_days", models.PositiveSmallIntegerField(default=10, verbose_name="review window in days")),
                (
                    "reminder_days",
                    models.PositiveSmallIntegerField(default=3, verbose_name="reminder, days before the end"),
                ),
                (
                    "dispute_days",
                    models.PositiveSmallIntegerField(default=10, verbose_name="business days to decide a dispute"),
                ),
                ("days_off", models.JSONField(default=list, verbose_name="days off")),
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
                "verbose_name": "review settings",
                "verbose_name_plural": "review settings",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="reviewsettings_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dispute_days__gte", 1),
                            ("dispute_days__lte", 60),
                            ("reminder_days__lte", 30),
                            ("review_days__lte", 90),
                        ),
                        name="reviewsettings_sane",
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_reviewsettings_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_reviewsettings_tenant_pk"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="statement",
            name="statement_settlement",
        ),
        migrations.AddField(
            model_name="statement",
            name="agreed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="agreed_by_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="agreed_by_label",
            field=models.CharField(blank=True, editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name="statement",
            name="reminded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="review_ends_on",
            field=models.DateField(editable=False, null=True, verbose_name="review until"),
        ),
        migrations.AlterField(
            model_name="statement",
            name="status",
            field=models.CharField(
                choices=[
                    ("prepared", "Prepared"),
                    ("in_review", "In partner review"),
                    ("approved", "Approved"),
                    ("settled", "In settlement"),
                    ("paid", "Paid"),
                ],
                default="prepared",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                condition=models.Q(("status", "in_review")),
                fields=["tenant", "review_ends_on"],
                name="statement_review_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settlement__isnull", True), ("status__in", ["prepared", "in_review", "approved"])),
                    models.Q(("settlement__isnull", False), ("status__in", ["settled", "paid"])),
                    _connector="OR",
                ),
                name="statement_settlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "in_review"), _negated=True), ("review_ends_on__isnull", False), _connector="OR"
                ),
                name="statement_review_ends",
            ),
        ),
    ]
