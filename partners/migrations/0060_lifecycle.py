import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("identity", "__first__"),
        ("partners", "0053_reviews"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("same", "Was so already"),
                            ("refused", "Refused"),
                            ("undone", "Undone"),
                            ("kept", "Changed since, left as it is"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["waiting", "done", "same", "refused", "undone", "kept"])),
                        name="bulkrow_outcome_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_bulkrow_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_bulkrow_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_bulkrow_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("assign", "Assign owner"),
                            ("tag_add", "Add tag"),
                            ("tag_remove", "Remove tag"),
                            ("notify", "Send message"),
                            ("suspend", "Suspend"),
                        ],
                        max_length=12,
                        verbose_name="act",
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                ("selection", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("total", models.PositiveIntegerField(verbose_name="partners")),
                ("started_by_id", models.UUIDField(editable=False, null=True)),
                ("started_by_label", models.CharField(editable=False, max_length=254)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("undone_by_id", models.UUIDField(editable=False, null=True)),
                ("undone_by_label", models.CharField(blank=True, editable=False, max_length=254)),
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
                "verbose_name": "bulk action",
                "verbose_name_plural": "bulk actions",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["tenant", "-created_at", "-id"], name="bulkrun_recent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running", "done", "failed", "undoing", "undone"])
                        ),
                        name="bulkrun_status_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_bulkrun_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_bulkrun_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataExport",
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
                ("language", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=120, verbose_name="file")),
                ("size", models.PositiveBigIntegerField(null=True, verbose_name="size")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("message", models.TextField(blank=True)),
                ("token_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("requested_by_id", models.UUIDField(editable=False, null=True)),
                ("requested_by_label", models.CharField(editable=False, max_length=254)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("expires_at", models.DateTimeField(editable=False, null=True)),
                (
                    "file",
                    prm.db.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
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
                "verbose_name": "data export",
                "verbose_name_plural": "data exports",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["tenant", "partner", "-created_at"], name="dataexport_of_partner"),
                    models.Index(
                        condition=models.Q(("file__isnull", False)),
                        fields=["tenant", "expires_at"],
                        name="dataexport_expiring",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                        name="dataexport_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            models.Q(models.Q(("sha256", ""), _negated=True), ("size__isnull", False)),
                            _connector="OR",
                        ),
                        name="dataexport_done_is_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("tenant", "token_hash"),
                        name="dataexport_token",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_dataexport_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_dataexport_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_dataexport_partner_fk"),
                    prm.db.constraints.TenantReference(field="file", name="partners_dataexport_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryDefault",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("user_id", models.UUIDField()),
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
                    models.UniqueConstraint(fields=("tenant", "user_id"), name="directorydefault_once"),
                    prm.db.constraints.RowSecurity(name="partners_directorydefault_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_directorydefault_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryView",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("filters", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=list)),
                ("sort", models.CharField(default="name", max_length=20)),
                ("is_shared", models.BooleanField(default=False, verbose_name="for everybody")),
                ("owner_id", models.UUIDField(editable=False, null=True)),
                ("owner_label", models.CharField(editable=False, max_length=254)),
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
                "verbose_name": "view",
                "verbose_name_plural": "views",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_shared", True)),
                        fields=("tenant", "name"),
                        name="directoryview_shared_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_shared", False)),
                        fields=("tenant", "owner_id", "name"),
                        name="directoryview_own_name",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_directoryview_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_directoryview_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exit",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Under way"), ("finished", "Finished"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason_code",
                    models.CharField(
                        choices=[
                            ("partner_wish", "The partner gave notice"),
                            ("performance", "Too little business"),
                            ("agreement", "The agreement is not renewed"),
                            ("breach", "Breach of the agreement"),
                            ("merger", "Merged, sold or closed down"),
                            ("other", "Another reason"),
                        ],
                        max_length=14,
                        verbose_name="reason",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="explanation")),
                ("notice_on", models.DateField(verbose_name="notice given on")),
                ("last_day", models.DateField(verbose_name="last day")),
                ("before", models.CharField(editable=False, max_length=12)),
                ("started_by_id", models.UUIDField(editable=False, null=True)),
                ("started_by_label", models.CharField(editable=False, max_length=254)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("closed_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("close_reason", models.CharField(blank=True, editable=False, max_length=500)),
                ("checklist", models.JSONField(default=list, editable=False)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exits", to="partners.partner"
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
                "verbose_name": "exit",
                "verbose_name_plural": "exits",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["tenant", "status", "last_day", "id"], name="exit_by_last_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "finished", "cancelled"])), name="exit_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("notice_on"))), name="exit_days_in_order"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="exit_has_a_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"),
                            models.Q(models.Q(("close_reason", ""), _negated=True), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="exit_closed_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("tenant", "partner"), name="exit_one_open"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_exit_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_exit_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_exit_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExitWaiver",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("check_code", models.CharField(max_length=60)),
                ("count", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("started_by_id", models.UUIDField(editable=False, null=True)),
                ("waived_by_id", models.UUIDField(editable=False, null=True)),
                ("waived_by_label", models.CharField(editable=False, max_length=254)),
                (
                    "exit",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="partners.exit"
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
                    models.UniqueConstraint(fields=("tenant", "exit", "check_code", "count"), name="exitwaiver_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="exitwaiver_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_by_id__isnull", True),
                            models.Q(("waived_by_id", models.F("started_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="exitwaiver_two_people",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_exitwaiver_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_exitwaiver_tenant_pk"),
                    prm.db.constraints.TenantReference(field="exit", name="partners_exitwaiver_exit_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerTag",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tag", models.CharField(max_length=100)),
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
                "indexes": [models.Index(fields=["tenant", "tag", "partner"], name="partnertag_by_tag")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner", "tag"), name="partnertag_once"),
                    prm.db.constraints.RowSecurity(name="partners_partnertag_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_partnertag_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_partnertag_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Renewal",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("term", "End of term"), ("review", "Yearly review")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To be decided"),
                            ("renewed", "Renewed"),
                            ("upgraded", "Upgraded"),
                            ("watched", "Watched"),
                            ("parted", "Parting"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "advice",
                    models.CharField(
                        choices=[("renew", "Renew"), ("upgrade", "Upgrade"), ("watch", "Watch"), ("exit", "Part ways")],
                        max_length=8,
                        verbose_name="recommendation",
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("inputs", models.JSONField(default=dict)),
                ("advised_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="note")),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("task", models.CharField(blank=True, max_length=300, verbose_name="follow-up")),
                ("task_on", models.DateField(blank=True, null=True, verbose_name="follow-up on")),
                ("task_done_at", models.DateTimeField(editable=False, null=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="renewals", to="partners.partner"
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
                "verbose_name": "renewal",
                "verbose_name_plural": "renewals",
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(fields=["tenant", "status", "due_on", "id"], name="renewal_worklist"),
                    models.Index(fields=["tenant", "partner", "-due_on"], name="renewal_of_partner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "renewed", "upgraded", "watched", "parted", "dropped"])
                        ),
                        name="renewal_status_known",
                    ),
                    models.UniqueConstraint(fields=("tenant", "partner", "kind", "due_on"), name="renewal_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status", "open"), models.Q(("note", ""), _negated=True), _connector="OR"),
                        name="renewal_decided_with_a_note",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_renewal_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_renewal_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_renewal_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "Everything"),
                            ("leads", "New leads"),
                            ("registrations", "Deal registrations"),
                            ("payouts", "Payouts"),
                        ],
                        max_length=14,
                        verbose_name="scope",
                    ),
                ),
                (
                    "reason_code",
                    models.CharField(
                        choices=[
                            ("agreement", "No valid agreement"),
                            ("overdue", "Overdue payments or documents"),
                            ("compliance", "Compliance check"),
                            ("conduct", "Breach of the rules of the program"),
                            ("request", "At the partner's wish"),
                            ("other", "Another reason"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="explanation")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("in_force", "In force"),
                            ("over", "Run out"),
                            ("lifted", "Lifted"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("suspended_by_id", models.UUIDField(editable=False, null=True)),
                ("suspended_by_label", models.CharField(editable=False, max_length=254)),
                ("lifted_on", models.DateField(editable=False, null=True)),
                ("lifted_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("lift_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suspensions", to="partners.partner"
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
                "verbose_name": "suspension",
                "verbose_name_plural": "suspensions",
                "ordering": ["-starts_on", "-id"],
                "indexes": [models.Index(fields=["tenant", "status", "starts_on"], name="suspension_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["planned", "in_force", "over", "lifted", "cancelled"])),
                        name="suspension_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["all", "leads", "registrations", "payouts"])),
                        name="suspension_scope_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="suspension_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="suspension_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["lifted", "cancelled"]), _negated=True),
                            models.Q(("lift_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="suspension_lifted_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("planned", "in_force"))),
                        fields=("tenant", "partner", "scope"),
                        name="suspension_one_open",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_suspension_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_suspension_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_suspension_partner_fk"),
                ],
            },
        ),
        migrations.RemoveIndex(
            model_name="partner",
            name="partner_name_folded",
        ),
        migrations.AddField(
            model_name="partner",
            name="manager",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="renewal_on",
            field=models.DateField(blank=True, null=True, verbose_name="term ends"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "name_folded", "code"], name="partner_name_folded"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "type", "code"], name="partner_by_type"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "region", "code"], name="partner_by_region"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "country", "code"], name="partner_by_country"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "status", "code"], name="partner_by_status"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "manager", "code"], name="partner_by_manager"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(fields=["tenant", "created_at", "code"], name="partner_by_arrival"),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(
                condition=models.Q(("renewal_on__isnull", False)),
                fields=["tenant", "renewal_on", "code"],
                name="partner_by_renewal",
            ),
        ),
        migrations.AddIndex(
            model_name="tierchange",
            index=models.Index(fields=["tenant", "tier", "partner"], name="tierchange_by_tier"),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="run",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="partners.bulkrun"
            ),
        ),
        migrations.AddField(
            model_name="directorydefault",
            name="view",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.directoryview"
            ),
        ),
        migrations.AddField(
            model_name="dataexport",
            name="exit",
            field=prm.db.models.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="data_exports",
                to="partners.exit",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(fields=["tenant", "run", "outcome", "partner"], name="bulkrow_to_do"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(fields=("tenant", "run", "partner"), name="bulkrow_once"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=prm.db.constraints.TenantReference(field="run", name="partners_bulkrow_run_fk"),
        ),
        migrations.AddConstraint(
            model_name="directorydefault",
            constraint=prm.db.constraints.TenantReference(field="view", name="partners_directorydefault_view_fk"),
        ),
        migrations.AddConstraint(
            model_name="dataexport",
            constraint=prm.db.constraints.TenantReference(field="exit", name="partners_dataexport_exit_fk"),
        ),
    ]
