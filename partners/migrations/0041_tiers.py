import django.contrib.postgres.fields
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0040_metric_facts"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierScheme",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "In force"), ("replaced", "Replaced")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("definition", models.JSONField(verbose_name="definition")),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("valid_from", models.DateField(editable=False, null=True, verbose_name="valid from")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                ("published_by_label", models.CharField(blank=True, editable=False, max_length=254)),
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
                "verbose_name": "tier scheme",
                "verbose_name_plural": "tier schemes",
                "ordering": ["track", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierscheme_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "replaced"])),
                        name="tierscheme_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(("published_at__isnull", False), ("valid_from__isnull", False)),
                            _connector="OR",
                        ),
                        name="tierscheme_published_whole",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tierscheme_rls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierEvaluation",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("as_of", models.DateField(verbose_name="as of")),
                ("evaluated_at", models.DateTimeField(verbose_name="evaluated")),
                ("tier", models.CharField(blank=True, max_length=100, verbose_name="tier")),
                ("rank", models.PositiveSmallIntegerField()),
                ("inputs", models.JSONField()),
                ("met", models.JSONField()),
                ("inputs_hash", models.CharField(max_length=64)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                    "scheme",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tierscheme"
                    ),
                ),
            ],
            options={
                "verbose_name": "tier evaluation",
                "verbose_name_plural": "tier evaluations",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierevaluation_tenant_pk"),
                    prm.db.constraints.RowSecurity(name="partners_tierevaluation_rls", revoke=("UPDATE", "DELETE")),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierevaluation_partner_fk"),
                    prm.db.constraints.TenantReference(field="scheme", name="partners_tierevaluation_scheme_fk"),
                ],
                "indexes": [models.Index(fields=["tenant", "partner", "-id"], name="tierevaluation_latest")],
            },
        ),
        migrations.CreateModel(
            name="TierBacktest",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("definition", models.JSONField()),
                ("fingerprint", models.CharField(max_length=64)),
                ("asked_on", models.DateField()),
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
                ("outcome", models.JSONField(editable=False, null=True)),
                ("requested_by_id", models.UUIDField(editable=False, null=True)),
                ("requested_by_label", models.CharField(editable=False, max_length=254)),
                ("acknowledged_at", models.DateTimeField(editable=False, null=True)),
                ("acknowledged_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
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
                    "scheme",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="backtests", to="partners.tierscheme"
                    ),
                ),
            ],
            options={
                "verbose_name": "back-test",
                "verbose_name_plural": "back-tests",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierbacktest_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                        name="tierbacktest_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True), ("outcome__isnull", False), _connector="OR"
                        ),
                        name="tierbacktest_done_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("acknowledged_at__isnull", True), ("status", "done"), _connector="OR"),
                        name="tierbacktest_seen_when_done",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=("tenant", "scheme", "fingerprint"),
                        name="tierbacktest_one_at_a_time",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tierbacktest_rls"),
                    prm.db.constraints.TenantReference(field="scheme", name="partners_tierbacktest_scheme_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierStanding",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tier", models.CharField(blank=True, max_length=100, verbose_name="tier")),
                ("rank", models.PositiveSmallIntegerField()),
                ("inputs_hash", models.CharField(max_length=64)),
                ("looked_on", models.DateField()),
                (
                    "evaluation",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tierevaluation"
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "scheme",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tierscheme"
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
                "verbose_name": "tier standing",
                "verbose_name_plural": "tier standings",
                "ordering": ["partner"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierstanding_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "partner"), name="tierstanding_one_for_each"),
                    prm.db.constraints.RowSecurity(name="partners_tierstanding_rls"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierstanding_partner_fk"),
                    prm.db.constraints.TenantReference(field="scheme", name="partners_tierstanding_scheme_fk"),
                    prm.db.constraints.TenantReference(field="evaluation", name="partners_tierstanding_evaluation_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierStay",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tier", models.CharField(max_length=100, verbose_name="tier")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("qualified", "Qualified"),
                            ("active", "Active"),
                            ("at_risk", "At risk"),
                            ("grace", "Grace period"),
                            ("decided", "Downgrade decided"),
                            ("retained", "Retained"),
                            ("upgraded", "Upgraded"),
                            ("downgraded", "Downgraded"),
                            ("lapsed", "Lapsed"),
                            ("ended", "Ended"),
                        ],
                        default="qualified",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("begins_on", models.DateField(verbose_name="begins")),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="ended")),
                ("lower_tier", models.CharField(blank=True, editable=False, max_length=100)),
                ("risk_since", models.DateField(editable=False, null=True)),
                ("grace_on", models.DateField(editable=False, null=True)),
                ("decision_on", models.DateField(editable=False, null=True)),
                ("effective_on", models.DateField(editable=False, null=True)),
                ("stopped_on", models.DateField(editable=False, null=True)),
                ("kept_until", models.DateField(editable=False, null=True, verbose_name="kept until")),
                ("decided_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("reason", models.TextField(blank=True, editable=False, verbose_name="reason")),
                (
                    "evaluation",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.tierevaluation",
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                "verbose_name": "stay in a tier",
                "verbose_name_plural": "stays in tiers",
                "ordering": ["-begins_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierstay_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "qualified",
                                    "active",
                                    "at_risk",
                                    "grace",
                                    "decided",
                                    "retained",
                                    "upgraded",
                                    "downgraded",
                                    "lapsed",
                                    "ended",
                                ],
                            )
                        ),
                        name="tierstay_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["active", "at_risk", "grace", "decided", "retained"])),
                        fields=("tenant", "partner"),
                        name="tierstay_one_held",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "qualified")),
                        fields=("tenant", "partner"),
                        name="tierstay_one_qualified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["downgraded", "lapsed", "decided"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tierstay_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["grace", "decided"]), _negated=True),
                            ("decision_on__isnull", False),
                            _connector="OR",
                        ),
                        name="tierstay_grace_ends",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tierstay_rls"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierstay_partner_fk"),
                    prm.db.constraints.TenantReference(field="evaluation", name="partners_tierstay_evaluation_fk"),
                ],
                "indexes": [
                    models.Index(fields=["tenant", "status", "decision_on"], name="tierstay_worklist"),
                    models.Index(fields=["tenant", "partner", "-begins_on"], name="tierstay_history"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierAppeal",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("upheld", "Upheld"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("text", models.TextField(verbose_name="reasons")),
                ("opened_at", models.DateTimeField()),
                ("opened_by_id", models.UUIDField(editable=False, null=True)),
                ("opened_by_label", models.CharField(editable=False, max_length=254)),
                ("first_decider_id", models.UUIDField(editable=False, null=True)),
                ("assigned_to_id", models.UUIDField(editable=False, null=True)),
                ("assigned_to_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("assigned_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("decision_reason", models.TextField(blank=True, editable=False, verbose_name="reason")),
                ("kept_until", models.DateField(editable=False, null=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                    "stay",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="appeals", to="partners.tierstay"
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["-opened_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierappeal_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "upheld", "rejected", "withdrawn"])),
                        name="tierappeal_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("tenant", "stay"), name="tierappeal_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_id__isnull", True),
                            models.Q(
                                models.Q(
                                    ("first_decider_id__isnull", True),
                                    models.Q(("decided_by_id", models.F("first_decider_id")), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(
                                    ("assigned_by_id__isnull", True),
                                    models.Q(("decided_by_id", models.F("assigned_by_id")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="tierappeal_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "withdrawn"]),
                            models.Q(models.Q(("decision_reason", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="tierappeal_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "upheld"), _negated=True),
                            ("kept_until__isnull", False),
                            _connector="OR",
                        ),
                        name="tierappeal_kept_until",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tierappeal_rls"),
                    prm.db.constraints.TenantReference(field="stay", name="partners_tierappeal_stay_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierappeal_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierSweep",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("as_of", models.DateField()),
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
                ("cursor", models.UUIDField(editable=False, null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("written", models.PositiveIntegerField(default=0)),
                ("again", models.BooleanField(default=False, editable=False)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
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
                "verbose_name": "tier evaluation run",
                "verbose_name_plural": "tier evaluation runs",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tiersweep_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                        name="tiersweep_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=("tenant",),
                        name="tiersweep_one_at_a_time",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tiersweep_rls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierTrack",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("name_en", models.CharField(blank=True, max_length=100, verbose_name="name (English)")),
                ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name (Chinese)")),
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
                "verbose_name": "tier track",
                "verbose_name_plural": "tier tracks",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tiertrack_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "code"), name="tiertrack_code"),
                    prm.db.constraints.RowSecurity(name="partners_tiertrack_rls"),
                ],
            },
        ),
        migrations.AddField(
            model_name="tierstay",
            name="track",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tiertrack"
            ),
        ),
        migrations.AddField(
            model_name="tierscheme",
            name="track",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="schemes", to="partners.tiertrack"
            ),
        ),
        migrations.CreateModel(
            name="TierWarning",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("days_before", models.PositiveSmallIntegerField(verbose_name="days before")),
                ("decision_on", models.DateField()),
                ("sent_on", models.DateField(verbose_name="sent")),
                ("recipients", models.JSONField(default=list)),
                ("by_hand", models.TextField(blank=True)),
                (
                    "stay",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="warnings", to="partners.tierstay"
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
                "verbose_name": "warning",
                "verbose_name_plural": "warnings",
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierwarning_tenant_pk"),
                    models.UniqueConstraint(
                        fields=("tenant", "stay", "decision_on", "days_before"), name="tierwarning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipients", []), _negated=True),
                            models.Q(("by_hand", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tierwarning_reached_somebody",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_tierwarning_rls", revoke=("UPDATE", "DELETE")),
                    prm.db.constraints.TenantReference(field="stay", name="partners_tierwarning_stay_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierAppealFile",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "appeal",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="partners.tierappeal"
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
                    prm.db.constraints.RowSecurity(name="partners_tierappealfile_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierappealfile_tenant_pk"),
                    prm.db.constraints.TenantReference(field="appeal", name="partners_tierappealfile_appeal_fk"),
                    prm.db.constraints.TenantReference(field="file", name="partners_tierappealfile_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierDue",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                "verbose_name": "due evaluation",
                "verbose_name_plural": "due evaluations",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner"), name="tierdue_once"),
                    prm.db.constraints.RowSecurity(name="partners_tierdue_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierdue_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierdue_partner_fk"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tierstay",
            constraint=prm.db.constraints.TenantReference(field="track", name="partners_tierstay_track_fk"),
        ),
        migrations.AddConstraint(
            model_name="tierscheme",
            constraint=models.UniqueConstraint(fields=("tenant", "track", "number"), name="tierscheme_number"),
        ),
        migrations.AddConstraint(
            model_name="tierscheme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "draft")), fields=("tenant", "track"), name="tierscheme_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="tierscheme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "published")), fields=("tenant", "track"), name="tierscheme_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="tierscheme",
            constraint=prm.db.constraints.TenantReference(field="track", name="partners_tierscheme_track_fk"),
        ),
        migrations.RunSQL(
            sql="\nCREATE FUNCTION partners_published_scheme_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$\nBEGIN\n    IF OLD.status = 'draft' THEN\n        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;\n    END IF;\n    IF TG_OP = 'DELETE' OR NEW.status = 'draft'\n        OR to_jsonb(NEW) - 'status' - 'updated_at' IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'updated_at' THEN\n        RAISE EXCEPTION 'a published tier scheme never changes' USING ERRCODE = 'restrict_violation';\n    END IF;\n    RETURN NEW;\nEND $$;\n\nCREATE TRIGGER partners_published_scheme_stays BEFORE UPDATE OR DELETE ON partners_tierscheme\n    FOR EACH ROW EXECUTE FUNCTION partners_published_scheme_stays();\n",
            reverse_sql="\nDROP TRIGGER partners_published_scheme_stays ON partners_tierscheme;\nDROP FUNCTION partners_published_scheme_stays();\n",
        ),
    ]
