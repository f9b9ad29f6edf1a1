"""Tags as rows, kept by triggers on the partners' arrays, so that a filter by tag can be answered by an index."""

from django.db import migrations

KEEP = """
CREATE FUNCTION partners_tags_new() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_partnertag (id, tenant_id, created_at, partner_id, tag)
    SELECT uuidv7(), n.tenant_id, now(), n.id, t.tag FROM new_rows n CROSS JOIN LATERAL unnest(n.tags) AS t(tag)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION partners_tags_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM partners_partnertag
    WHERE tenant_id = NEW.tenant_id AND partner_id = NEW.id AND tag <> ALL (NEW.tags);
    INSERT INTO partners_partnertag (id, tenant_id, created_at, partner_id, tag)
    SELECT uuidv7(), NEW.tenant_id, now(), NEW.id, t.tag FROM unnest(NEW.tags) AS t(tag)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER partners_tags_new AFTER INSERT ON partners_partner
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_tags_new();
CREATE TRIGGER partners_tags_changed AFTER UPDATE ON partners_partner
    FOR EACH ROW WHEN (OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION partners_tags_changed();

ALTER TABLE partners_partnertag DROP CONSTRAINT partners_partnertag_partner_fk;
ALTER TABLE partners_partnertag ADD CONSTRAINT partners_partnertag_partner_fk
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners_partner (tenant_id, id) ON DELETE CASCADE;
"""
LET_GO = """
ALTER TABLE partners_partnertag DROP CONSTRAINT partners_partnertag_partner_fk;
ALTER TABLE partners_partnertag ADD CONSTRAINT partners_partnertag_partner_fk
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners_partner (tenant_id, id);
DROP TRIGGER partners_tags_new ON partners_partner;
DROP TRIGGER partners_tags_changed ON partners_partner;
DROP FUNCTION partners_tags_new();
DROP FUNCTION partners_tags_changed();
"""
PRESENT = """
    INSERT INTO partners_partnertag (id, tenant_id, created_at, partner_id, tag)
    SELECT uuidv7(), p.tenant_id, now(), p.id, t.tag
    FROM partners_partner p CROSS JOIN LATERAL unnest(p.tags) AS t(tag) ON CONFLICT DO NOTHING
"""


def tags_copy(apps, schema_editor):
    tenants = apps.get_model("tenancy", "Tenant").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        # Row security holds for the owner of the tables too: each vendor's rows are seen as that vendor.
        for pk in tenants.values_list("pk", flat=True):
            cursor.execute("SELECT set_config('prm.tenant', %s, true)", [str(pk)])
            cursor.execute(PRESENT)
        cursor.execute("SELECT set_config('prm.tenant', '', true)")


class Migration(migrations.Migration):
    dependencies = [("partners", "0060_lifecycle"), ("tenancy", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO), migrations.RunPython(tags_copy, migrations.RunPython.noop)]
