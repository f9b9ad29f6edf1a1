"""Rows of leakage reports name partner and program instead of referring to them."""

import django.db.models.deletion
from django.db import migrations, models

import prm.db.constraints
import prm.db.models

NAMES = """
    UPDATE rebates_leakagerow r
    SET partner_code = p.code, partner_name = p.name, program_code = g.code
    FROM partners_partner p, rebates_program g
    WHERE p.id = r.partner_id AND g.id = r.program_id
"""


def names_copy(apps, schema_editor):
    tenants = apps.get_model("tenancy", "Tenant").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        # Row security holds for the owner of the tables too: each vendor's rows are seen as that vendor.
        for pk in tenants.values_list("pk", flat=True):
            cursor.execute("SELECT set_config('prm.tenant', %s, true)", [str(pk)])
            cursor.execute(NAMES)
        cursor.execute("SELECT set_config('prm.tenant', '', true)")


def unindexed(to):
    return prm.db.models.TenantForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


def text(name, length):
    return models.CharField(default="", max_length=length, verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("rebates", "0015_apply_runs"), ("tenancy", "0002_workday_calendar")]

    operations = [
        migrations.AddField("leakagerow", "partner_code", text("partner code", 64), preserve_default=False),
        migrations.AddField("leakagerow", "partner_name", text("partner", 200), preserve_default=False),
        migrations.AddField("leakagerow", "program_code", text("program code", 64), preserve_default=False),
        migrations.RunPython(names_copy, migrations.RunPython.noop),
        migrations.RemoveConstraint("leakagerow", "rebates_leakagerow_partner_fk"),
        migrations.RemoveConstraint("leakagerow", "rebates_leakagerow_program_fk"),
        migrations.AlterField("leakagerow", "partner", unindexed("partners.partner")),
        migrations.AlterField("leakagerow", "program", unindexed("rebates.program")),
        # The columns stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("leakagerow", "partner"),
                migrations.RemoveField("leakagerow", "program"),
                migrations.AddField("leakagerow", "partner_id", models.UUIDField(editable=False)),
                migrations.AddField("leakagerow", "program_id", models.UUIDField(editable=False)),
            ]
        ),
        migrations.AlterField(
            "leakagerow",
            "run",
            prm.db.models.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="rebates.leakagerun"
            ),
        ),
        migrations.RemoveConstraint("leakagerow", "rebates_leakagerow_rls"),
        migrations.AddConstraint(
            "leakagerow", prm.db.constraints.RowSecurity(name="rebates_leakagerow_rls", revoke=("UPDATE",))
        ),
    ]
