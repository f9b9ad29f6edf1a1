"""Old messages are history that nobody reads. The app may delete none, so a function of the worker role does it, for
all vendors; it refuses to forget anything younger than a month, whoever asks."""

from django.db import migrations

CREATE = """
CREATE FUNCTION prm_secure.outbox_prune(keep_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before timestamptz := now() - make_interval(days => keep_days);
    pruned bigint;
BEGIN
    IF keep_days IS NULL OR keep_days < 30 THEN
        RAISE EXCEPTION 'messages are kept for at least 30 days';
    END IF;
    DELETE FROM outbox_delivery d USING outbox_message m
    WHERE m.id = d.message_id AND m.created_at < before AND d.done_at < before;
    DELETE FROM outbox_message m
    WHERE m.created_at < before AND NOT EXISTS (SELECT FROM outbox_delivery d WHERE d.message_id = m.id);
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN pruned;
END $$;
ALTER FUNCTION prm_secure.outbox_prune(integer) OWNER TO prm_worker;
REVOKE ALL ON FUNCTION prm_secure.outbox_prune(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prm_secure.outbox_prune(integer) TO prm_app;
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_worker_may_prune")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION prm_secure.outbox_prune(integer)")]
