import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0031_certificates"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountSettings",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "cool_off_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        validators=[django.core.validators.MaxValueValidator(720)],
                        verbose_name="hours before a changed account is paid to",
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
                "verbose_name": "settings of bank accounts",
                "verbose_name_plural": "settings of bank accounts",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="accountsettings_one"),
                    models.CheckConstraint(
                        condition=models.Q(("cool_off_hours__lte", 720)), name="accountsettings_hours"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_accountsettings_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_accountsettings_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingPlan",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "Running"), ("completed", "Completed"), ("stopped", "Stopped")],
                        default="running",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="started")),
                ("activated_on", models.DateField(blank=True, null=True, verbose_name="ready to sell")),
                ("completed_on", models.DateField(blank=True, null=True, verbose_name="completed")),
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
                "verbose_name": "onboarding plan",
                "verbose_name_plural": "onboarding plans",
                "ordering": ["-started_on", "-id"],
                "indexes": [models.Index(fields=["tenant", "status", "started_on"], name="onboardingplan_status")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "running")),
                        fields=("tenant", "partner"),
                        name="onboardingplan_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_on__isnull", False), ("status", "completed")),
                            models.Q(models.Q(("status", "completed"), _negated=True), ("completed_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="onboardingplan_completed_on",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_onboardingplan_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_onboardingplan_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_onboardingplan_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingTask",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "key",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,63}$", "Lower-case letters, digits, hyphens and underscores."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="title in Chinese")),
                ("help_en", models.CharField(blank=True, max_length=500, verbose_name="help in English")),
                ("help_zh", models.CharField(blank=True, max_length=500, verbose_name="help in Chinese")),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner"), ("vendor", "Vendor")],
                        default="partner",
                        max_length=8,
                        verbose_name="whose task",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        choices=[("none", "No evidence"), ("note", "A note"), ("link", "A link"), ("file", "A file")],
                        default="none",
                        max_length=8,
                        verbose_name="evidence",
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight",
                    ),
                ),
                ("is_must", models.BooleanField(default=True, verbose_name="needed for the start")),
                (
                    "depends_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="only after",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("waived", "Waived")],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="note")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
                ("closed_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("told_due", models.BooleanField(default=False, editable=False)),
                ("told_overdue", models.BooleanField(default=False, editable=False)),
                (
                    "file",
                    prm.db.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "plan",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="partners.onboardingplan"
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
                "verbose_name": "onboarding task",
                "verbose_name_plural": "onboarding tasks",
                "ordering": ["due_on", "position", "key"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")), fields=["tenant", "due_on"], name="onboardingtask_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "plan", "key"), name="onboardingtask_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("status", "open")),
                            models.Q(models.Q(("status", "open"), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="onboardingtask_closed_at",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_onboardingtask_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_onboardingtask_tenant_pk"),
                    prm.db.constraints.TenantReference(field="plan", name="partners_onboardingtask_plan_fk"),
                    prm.db.constraints.TenantReference(field="file", name="partners_onboardingtask_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanTemplate",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "code",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,63}$", "Lower-case letters, digits, hyphens and underscores."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("name_en", models.CharField(blank=True, max_length=150, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=150, verbose_name="name in Chinese")),
                ("partner_type", models.CharField(blank=True, max_length=100, verbose_name="partner type")),
                ("days", models.PositiveSmallIntegerField(default=60, verbose_name="length in days")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("replaced", "Replaced")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
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
                "verbose_name": "onboarding template",
                "verbose_name_plural": "onboarding templates",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code", "version"), name="plantemplate_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("tenant", "code"),
                        name="plantemplate_one_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("tenant", "code"),
                        name="plantemplate_one_published",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("tenant", "partner_type"),
                        name="plantemplate_one_a_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                        name="plantemplate_has_name",
                    ),
                    models.CheckConstraint(condition=models.Q(("days__in", (30, 60, 90))), name="plantemplate_days"),
                    prm.db.constraints.RowSecurity(name="partners_plantemplate_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_plantemplate_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateTask",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "key",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,63}$", "Lower-case letters, digits, hyphens and underscores."
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")),
                ("title_zh", models.CharField(blank=True, max_length=200, verbose_name="title in Chinese")),
                ("help_en", models.CharField(blank=True, max_length=500, verbose_name="help in English")),
                ("help_zh", models.CharField(blank=True, max_length=500, verbose_name="help in Chinese")),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "Partner"), ("vendor", "Vendor")],
                        default="partner",
                        max_length=8,
                        verbose_name="whose task",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        choices=[("none", "No evidence"), ("note", "A note"), ("link", "A link"), ("file", "A file")],
                        default="none",
                        max_length=8,
                        verbose_name="evidence",
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="weight",
                    ),
                ),
                ("is_must", models.BooleanField(default=True, verbose_name="needed for the start")),
                (
                    "depends_on",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="only after",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(250)],
                        verbose_name="due after business days",
                    ),
                ),
                (
                    "template",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="partners.plantemplate"
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
                "verbose_name": "task of a template",
                "verbose_name_plural": "tasks of templates",
                "ordering": ["due_days", "position", "key"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "template", "key"), name="templatetask_key"),
                    models.CheckConstraint(
                        condition=models.Q(("title_en", ""), ("title_zh", ""), _negated=True),
                        name="templatetask_has_title",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_templatetask_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_templatetask_tenant_pk"),
                    prm.db.constraints.TenantReference(field="template", name="partners_templatetask_template_fk"),
                ],
            },
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="effective_from",
            field=models.DateTimeField(editable=False, null=True, verbose_name="takes effect"),
        ),
        migrations.AlterField(
            model_name="bankaccount",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "Waits for confirmation"),
                    ("cooling", "Takes effect soon"),
                    ("active", "In force"),
                    ("replaced", "Replaced"),
                    ("rejected", "Rejected"),
                ],
                default="proposed",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "cooling")),
                fields=("tenant", "partner", "currency"),
                name="bankaccount_one_cooling",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cooling"), _negated=True), ("effective_from__isnull", False), _connector="OR"
                ),
                name="bankaccount_cooling_until",
            ),
        ),
        migrations.AddField(
            model_name="onboardingplan",
            name="template",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.plantemplate"
            ),
        ),
        migrations.AddConstraint(
            model_name="onboardingplan",
            constraint=prm.db.constraints.TenantReference(field="template", name="partners_onboardingplan_template_fk"),
        ),
    ]
