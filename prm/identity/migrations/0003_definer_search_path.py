"""A definer function must look for its tables in no schema that its caller can write to: unless it is named, the
temporary schema comes first, and the caller could put tables of the same names there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_memberships_of_user")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION prm_secure.memberships_of(uuid) SET search_path = pg_catalog, public, pg_temp",
            "ALTER FUNCTION prm_secure.memberships_of(uuid) SET search_path = public",
        )
    ]
