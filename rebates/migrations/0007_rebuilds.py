import django.contrib.postgres.fields
import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rebates", "0006_amendments_and_minimum"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done")],
                        default="running",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("requested_by_label", models.CharField(editable=False, max_length=254)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("corrected", models.PositiveIntegerField(default=0)),
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
                "verbose_name": "rebuild",
                "verbose_name_plural": "rebuilds",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "running")), fields=("tenant",), name="rebuild_one_running"
                    ),
                    prm.db.constraints.RowSecurity(name="rebates_rebuild_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_rebuild_tenant_pk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RebuildPart",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("program_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("first_partner", models.UUIDField(null=True)),
                ("last_partner", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("changed", models.PositiveIntegerField(default=0)),
                (
                    "rebuild",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="rebates.rebuild"
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
                "verbose_name": "part of a rebuild",
                "verbose_name_plural": "parts of a rebuild",
                "constraints": [
                    prm.db.constraints.RowSecurity(name="rebates_rebuildpart_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_rebuildpart_tenant_pk"),
                    prm.db.constraints.TenantReference(field="rebuild", name="rebates_rebuildpart_rebuild_fk"),
                ],
            },
        ),
    ]
