"""The switcher must list a user's memberships at every vendor, which row security hides. This function runs as the
worker role, whose policy shows it memberships (and no other table of a tenant), and answers for one user only."""

from django.db import migrations

CREATE = """
CREATE FUNCTION prm_secure.memberships_of(wanted uuid)
RETURNS TABLE (membership_id uuid, tenant_id uuid, slug text, tenant_name text, role text, partner_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT m.id, t.id, t.slug::text, t.name::text, m.role::text, m.partner_id
    FROM identity_membership m JOIN tenancy_tenant t ON t.id = m.tenant_id
    WHERE m.user_id = wanted AND m.is_active AND t.is_active
    ORDER BY t.name, m.role
$$;
GRANT SELECT ON tenancy_tenant TO prm_worker;
ALTER FUNCTION prm_secure.memberships_of(uuid) OWNER TO prm_worker;
REVOKE ALL ON FUNCTION prm_secure.memberships_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prm_secure.memberships_of(uuid) TO prm_app;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("tenancy", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION prm_secure.memberships_of(uuid)")]
