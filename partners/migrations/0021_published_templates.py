"""What was published stays as it was, whoever asks: agreements point at it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION partners_template_is_immutable() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'a published version of an agreement template never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER partners_template_is_immutable BEFORE UPDATE OR DELETE ON partners_agreementtemplateversion
    FOR EACH ROW EXECUTE FUNCTION partners_template_is_immutable();
"""

UNGUARD = """
DROP TRIGGER partners_template_is_immutable ON partners_agreementtemplateversion;
DROP FUNCTION partners_template_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0020_agreements")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
