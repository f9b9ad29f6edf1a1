import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0041_tiers"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusinessPlan",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("fiscal_year", models.PositiveSmallIntegerField(verbose_name="fiscal year")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("ambition", models.TextField(blank=True, verbose_name="ambition")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("agreed", "Agreed"),
                            ("closed", "Concluded"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "turn",
                    models.CharField(
                        choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8, verbose_name="turn"
                    ),
                ),
                (
                    "started_by",
                    models.CharField(
                        choices=[("vendor", "Vendor"), ("partner", "Partner")], editable=False, max_length=8
                    ),
                ),
                ("shown_at", models.DateTimeField(editable=False, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="partners.partner"
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
                "verbose_name": "business plan",
                "verbose_name_plural": "business plans",
                "ordering": ["-fiscal_year", "partner__name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "withdrawn"), _negated=True),
                        fields=("tenant", "partner", "fiscal_year"),
                        name="businessplan_once_a_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "proposed", "agreed", "closed", "withdrawn"])),
                        name="businessplan_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"), ("status", "withdrawn"), ("shown_at__isnull", False), _connector="OR"
                        ),
                        name="businessplan_shown",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_businessplan_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_businessplan_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_businessplan_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointAction",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("title", models.CharField(max_length=300, verbose_name="action")),
                (
                    "side",
                    models.CharField(
                        choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8, verbose_name="side"
                    ),
                ),
                ("owner_id", models.UUIDField(editable=False, null=True)),
                ("owner_label", models.CharField(max_length=254, verbose_name="owner")),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("ended_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("overdue_for", models.DateField(editable=False, null=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "plan",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="partners.businessplan",
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
                "verbose_name": "action",
                "verbose_name_plural": "actions",
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")), fields=["tenant", "due_on"], name="jointaction_open_due"
                    ),
                    models.Index(fields=["tenant", "partner", "due_on"], name="jointaction_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "done", "dropped"])), name="jointaction_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "open"), ("ended_at__isnull", False), _connector="OR"),
                        name="jointaction_ended_when_over",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_jointaction_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_jointaction_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_jointaction_partner_fk"),
                    prm.db.constraints.TenantReference(field="plan", name="partners_jointaction_plan_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanComment",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("at", models.DateTimeField()),
                ("side", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("author_label", models.CharField(max_length=254)),
                ("text", models.TextField()),
                (
                    "plan",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="partners.businessplan"
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
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["at", "id"],
                "constraints": [
                    prm.db.constraints.RowSecurity(name="partners_plancomment_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_plancomment_tenant_pk"),
                    prm.db.constraints.TenantReference(field="plan", name="partners_plancomment_plan_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanGoal",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("title", models.CharField(max_length=200, verbose_name="goal")),
                ("metric", models.CharField(blank=True, max_length=60, verbose_name="figure")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("money", "Amount"),
                            ("count", "Number"),
                            ("ratio", "Ratio"),
                            ("score", "Score"),
                            ("days", "Days"),
                        ],
                        default="count",
                        max_length=8,
                        verbose_name="unit",
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("start_value", models.DecimalField(decimal_places=4, default=0, max_digits=20, verbose_name="start")),
                ("target", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="target")),
                ("due_on", models.DateField(verbose_name="by when")),
                (
                    "side",
                    models.CharField(
                        choices=[("vendor", "Vendor"), ("partner", "Partner")],
                        default="partner",
                        max_length=8,
                        verbose_name="side",
                    ),
                ),
                (
                    "plan",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="partners.businessplan"
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
                "verbose_name": "goal",
                "verbose_name_plural": "goals",
                "ordering": ["place", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target", models.F("start_value")), _negated=True),
                        name="plangoal_goes_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit", "money"), models.Q(("currency", ""), _negated=True)),
                            models.Q(models.Q(("unit", "money"), _negated=True), ("currency", "")),
                            _connector="OR",
                        ),
                        name="plangoal_money_has_currency",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_plangoal_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_plangoal_tenant_pk"),
                    prm.db.constraints.TenantReference(field="plan", name="partners_plangoal_plan_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoalEntry",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("on", models.DateField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="value")),
                ("note", models.TextField(blank=True)),
                ("side", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("author_label", models.CharField(max_length=254)),
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
                    "goal",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="partners.plangoal"
                    ),
                ),
            ],
            options={
                "verbose_name": "progress",
                "verbose_name_plural": "progress",
                "ordering": ["-on", "-id"],
                "constraints": [
                    prm.db.constraints.RowSecurity(name="partners_goalentry_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_goalentry_tenant_pk"),
                    prm.db.constraints.TenantReference(field="goal", name="partners_goalentry_goal_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("document", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("side", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("author_id", models.UUIDField(null=True)),
                ("author_label", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
                (
                    "plan",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="partners.businessplan"
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
                "verbose_name": "proposed text",
                "verbose_name_plural": "proposed texts",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "plan", "number"), name="planversion_number"),
                    prm.db.constraints.RowSecurity(name="partners_planversion_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_planversion_tenant_pk"),
                    prm.db.constraints.TenantReference(field="plan", name="partners_planversion_plan_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanConsent",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("proposed_by", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("side", models.CharField(choices=[("vendor", "Vendor"), ("partner", "Partner")], max_length=8)),
                ("author_id", models.UUIDField(null=True)),
                ("author_label", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="partners.planversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "version"), name="planconsent_once"),
                    models.CheckConstraint(
                        condition=models.Q(("side", models.F("proposed_by")), _negated=True),
                        name="planconsent_two_sides",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_planconsent_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_planconsent_tenant_pk"),
                    prm.db.constraints.TenantReference(field="version", name="partners_planconsent_version_fk"),
                ],
            },
        ),
    ]
