"""The team: many invitations at once, people who change the company."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import MEMBERSHIP, OF_PARTNER, TEAM
from tests.contracts.matrix.row import Row, member

ROWS: dict[str, Row | list[Row]] = {
    "shared:team_invite_many": member(*TEAM),
    "shared:member_move": member(Right.TEAM_MANAGE, ids=MEMBERSHIP, make={"membership_id": OF_PARTNER}),
}
