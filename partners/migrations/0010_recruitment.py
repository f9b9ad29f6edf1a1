import datetime
import django.contrib.postgres.fields
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
        ("partners", "0004_lifecycle_states"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationForm",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.CharField(max_length=40, verbose_name="address")),
                ("partner_type", models.CharField(max_length=100, verbose_name="partner type")),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "verbose_name": "application form",
                "verbose_name_plural": "application forms",
                "ordering": ["position", "slug"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_applicationform_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "slug"), name="applicationform_slug"),
                    prm.db.constraints.RowSecurity(name="partners_applicationform_rls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("info_requested", "Waiting for the applicant"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=12)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("email_confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("answers", models.JSONField(default=dict)),
                ("legal_name", models.CharField(blank=True, max_length=300, verbose_name="legal name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("contact_name", models.CharField(blank=True, max_length=200, verbose_name="contact")),
                ("consent_at", models.DateTimeField(editable=False, null=True)),
                ("consent_ip", models.GenericIPAddressField(editable=False, null=True)),
                ("consent_language", models.CharField(blank=True, editable=False, max_length=12)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("due_at", models.DateTimeField(editable=False, null=True, verbose_name="answer due")),
                ("paused_at", models.DateTimeField(editable=False, null=True)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("escalated_for", models.DateTimeField(editable=False, null=True)),
                ("reviewer_id", models.UUIDField(editable=False, null=True)),
                ("reviewer_label", models.CharField(blank=True, editable=False, max_length=254)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "reject_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("needs_more_detail", "More detail is needed"),
                            ("does_not_meet_requirements", "Does not meet the requirements"),
                            ("not_the_right_fit", "Not the right fit"),
                            ("other", "Another reason"),
                        ],
                        max_length=32,
                        verbose_name="reason",
                    ),
                ),
                (
                    "reapply",
                    models.CharField(
                        blank=True,
                        choices=[("instant", "At once"), ("after_30_days", "After 30 days"), ("never", "Not again")],
                        max_length=16,
                        verbose_name="apply again",
                    ),
                ),
                ("reapply_on", models.DateField(null=True, verbose_name="apply again from")),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="partners.partner",
                    ),
                ),
                (
                    "referrer_partner",
                    prm.db.models.TenantForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "referrer_user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "form",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="partners.applicationform",
                    ),
                ),
            ],
            options={
                "verbose_name": "application",
                "verbose_name_plural": "applications",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("submitted", "in_review", "info_requested"))),
                        fields=["tenant", "due_at"],
                        name="application_open_due",
                    ),
                    models.Index(fields=["tenant", "status", "-number"], name="application_by_status"),
                    models.Index(fields=["tenant", "email"], name="application_by_email"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_application_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "number"), name="application_number"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("email_confirmed_at__isnull", False),
                            ("status__in", ["draft", "submitted", "in_review", "info_requested"]),
                        ),
                        fields=("tenant", "form", "email"),
                        name="application_one_undecided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "submitted",
                                    "in_review",
                                    "info_requested",
                                    "approved",
                                    "rejected",
                                    "withdrawn",
                                    "expired",
                                ],
                            )
                        ),
                        name="application_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["submitted", "in_review", "info_requested", "approved", "rejected"]),
                                _negated=True,
                            ),
                            models.Q(
                                ("consent_at__isnull", False),
                                ("email_confirmed_at__isnull", False),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="application_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "approved"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by_id__isnull", False),
                                ("partner__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="application_approved_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "rejected"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by_id__isnull", False),
                                models.Q(("reject_reason", ""), _negated=True),
                                models.Q(("reapply", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_rejected_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("referrer_user__isnull", True),
                            ("decided_by_id__isnull", True),
                            models.Q(("decided_by_id", models.F("referrer_user")), _negated=True),
                            _connector="OR",
                        ),
                        name="application_not_decided_by_referrer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("referrer_user__isnull", True),
                            ("reviewer_id__isnull", True),
                            models.Q(("reviewer_id", models.F("referrer_user")), _negated=True),
                            _connector="OR",
                        ),
                        name="application_not_reviewed_by_referrer",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_application_rls"),
                    prm.db.constraints.TenantReference(field="form", name="partners_application_form_fk"),
                    prm.db.constraints.TenantReference(
                        field="referrer_partner", name="partners_application_referrer_partner_fk"
                    ),
                    prm.db.constraints.TenantReference(field="partner", name="partners_application_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationLink",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("token_hash", models.CharField(max_length=64)),
                ("confirms", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField()),
                (
                    "application",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="partners.application"
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
                "verbose_name": "link to an application",
                "verbose_name_plural": "links to an application",
                "indexes": [
                    models.Index(fields=["tenant", "application", "-created_at"], name="applicationlink_recent")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_applicationlink_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "token_hash"), name="applicationlink_token"),
                    prm.db.constraints.RowSecurity(name="partners_applicationlink_rls"),
                    prm.db.constraints.TenantReference(
                        field="application", name="partners_applicationlink_application_fk"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyKey",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tax_id", "Same tax number"),
                            ("name", "Same name"),
                            ("core", "Similar name"),
                            ("domain", "Same domain"),
                            ("phone", "Same phone number"),
                            ("stamp", "—"),
                        ],
                        max_length=8,
                    ),
                ),
                ("value", models.CharField(max_length=320)),
                (
                    "application",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="partners.application",
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                "verbose_name": "company key",
                "verbose_name_plural": "company keys",
                "indexes": [
                    models.Index(fields=["tenant", "partner"], name="companykey_partner"),
                    models.Index(fields=["tenant", "application"], name="companykey_application"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_companykey_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("application__isnull", False), ("partner__isnull", True)),
                            models.Q(("application__isnull", True), ("partner__isnull", False)),
                            _connector="OR",
                        ),
                        name="companykey_of_one",
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "kind", "value", "partner", "application"),
                        name="companykey_once",
                        nulls_distinct=False,
                    ),
                    prm.db.constraints.RowSecurity(name="partners_companykey_rls"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_companykey_partner_fk"),
                    prm.db.constraints.TenantReference(field="application", name="partners_companykey_application_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateCandidate",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reasons", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("dismissed", "Another company"),
                            ("merged", "The same company"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("resolved_by_label", models.CharField(blank=True, max_length=254)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "application",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="partners.application",
                    ),
                ),
                (
                    "other",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.application",
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
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
                "verbose_name": "possible duplicate",
                "verbose_name_plural": "possible duplicates",
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_duplicatecandidate_tenant_pk"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("other__isnull", False), ("partner__isnull", True)),
                            models.Q(("other__isnull", True), ("partner__isnull", False)),
                            _connector="OR",
                        ),
                        name="duplicatecandidate_of_one",
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "application", "partner", "other"),
                        name="duplicatecandidate_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("partner__isnull", False), ("status", "merged")),
                        fields=("tenant", "application"),
                        name="duplicatecandidate_one_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="duplicatecandidate_resolved_why",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_duplicatecandidate_rls"),
                    prm.db.constraints.TenantReference(
                        field="application", name="partners_duplicatecandidate_application_fk"
                    ),
                    prm.db.constraints.TenantReference(field="partner", name="partners_duplicatecandidate_partner_fk"),
                    prm.db.constraints.TenantReference(field="other", name="partners_duplicatecandidate_other_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField()),
                ("definition", models.JSONField()),
                ("saved_by_label", models.CharField(max_length=254)),
                (
                    "form",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="partners.applicationform",
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
                "verbose_name": "form version",
                "verbose_name_plural": "form versions",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_formversion_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "form", "number"), name="formversion_number"),
                    prm.db.constraints.RowSecurity(name="partners_formversion_rls", revoke=("UPDATE", "DELETE")),
                    prm.db.constraints.TenantReference(field="form", name="partners_formversion_form_fk"),
                ],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="version",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.formversion"
            ),
        ),
        migrations.CreateModel(
            name="FormVisits",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "form",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="partners.applicationform",
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
                "verbose_name": "visits of a form",
                "verbose_name_plural": "visits of a form",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_formvisits_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "form", "day"), name="formvisits_once_a_day"),
                    prm.db.constraints.RowSecurity(name="partners_formvisits_rls"),
                    prm.db.constraints.TenantReference(field="form", name="partners_formvisits_form_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecruitmentSettings",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("opens", models.TimeField(default=datetime.time(9, 0), verbose_name="office opens")),
                ("closes", models.TimeField(default=datetime.time(18, 0), verbose_name="office closes")),
                (
                    "days_off",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), blank=True, default=list, size=None, verbose_name="days off"
                    ),
                ),
                ("code_pattern", models.CharField(default="P-{####}", max_length=40, verbose_name="partner codes")),
                ("last_number", models.PositiveIntegerField(default=0, editable=False)),
                ("draft_days", models.PositiveSmallIntegerField(default=30, verbose_name="drafts expire after days")),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="questions expire after days"),
                ),
                (
                    "erase_days",
                    models.PositiveSmallIntegerField(default=180, verbose_name="personal data is erased after days"),
                ),
                (
                    "embed_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="sites that may embed",
                    ),
                ),
                ("locator_is_open", models.BooleanField(default=True, verbose_name="partner locator is open")),
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
                "verbose_name": "recruitment settings",
                "verbose_name_plural": "recruitment settings",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_recruitmentsettings_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant",), name="recruitmentsettings_once"),
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes"))), name="recruitmentsettings_day_has_hours"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_days__gte", 1),
                            ("answer_days__lte", 365),
                            ("draft_days__gte", 1),
                            ("draft_days__lte", 365),
                            ("erase_days__gte", 1),
                            ("erase_days__lte", 3650),
                        ),
                        name="recruitmentsettings_sane",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_recruitmentsettings_rls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationEntry",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("at", models.DateTimeField()),
                (
                    "side",
                    models.CharField(
                        choices=[("applicant", "Applicant"), ("vendor", "Vendor"), ("system", "Automatic")],
                        max_length=10,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("start", "Started"),
                            ("submit", "Submitted"),
                            ("take", "Taken on by a reviewer"),
                            ("assign", "Given to a reviewer"),
                            ("ask", "Question to the applicant"),
                            ("answer", "The applicant's answer"),
                            ("note", "Internal note"),
                            ("approve", "Approved"),
                            ("reject", "Rejected"),
                            ("withdraw", "Withdrawn"),
                            ("merge", "Put together with another"),
                            ("remind", "Reminder sent"),
                            ("expire", "Expired"),
                            ("escalate", "The answer is overdue"),
                        ],
                        max_length=10,
                    ),
                ),
                ("author_label", models.CharField(blank=True, max_length=254)),
                ("text", models.TextField(blank=True)),
                (
                    "application",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="partners.application"
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
                "verbose_name": "application entry",
                "verbose_name_plural": "application entries",
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["tenant", "application", "at"], name="applicationentry_of")],
                "constraints": [
                    prm.db.constraints.RowSecurity(name="partners_applicationentry_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_applicationentry_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="application", name="partners_applicationentry_application_fk"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationFile",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("field", models.CharField(max_length=40)),
                (
                    "application",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="partners.application"
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
                "ordering": ["created_at", "id"],
                "indexes": [models.Index(fields=["tenant", "application"], name="applicationfile_of")],
                "constraints": [
                    prm.db.constraints.RowSecurity(name="partners_applicationfile_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_applicationfile_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="application", name="partners_applicationfile_application_fk"
                    ),
                    prm.db.constraints.TenantReference(field="file", name="partners_applicationfile_file_fk"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=prm.db.constraints.TenantReference(field="version", name="partners_application_version_fk"),
        ),
    ]
