"""What workers carry out for finance, and the facts that programs ask for."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import BANK_RESULT
from tests.contracts.matrix.row import Row, api, member, post

CLOSE_RUN = {"run_id": "rebates.CloseRun"}

ROWS: dict[str, Row | list[Row]] = {
    "finance:closing": member(Right.STATEMENTS_VIEW, ids=CLOSE_RUN),
    "finance:overdue": member(Right.SALES_VIEW),
    "finance:overdue_new": member(Right.SALES_EDIT),
    "manager:overdue": member(Right.SALES_VIEW),
    "manager:overdue_new": member(Right.SALES_EDIT),
    "finance:lock": member(Right.STATEMENTS_VIEW),
    "finance:lock_set": member(Right.PERIODS_CLOSE),
    "finance:lock_decide": member(
        Right.STATEMENTS_APPROVE, method="POST", code=302, ids={"lock_id": "ledger.BookLock"}, values={"verb": "refuse"}
    ),
    "api:book-locks": [api(Right.STATEMENTS_VIEW), post(Right.PERIODS_CLOSE, code=422)],
    "api:book-lock-confirm": post(Right.STATEMENTS_APPROVE, code=409, ids={"lock_id": "ledger.BookLock"}),
    "api:book-lock-refuse": post(Right.STATEMENTS_APPROVE, code=409, ids={"lock_id": "ledger.BookLock"}),
    "finance:bank_result_applying": member(Right.SETTLEMENTS_PAY, code=204, ids=BANK_RESULT),
    "api:overdue-receivables": [api(Right.SALES_VIEW), post(Right.SALES_EDIT, code=422)],
    "api:closes": api(Right.STATEMENTS_VIEW),
    "api:close": api(Right.STATEMENTS_VIEW, ids=CLOSE_RUN),
}
