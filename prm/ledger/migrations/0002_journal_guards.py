"""What must hold for the journal, enforced for every role: balance, seal, no change of history."""

from django.db import migrations

GUARDS = """
-- The top-level transaction that wrote the journal (a row's xmin would be that of a savepoint).
ALTER TABLE ledger_journal ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION ledger_journal_written_in() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    NEW.written_in := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_journal_written_in BEFORE INSERT ON ledger_journal
    FOR EACH ROW EXECUTE FUNCTION ledger_journal_written_in();

-- Entries of a journal come in one statement; the transition table lets one trigger call judge all of them.
CREATE FUNCTION ledger_entries_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM added GROUP BY journal_id, currency HAVING sum(debit) <> sum(credit)) THEN
        RAISE EXCEPTION 'journal does not balance' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- A committed journal is sealed: even a balanced pair may not be added to it later.
    IF EXISTS (SELECT FROM added JOIN ledger_journal j ON j.id = added.journal_id
               WHERE j.written_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'journal is sealed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entries_check AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_check();

CREATE FUNCTION ledger_is_history() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_journal_is_history BEFORE UPDATE OR DELETE ON ledger_journal
    FOR EACH ROW EXECUTE FUNCTION ledger_is_history();
CREATE TRIGGER ledger_entry_is_history BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_history();
"""

UNGUARD = """
DROP TRIGGER ledger_entry_is_history ON ledger_entry;
DROP TRIGGER ledger_journal_is_history ON ledger_journal;
DROP TRIGGER ledger_entries_check ON ledger_entry;
DROP FUNCTION ledger_is_history();
DROP FUNCTION ledger_entries_check();
DROP TRIGGER ledger_journal_written_in ON ledger_journal;
DROP FUNCTION ledger_journal_written_in();
ALTER TABLE ledger_journal DROP COLUMN written_in;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, UNGUARD)]
