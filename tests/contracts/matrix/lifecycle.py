"""Pages and operations of a partner's life: its page from every side, directory, suspension, renewal, exit."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER
from tests.contracts.matrix.row import Row, member

ROWS: dict[str, Row | list[Row]] = {
    "manager:partner_timeline": member(Right.PARTNERS_VIEW, ids=PARTNER),
}
