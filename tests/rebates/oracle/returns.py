"""Returns: which ones name no sale, and what each policy makes of the others."""

from __future__ import annotations

from tests.rebates.oracle.facts import Facts, Sale
from tests.rebates.oracle.program import Program


def orphan_reason(facts: Facts, sale: Sale) -> str:
    """Why a return counts nowhere; empty when it names a sale of the same partner and product."""
    named = sale.cells.get("reverses")
    if not named:
        return "return_without_original"
    original = facts.sales.get(named)
    if original is None:
        return "return_of_unknown_line"
    if original.is_return:
        return "return_of_a_return"
    if (original.partner, original.sku) != (sale.partner, sale.sku):
        return "return_of_another_partners_or_products_line"
    return ""


def orphans(facts: Facts) -> dict[str, str]:
    """External id of each return that counts in no program, and why."""
    reasons = {name: orphan_reason(facts, sale) for name, sale in facts.sales.items() if sale.is_return}
    return {name: reason for name, reason in reasons.items() if reason}


def original_of(facts: Facts, sale: Sale) -> Sale:
    """The line that a return takes back; a sale is its own."""
    return facts.sales[sale.cells["reverses"]] if sale.is_return else sale


def seen_as(facts: Facts, program: Program, sale: Sale) -> Sale:
    """The line whose day, partner and fields are looked at for this one."""
    return sale if program.returns == "forward" else original_of(facts, sale)
