import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_search"),
        ("rebates", "0005_targets"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Forfeit",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("period_key", models.CharField(max_length=10, verbose_name="period")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=24, verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
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
                (
                    "version",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rebates.programversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "forfeited amount",
                "verbose_name_plural": "forfeited amounts",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "version", "partner", "period_key"), name="forfeit_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="forfeit_positive"),
                    prm.db.constraints.RowSecurity(name="rebates_forfeit_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_forfeit_tenant_pk"),
                    prm.db.constraints.TenantReference(field="version", name="rebates_forfeit_version_fk"),
                    prm.db.constraints.TenantReference(field="partner", name="rebates_forfeit_partner_fk"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="statementline",
            name="statementline_kind",
        ),
        migrations.AddField(
            model_name="programversion",
            name="published_by_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programversion",
            name="request_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="programversion",
            name="requested_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="requested"),
        ),
        migrations.AddField(
            model_name="programversion",
            name="requested_by_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="programversion",
            name="requested_by_label",
            field=models.CharField(blank=True, editable=False, max_length=254),
        ),
        migrations.AlterField(
            model_name="statementline",
            name="kind",
            field=models.CharField(
                choices=[("rebate", "Rebate"), ("adjustment", "Adjustment"), ("forfeit", "Forfeited")], max_length=12
            ),
        ),
        migrations.AddConstraint(
            model_name="programversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("requested_by_id__isnull", True),
                    ("published_by_id__isnull", True),
                    models.Q(("published_by_id", models.F("requested_by_id")), _negated=True),
                    _connector="OR",
                ),
                name="version_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adjustment__isnull", True), ("kind__in", ["rebate", "forfeit"])),
                    models.Q(("adjustment__isnull", False), ("kind", "adjustment")),
                    _connector="OR",
                ),
                name="statementline_kind",
            ),
        ),
    ]
