import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0052_scorecards"),
        ("tenancy", "0002_workday_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewPack",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("document", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("held_at", models.DateTimeField()),
                ("held_by_id", models.UUIDField(null=True)),
                ("held_by_label", models.CharField(max_length=254)),
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
                "verbose_name": "review pack",
                "verbose_name_plural": "review packs",
                "constraints": [
                    prm.db.constraints.RowSecurity(name="partners_reviewpack_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_reviewpack_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BusinessReview",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("period_key", models.CharField(max_length=10, verbose_name="quarter")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("meet_on", models.DateField(blank=True, null=True, verbose_name="meeting on")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("shared", "Shared"),
                            ("held", "Held"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("went_well", models.TextField(blank=True, verbose_name="what went well")),
                ("to_improve", models.TextField(blank=True, verbose_name="what to improve")),
                ("outlook", models.TextField(blank=True, verbose_name="outlook")),
                ("partner_words", models.TextField(blank=True, verbose_name="what the partner says")),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "partner",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="partners.partner"
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
                "verbose_name": "business review",
                "verbose_name_plural": "business reviews",
                "ordering": ["-starts_on", "partner__name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "cancelled"), _negated=True),
                        fields=("tenant", "partner", "period_key"),
                        name="businessreview_once_a_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "shared", "held", "cancelled"])),
                        name="businessreview_status_known",
                    ),
                    prm.db.constraints.RowSecurity(name="partners_businessreview_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="partners_businessreview_tenant_pk"),
                    prm.db.constraints.TenantReference(field="partner", name="partners_businessreview_partner_fk"),
                ],
            },
        ),
        migrations.AddField(
            model_name="jointaction",
            name="review",
            field=prm.db.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="actions",
                to="partners.businessreview",
            ),
        ),
        migrations.AddField(
            model_name="reviewpack",
            name="review",
            field=prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="packs", to="partners.businessreview"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpack",
            constraint=models.UniqueConstraint(fields=("tenant", "review"), name="reviewpack_once"),
        ),
        migrations.AddConstraint(
            model_name="jointaction",
            constraint=prm.db.constraints.TenantReference(field="review", name="partners_jointaction_review_fk"),
        ),
        migrations.AddConstraint(
            model_name="reviewpack",
            constraint=prm.db.constraints.TenantReference(field="review", name="partners_reviewpack_review_fk"),
        ),
    ]
