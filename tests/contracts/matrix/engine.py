"""What workers carry out for finance, and the facts that programs ask for."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import BANK_RESULT
from tests.contracts.matrix.row import Row, api, member

CLOSE_RUN = {"run_id": "rebates.CloseRun"}

ROWS: dict[str, Row | list[Row]] = {
    "finance:closing": member(Right.STATEMENTS_VIEW, ids=CLOSE_RUN),
    "finance:bank_result_applying": member(Right.SETTLEMENTS_PAY, code=204, ids=BANK_RESULT),
    "api:closes": api(Right.STATEMENTS_VIEW),
    "api:close": api(Right.STATEMENTS_VIEW, ids=CLOSE_RUN),
}
