"""Settlements from before there were payments get theirs: one in cash for each partner and currency, and their lines."""

from django.db import migrations

PAYMENTS = """
    INSERT INTO rebates_payment (id, tenant_id, created_at, number, settlement_id, partner_id, currency, form, gross,
        clawback, amount, status, attempt, beneficiary, document, confirmed_by_label, paid_on, reference, failure)
    SELECT uuidv7(), s.tenant_id, s.created_at, row_number() OVER (ORDER BY s.number, p.code, t.currency),
        s.id, p.id, t.currency, 'cash', coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0),
        coalesce(sum(l.amount) FILTER (WHERE l.amount < 0), 0), sum(l.amount), s.status, 1,
        coalesce(nullif(p.legal_name, ''), p.name), '', '', s.paid_on, s.payment_reference, ''
    FROM rebates_settlement s
    JOIN rebates_statement t ON t.settlement_id = s.id
    JOIN rebates_statementline l ON l.statement_id = t.id
    JOIN partners_partner p ON p.id = t.partner_id
    GROUP BY s.id, p.id, t.currency
"""
LINES = """
    INSERT INTO rebates_settlementline (id, tenant_id, created_at, settlement_id, payment_id, statement_line_id, amount)
    SELECT uuidv7(), l.tenant_id, p.created_at, p.settlement_id, p.id, l.id, l.amount
    FROM rebates_payment p
    JOIN rebates_statement t
        ON t.settlement_id = p.settlement_id AND t.partner_id = p.partner_id AND t.currency = p.currency
    JOIN rebates_statementline l ON l.statement_id = t.id
"""


def payments_make(apps, schema_editor):
    tenants = apps.get_model("tenancy", "Tenant").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        # Row security holds for the owner of the tables too: each vendor's rows are seen as that vendor.
        for pk in tenants.values_list("pk", flat=True):
            cursor.execute("SELECT set_config('prm.tenant', %s, true)", [str(pk)])
            cursor.execute(PAYMENTS)
            cursor.execute(LINES)
        cursor.execute("SELECT set_config('prm.tenant', '', true)")


class Migration(migrations.Migration):
    dependencies = [("rebates", "0007_payments"), ("tenancy", "0001_initial")]
    operations = [migrations.RunPython(payments_make, migrations.RunPython.noop)]
