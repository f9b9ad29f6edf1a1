import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("legal_name", models.CharField(blank=True, max_length=300, verbose_name="legal name")),
                ("type", models.CharField(blank=True, max_length=100, verbose_name="type")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Z]{2}$", "A two-letter country code such as CN.")
                        ],
                        verbose_name="country",
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended"), ("ended", "Ended")],
                        default="active",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
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
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "code"), name="partner_code"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "suspended", "ended"])),
                        name="partner_status_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_partner_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_partner_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierChange",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tier", models.CharField(blank=True, max_length=100, verbose_name="tier")),
                ("valid_from", models.DateField(default=datetime.date(1, 1, 1), verbose_name="valid from")),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tier_changes", to="partners.partner"
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
                "verbose_name": "tier change",
                "verbose_name_plural": "tier changes",
                "ordering": ["valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner", "valid_from"), name="tierchange_once_a_day"),
                    prm.db.constraints.RowSecurity(name="partners_tierchange_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_tierchange_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_tierchange_partner_fk"),
                ],
            },
        ),
    ]
