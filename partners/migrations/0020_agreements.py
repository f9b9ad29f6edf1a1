import datetime
import django.db.models.deletion
import django.db.models.expressions
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0010_recruitment"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("original", "Agreement"), ("amendment", "Amendment"), ("renewal", "Renewal")],
                        default="original",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        blank=True, choices=[("extends", "Adds to it"), ("replaces", "Takes its place")], max_length=12
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("viewed", "Viewed"),
                            ("signed", "Signed by the partner"),
                            ("countersigned", "Countersigned"),
                            ("active", "In force"),
                            ("expiring", "Expiring"),
                            ("expired", "Expired"),
                            ("terminated", "Terminated"),
                            ("replaced", "Replaced"),
                            ("declined", "Declined"),
                            ("voided", "Voided"),
                        ],
                        default="draft",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                ("title_en", models.CharField(max_length=200)),
                ("title_zh", models.CharField(max_length=200)),
                ("body_en", models.TextField()),
                ("body_zh", models.TextField()),
                ("values", models.JSONField(default=dict)),
                ("entitlements", models.JSONField(default=list)),
                ("starts_on", models.DateField(verbose_name="starts on")),
                ("term_months", models.PositiveSmallIntegerField(null=True, verbose_name="term in months")),
                ("ends_on", models.DateField(null=True, verbose_name="ends on")),
                ("renewal_notice_days", models.PositiveSmallIntegerField(default=30)),
                ("auto_renew", models.BooleanField(default=False)),
                ("active_from", models.DateField(null=True)),
                ("active_to", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("provider", models.CharField(default="builtin", max_length=20)),
                ("envelope", models.CharField(blank=True, max_length=100)),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                ("signed_at", models.DateTimeField(editable=False, null=True)),
                ("countersigned_at", models.DateTimeField(editable=False, null=True)),
                ("created_by_label", models.CharField(editable=False, max_length=254)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="partners.partner"
                    ),
                ),
                (
                    "predecessor",
                    prm.db.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="partners.agreement",
                    ),
                ),
                (
                    "signed_file",
                    prm.db.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
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
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["tenant", "partner", "active_from"], name="agreement_in_force"),
                    models.Index(fields=["tenant", "status", "active_to"], name="agreement_ending"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_agreement_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "number"), name="agreement_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "sent",
                                    "viewed",
                                    "signed",
                                    "countersigned",
                                    "active",
                                    "expiring",
                                    "expired",
                                    "terminated",
                                    "replaced",
                                    "declined",
                                    "voided",
                                ],
                            )
                        ),
                        name="agreement_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ("active", "expiring")), _negated=True),
                            ("active_from__isnull", False),
                            _connector="OR",
                        ),
                        name="agreement_active_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_to__isnull", True),
                            (
                                "active_to__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("active_from"), "-", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_active_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="agreement_term_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "original"), ("predecessor__isnull", False), _connector="OR"),
                        name="agreement_follows",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_agreement_rls"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_agreement_partner_fk"),
                    prm.db.constraints.TenantReference(field="predecessor", name="partners_agreement_predecessor_fk"),
                    prm.db.constraints.TenantReference(field="signed_file", name="partners_agreement_signed_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementSigner",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("side", models.CharField(choices=[("partner", "Partner"), ("vendor", "Vendor")], max_length=8)),
                ("role_en", models.CharField(max_length=100)),
                ("role_zh", models.CharField(max_length=100)),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("language", models.CharField(blank=True, max_length=12)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Not yet asked"),
                            ("asked", "Asked"),
                            ("viewed", "Has opened it"),
                            ("signed", "Signed"),
                            ("declined", "Declined"),
                            ("released", "No longer asked"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("token_hash", models.CharField(blank=True, max_length=64)),
                ("token_expires_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("viewed_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signers", to="partners.agreement"
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
                "verbose_name": "signer",
                "verbose_name_plural": "signers",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_agreementsigner_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "agreement", "position"), name="signer_position"),
                    models.UniqueConstraint(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=("tenant", "token_hash"),
                        name="signer_token",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_agreementsigner_rls"),
                    prm.db.constraints.TenantReference(field="agreement", name="partners_agreementsigner_agreement_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementTemplate",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("partner_type", models.CharField(blank=True, max_length=100, verbose_name="partner type")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("is_offered", models.BooleanField(default=True, verbose_name="for approved applicants")),
                ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
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
                "verbose_name": "agreement template",
                "verbose_name_plural": "agreement templates",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_agreementtemplate_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "code"), name="agreementtemplate_code"),
                    prm.db.constraints.RowSecurity(name="partners_agreementtemplate_rls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementTemplateVersion",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("title_en", models.CharField(max_length=200)),
                ("title_zh", models.CharField(max_length=200)),
                ("body_en", models.TextField()),
                ("body_zh", models.TextField()),
                ("fields", models.JSONField(default=list)),
                ("entitlements", models.JSONField(default=list)),
                ("signers", models.JSONField(default=list)),
                ("vendor_signer", models.JSONField(default=dict)),
                ("term_months", models.PositiveSmallIntegerField(null=True, verbose_name="term in months")),
                (
                    "renewal_notice_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="notice before renewal, days"),
                ),
                ("auto_renew", models.BooleanField(default=False, verbose_name="renews by itself")),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("published_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "template",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="partners.agreementtemplate",
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
                "verbose_name": "template version",
                "verbose_name_plural": "template versions",
                "ordering": ["template", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="partners_agreementtemplateversion_tenant_pk"
                    ),
                    models.UniqueConstraint(fields=("tenant", "template", "number"), name="templateversion_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("tenant", "template"),
                        name="templateversion_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("auto_renew", False), ("term_months__isnull", False), _connector="OR"),
                        name="templateversion_renews_a_term",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_agreementtemplateversion_rls"),
                    prm.db.constraints.TenantReference(
                        field="template", name="partners_agreementtemplateversion_template_fk"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="version",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.agreementtemplateversion"
            ),
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("territory", "Territory"),
                            ("product_line", "Product line"),
                            ("program", "Program"),
                            ("benefit", "Benefit"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=200, verbose_name="value")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "agreement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="granted", to="partners.agreement"
                    ),
                ),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entitlements", to="partners.partner"
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
                "verbose_name": "entitlement",
                "verbose_name_plural": "entitlements",
                "ordering": ["kind", "value", "valid_from"],
                "indexes": [models.Index(fields=["tenant", "partner", "kind", "value"], name="entitlement_lookup")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_entitlement_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "agreement", "kind", "value"), name="entitlement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            (
                                "valid_to__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("valid_from"), "-", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="entitlement_order",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_entitlement_rls"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_entitlement_partner_fk"),
                    prm.db.constraints.TenantReference(field="agreement", name="partners_entitlement_agreement_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("email", models.CharField(max_length=254)),
                (
                    "method",
                    models.CharField(
                        choices=[("typed", "Typed"), ("drawn", "Drawn"), ("provider", "At a signing service")],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("strokes", models.JSONField(default=list)),
                ("consent", models.TextField()),
                ("consent_version", models.CharField(max_length=20)),
                ("ip", models.CharField(max_length=45)),
                ("user_agent", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "agreement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="partners.agreement"
                    ),
                ),
                (
                    "signer",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="partners.agreementsigner",
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
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_signature_tenant_pk"),
                    models.UniqueConstraint(fields=("tenant", "signer"), name="signature_once"),
                    models.UniqueConstraint(fields=("tenant", "agreement", "previous"), name="signature_chain"),
                    prm.db.constraints.RowSecurity(name="partners_signature_rls", revoke=("UPDATE", "DELETE")),
                    prm.db.constraints.TenantReference(field="agreement", name="partners_signature_agreement_fk"),
                    prm.db.constraints.TenantReference(field="signer", name="partners_signature_signer_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementDocument",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("title_en", models.CharField(max_length=200)),
                ("title_zh", models.CharField(max_length=200)),
                ("body_en", models.TextField()),
                ("body_zh", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "agreement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="partners.agreement"
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "agreement"), name="agreementdocument_once"),
                    models.UniqueConstraint(fields=("tenant", "sha256"), name="agreementdocument_sha256"),
                    prm.db.constraints.RowSecurity(name="partners_agreementdocument_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_agreementdocument_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="agreement", name="partners_agreementdocument_agreement_fk"
                    ),
                    prm.db.constraints.TenantReference(field="file", name="partners_agreementdocument_file_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementNotice",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ends_on", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "agreement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="partners.agreement"
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
                    models.UniqueConstraint(
                        fields=("tenant", "agreement", "ends_on", "days"), name="agreementnotice_once"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_agreementnotice_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_agreementnotice_tenant_pk"),
                    prm.db.constraints.TenantReference(field="agreement", name="partners_agreementnotice_agreement_fk"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=prm.db.constraints.TenantReference(field="version", name="partners_agreement_version_fk"),
        ),
    ]
