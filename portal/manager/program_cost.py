"""What a program would have cost, as the editor and the page before publishing show it."""

from __future__ import annotations

from typing import Any

from prm.web.surfaces import PortalRequest
from rebates.engine.program import Program as Rules
from rebates.engine.reading import Fault
from rebates.faults import fault_message
from rebates.selectors.preview import program_cost


def cost_of(request: PortalRequest, rules: Rules) -> dict[str, Any]:
    """`cost` and `rules`, or the `cost_fault` for which they can't stand in their group."""
    try:
        return {"cost": program_cost(request.actor, rules), "rules": rules}
    except Fault as fault:
        return {"cost_fault": fault_message(fault)}
