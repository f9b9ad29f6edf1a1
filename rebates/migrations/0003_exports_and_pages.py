import django.db.models.deletion
import prm.db.constraints
import prm.db.models
import prm.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0001_initial"),
        ("files", "0001_initial"),
        ("rebates", "0002_published_is_immutable"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SettlementExport",
            fields=[
                ("id", models.UUIDField(default=prm.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "format",
                    models.CharField(choices=[("xlsx", "Excel"), ("csv", "CSV")], max_length=4, verbose_name="format"),
                ),
                ("exported_by_label", models.CharField(max_length=254)),
                (
                    "file",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "settlement",
                    prm.db.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="rebates.settlement"
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
                "verbose_name": "settlement export",
                "verbose_name_plural": "settlement exports",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "settlement", "format"), name="settlementexport_once"),
                    prm.db.constraints.RowSecurity(name="rebates_settlementexport_rls", revoke=("UPDATE", "DELETE")),
                    models.UniqueConstraint(fields=("tenant", "id"), name="rebates_settlementexport_tenant_pk"),
                    prm.db.constraints.TenantReference(
                        field="settlement", name="rebates_settlementexport_settlement_fk"
                    ),
                    prm.db.constraints.TenantReference(field="file", name="rebates_settlementexport_file_fk"),
                ],
            },
        ),
        migrations.AlterField(
            model_name="statementsale",
            name="statement_line",
            field=prm.db.models.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales",
                to="rebates.statementline",
            ),
        ),
        migrations.AddIndex(
            model_name="statementsale",
            index=models.Index(fields=["tenant", "statement_line", "id"], name="statementsale_page"),
        ),
    ]
