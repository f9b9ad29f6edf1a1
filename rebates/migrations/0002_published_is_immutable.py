"""A published program version is a promise: no role may change or delete it. Frozen shares are history too."""

from django.db import migrations

GUARD = """
CREATE FUNCTION rebates_published_is_immutable() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'a published program version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER rebates_published_is_immutable BEFORE UPDATE OR DELETE ON rebates_programversion
    FOR EACH ROW EXECUTE FUNCTION rebates_published_is_immutable();
"""

UNGUARD = """
DROP TRIGGER rebates_published_is_immutable ON rebates_programversion;
DROP FUNCTION rebates_published_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("rebates", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
