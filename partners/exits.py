"""What has to be in order before a partner is gone: checks that each app registers in its `exit_checks.py`.

    register(ExitCheck("rebates.disputes", 30, _("Open disputes"), blocks=True, count=open_disputes,
                       link="/m/disputes/?partner=%(partner_id)s"))

`count` gives how many things are left for a partner; a check is clear at 0. What `blocks` must be clear, or waived by
a second person, before the exit can be finished; the others only tell what the end will take away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from prm.errors import Text


@dataclass(frozen=True, slots=True)
class ExitCheck:
    code: str
    order: int
    name: Text
    blocks: bool
    count: Callable[[UUID], int]
    link: str = ""
    hint: Text = ""

    def address(self, partner_id: UUID) -> str:
        return self.link % {"partner_id": partner_id} if self.link else ""


_checks: dict[str, ExitCheck] = {}


def register(*checks: ExitCheck) -> None:
    """Add checks; one of a code that is there already takes its place."""
    _checks.update({check.code: check for check in checks})


def checks() -> list[ExitCheck]:
    return sorted(_checks.values(), key=lambda check: (check.order, check.code))


def blockers(partner_id: UUID) -> list[ExitCheck]:
    """The blocking checks that are not clear."""
    return [check for check in checks() if check.blocks and check.count(partner_id)]
