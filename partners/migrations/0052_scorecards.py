import django.contrib.postgres.fields
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0051_plans"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scorecard",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "partner_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="partner types",
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
                "verbose_name": "scorecard",
                "verbose_name_plural": "scorecards",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "name"), name="scorecard_name"),
                    prm.db.constraints.RowSecurity(name="partners_scorecard_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_scorecard_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScorecardVersion",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("replaced", "Replaced")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("published_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "scorecard",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="partners.scorecard"
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
                "verbose_name": "scorecard version",
                "verbose_name_plural": "scorecard versions",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "scorecard", "number"), name="scorecardversion_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("tenant", "scorecard"),
                        name="scorecardversion_one_published",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("tenant", "scorecard"),
                        name="scorecardversion_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "replaced"])),
                        name="scorecardversion_status_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_scorecardversion_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_scorecardversion_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="scorecard", name="partners_scorecardversion_scorecard_fk"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScorecardLine",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                (
                    "side",
                    models.CharField(
                        choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8, verbose_name="side"
                    ),
                ),
                ("metric", models.CharField(max_length=60, verbose_name="figure")),
                ("target", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="target")),
                ("floor", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="floor")),
                ("weight", models.PositiveSmallIntegerField(default=1, verbose_name="weight")),
                (
                    "window",
                    models.CharField(
                        choices=[
                            ("trailing_months", "Trailing months"),
                            ("trailing_days", "Trailing days"),
                            ("calendar_quarter", "This calendar quarter"),
                            ("calendar_year", "This calendar year"),
                            ("fiscal_quarter", "This fiscal quarter"),
                            ("fiscal_year", "This fiscal year"),
                            ("last_fiscal_quarter", "Last whole fiscal quarter"),
                            ("last_fiscal_year", "Last whole fiscal year"),
                            ("as_of", "On the day"),
                        ],
                        default="trailing_months",
                        max_length=24,
                    ),
                ),
                ("length", models.PositiveSmallIntegerField(default=12)),
                ("owner_label", models.CharField(blank=True, max_length=254, verbose_name="owner")),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="partners.scorecardversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a scorecard",
                "verbose_name_plural": "lines of scorecards",
                "ordering": ["-side", "place", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "version", "side", "metric"), name="scorecardline_once"),
                    models.CheckConstraint(
                        condition=models.Q(("target", models.F("floor")), _negated=True), name="scorecardline_has_a_way"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 1), ("weight__lte", 100)), name="scorecardline_weight"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_scorecardline_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_scorecardline_tenant_pk"),
                    prm.db.constraints.TenantReference(field="version", name="partners_scorecardline_version_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreFigure",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("month", models.DateField()),
                ("side", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("metric", models.CharField(max_length=60)),
                ("value", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("missing", models.PositiveIntegerField(default=0)),
                ("kept", models.PositiveIntegerField(null=True)),
                ("due", models.PositiveIntegerField(null=True)),
                ("target", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="target")),
                ("floor", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="floor")),
                ("weight", models.PositiveSmallIntegerField()),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("good", "On target"),
                            ("watch", "Below target"),
                            ("red", "Red flag"),
                            ("unknown", "Not known"),
                        ],
                        max_length=8,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
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
                "verbose_name": "figure of a scorecard",
                "verbose_name_plural": "figures of scorecards",
                "ordering": ["-month"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "partner", "month", "side", "metric"), name="scorefigure_once_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("score__isnull", True), ("value__isnull", True)),
                            models.Q(("score__isnull", False), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="scorefigure_scored_when_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_scorefigure_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_scorefigure_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_scorefigure_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreSnapshot",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("month", models.DateField()),
                ("as_of", models.DateField()),
                ("computed_at", models.DateTimeField()),
                ("partner_score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("vendor_score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("reds", models.PositiveSmallIntegerField(default=0)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.scorecardversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
                "ordering": ["-month", "partner__name"],
                "indexes": [
                    models.Index(fields=["tenant", "month", "version", "partner_score"], name="scoresnapshot_month")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner", "month"), name="scoresnapshot_once_a_month"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="scoresnapshot_first_of_month"),
                    prm.db.constraints.RowSecurity(name="partners_scoresnapshot_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_scoresnapshot_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_scoresnapshot_partner_fk"),
                    prm.db.constraints.TenantReference(field="version", name="partners_scoresnapshot_version_fk"),
                ],
            },
        ),
    ]
