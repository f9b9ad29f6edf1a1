import datetime
import django.core.validators
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
        ("partners", "0030_profile"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certification",
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
                ("name_en", models.CharField(blank=True, max_length=150, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=150, verbose_name="name in Chinese")),
                (
                    "level",
                    models.CharField(
                        choices=[("associate", "Associate"), ("professional", "Professional"), ("expert", "Expert")],
                        default="associate",
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "validity_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="valid for months",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
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
                "verbose_name": "certification",
                "verbose_name_plural": "certifications",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code"), name="certification_code"),
                    models.CheckConstraint(
                        condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                        name="certification_has_name",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_certification_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_certification_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("course", models.CharField(blank=True, max_length=200, verbose_name="course")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="version")),
                (
                    "score",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=6,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="score",
                    ),
                ),
                ("issuer", models.CharField(blank=True, max_length=150, verbose_name="issued by")),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="certificate number")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("revoked_on", models.DateField(blank=True, null=True, verbose_name="revoked on")),
                (
                    "status",
                    models.CharField(
                        choices=[("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")],
                        default="valid",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("awarded_by_label", models.CharField(blank=True, editable=False, max_length=254)),
                (
                    "evidence",
                    prm.db.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
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
                    "certification",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.certification"
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "ordering": ["-issued_on", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "valid")),
                        fields=["tenant", "expires_on"],
                        name="certificate_ending",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on__isnull", True), ("expires_on__gte", models.F("issued_on")), _connector="OR"
                        ),
                        name="certificate_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_on__isnull", False), ("status", "revoked")),
                            models.Q(models.Q(("status", "revoked"), _negated=True), ("revoked_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="certificate_revoked_on",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_certificate_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_certificate_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="certification", name="partners_certificate_certification_fk"
                    ),
                    prm.db.constraints.TenantReference(field="evidence", name="partners_certificate_evidence_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpiryWarning",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "certificate",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.certificate"
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
                "verbose_name": "expiry warning",
                "verbose_name_plural": "expiry warnings",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "certificate", "days"), name="expirywarning_once"),
                    prm.db.constraints.RowSecurity(name="partners_expirywarning_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_expirywarning_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="certificate", name="partners_expirywarning_certificate_fk"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name", "email"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "email"), name="person_email"),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)), fields=("tenant", "user"), name="person_user"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_person_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_person_tenant_pk"),
                ],
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="person",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="partners.person"
            ),
        ),
        migrations.CreateModel(
            name="WorkPlace",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("valid_from", models.DateField(default=datetime.date(1, 1, 1), verbose_name="valid from")),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "person",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="places", to="partners.person"
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
                "verbose_name": "place of work",
                "verbose_name_plural": "places of work",
                "ordering": ["valid_from"],
                "indexes": [models.Index(fields=["tenant", "partner"], name="workplace_partner")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "person", "valid_from"), name="workplace_once_a_day"),
                    prm.db.constraints.RowSecurity(name="partners_workplace_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_workplace_tenant_pk"),
                    prm.db.constraints.TenantReference(field="person", name="partners_workplace_person_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_workplace_partner_fk"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("tenant", "person", "certification", "issued_on"), name="certificate_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=prm.db.constraints.TenantReference(field="person", name="partners_certificate_person_fk"),
        ),
    ]
