"""An accrual of a closed period is history, for every role. A removed sale line takes its exceptions along."""

from django.db import migrations

GUARD = """
CREATE FUNCTION rebates_closed_accrual_is_history() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    kept rebates_accrual%ROWTYPE;
BEGIN
    kept := CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
    IF EXISTS (SELECT FROM rebates_period p WHERE p.tenant_id = kept.tenant_id AND p.kind = kept.period_kind
                 AND p.key = kept.period_key AND p.status = 'closed') THEN
        RAISE EXCEPTION 'the accruals of a closed period never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER rebates_closed_accrual_is_history BEFORE INSERT OR UPDATE OR DELETE ON rebates_accrual
    FOR EACH ROW EXECUTE FUNCTION rebates_closed_accrual_is_history();

ALTER TABLE rebates_saleexception DROP CONSTRAINT rebates_saleexception_sale_line_fk;
ALTER TABLE rebates_saleexception ADD CONSTRAINT rebates_saleexception_sale_line_fk
    FOREIGN KEY (tenant_id, sale_line_id) REFERENCES commerce_saleline (tenant_id, id) ON DELETE CASCADE;
"""

UNGUARD = """
ALTER TABLE rebates_saleexception DROP CONSTRAINT rebates_saleexception_sale_line_fk;
ALTER TABLE rebates_saleexception ADD CONSTRAINT rebates_saleexception_sale_line_fk
    FOREIGN KEY (tenant_id, sale_line_id) REFERENCES commerce_saleline (tenant_id, id);
DROP TRIGGER rebates_closed_accrual_is_history ON rebates_accrual;
DROP FUNCTION rebates_closed_accrual_is_history();
"""


class Migration(migrations.Migration):
    dependencies = [("rebates", "0003_exports_and_pages")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
