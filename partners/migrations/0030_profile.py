import django.core.validators
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0021_published_templates"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="Specialisation",
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
                ("name_en", models.CharField(blank=True, max_length=100, verbose_name="name in English")),
                ("name_zh", models.CharField(blank=True, max_length=100, verbose_name="name in Chinese")),
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
                "verbose_name": "specialisation",
                "verbose_name_plural": "specialisations",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code"), name="specialisation_code"),
                    models.CheckConstraint(
                        condition=models.Q(("name_en", ""), ("name_zh", ""), _negated=True),
                        name="specialisation_has_name",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_specialisation_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_specialisation_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerSpecialisation",
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
                (
                    "specialisation",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.specialisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "specialisation of a partner",
                "verbose_name_plural": "specialisations of partners",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "partner", "specialisation"), name="partnerspecialisation_once"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_partnerspecialisation_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_partnerspecialisation_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="partner", name="partners_partnerspecialisation_partner_fk"
                    ),
                    prm.db.constraints.TenantReference(
                        field="specialisation", name="partners_partnerspecialisation_specialisation_fk"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("postal_code", models.CharField(blank=True, max_length=20, verbose_name="postal code")),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Z]{2}$", "A two-letter country code such as CN.")
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=31,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+?[0-9 ()/.-]{4,30}$", "Digits with blanks or hyphens, such as +86 21 5555 0100."
                            )
                        ],
                        verbose_name="phone",
                    ),
                ),
                ("is_main", models.BooleanField(default=False, verbose_name="main location")),
                ("is_public", models.BooleanField(default=True, verbose_name="shown in the public partner search")),
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
                "verbose_name": "location",
                "verbose_name_plural": "locations",
                "ordering": ["-is_main", "name", "id"],
                "indexes": [models.Index(fields=["tenant", "partner"], name="location_partner")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_main", True)), fields=("tenant", "partner"), name="location_one_main"
                    ),
                    prm.db.constraints.RowSecurity(name="partners_location_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_location_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_location_partner_fk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerProfile",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "website",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                        verbose_name="website",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=31,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+?[0-9 ()/.-]{4,30}$", "Digits with blanks or hyphens, such as +86 21 5555 0100."
                            )
                        ],
                        verbose_name="phone",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="public e-mail")),
                (
                    "employees",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="employees",
                    ),
                ),
                (
                    "blurb_en",
                    models.CharField(blank=True, max_length=600, verbose_name="about the company, in English"),
                ),
                (
                    "blurb_zh",
                    models.CharField(blank=True, max_length=600, verbose_name="about the company, in Chinese"),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="found in the public partner search")),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                "verbose_name": "company profile",
                "verbose_name_plural": "company profiles",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner"), name="profile_one_each"),
                    prm.db.constraints.RowSecurity(name="partners_partnerprofile_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_partnerprofile_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_partnerprofile_partner_fk"),
                ],
            },
        ),
    ]
