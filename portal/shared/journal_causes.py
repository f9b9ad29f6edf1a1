"""What made the books move, in words, and the page where it can be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.selectors import import_list

CAUSES: Mapping[str, object] = {
    "imports.import": _("An import"),
    "commerce.saleline": _("Sale lines recorded one by one"),
    "commerce.exchangerate": _("An exchange rate"),
    "commerce.product": _("A change of products"),
    "partners.partner": _("A change of the partner"),
    "partners.tierchange": _("A change of tier"),
    "commerce.overdue": _("Receivables overdue"),
    "rebates.program": _("The end of a program"),
    "rebates.programversion": _("A published version"),
    "rebates.period": _("The close of a period"),
    "rebates.settlement": _("A settlement that was paid"),
    "rebates.payment": _("A payment"),
    "rebates.dispute": _("A decided dispute"),
    "rebates.reconciliation": _("The nightly reconciliation"),
    "rebates.rebuild": _("A rebuild"),
    "rebates.recalculation": _("A recalculation"),
    "rebates.minimum": _("Below the minimum payout"),
    "rebates.exit_reserve": _("A reserve for returns"),
    "rebates.target": _("A change of targets"),
}
JOURNALS: Mapping[str, object] = {
    "rebates.accrual": _("Accrual"),
    "rebates.dispute": _("Adjustment"),
    "rebates.close": _("Close"),
    "rebates.payment": _("Payment"),
    "rebates.payment_reversal": _("Payment came back"),
    "rebates.minimum": _("Carried over or forfeited"),
    "rebates.exit_reserve": _("Held back, and given back later"),
}
PAGES: Mapping[str, str] = {
    "imports.import": "import", "rebates.program": "program", "rebates.payment": "payment",
    "rebates.settlement": "settlement", "rebates.dispute": "dispute",
}  # fmt: skip
OF_FINANCE = ("rebates.payment", "rebates.settlement")
"""Causes whose pages the manager does not have."""


def causes_told(actor: Actor, journals: Iterable[dict[str, Any]], surface: str = "finance") -> list[dict[str, Any]]:
    """The journals with `label`, `cause` and `url`, which is empty where the surface has no page of it."""
    rows = list(journals)
    kept = _imports_kept(actor, rows)
    return [
        row | {
            "label": JOURNALS.get(row["kind"], row["kind"]),
            "cause": CAUSES.get(row["cause_type"], row["cause_type"]),
            "url": _url(surface, row["cause_type"], row["cause_id"], kept),
        }
        for row in rows
    ]  # fmt: skip


def _imports_kept(actor: Actor, rows: list[dict[str, Any]]) -> set[str]:
    """The imports of which there is a record that the reader may open; commands leave none."""
    if not actor.can(Right.IMPORTS_RUN):
        return set()
    wanted = {row["cause_id"] for row in rows if row["cause_type"] == "imports.import" and _is_id(row["cause_id"])}
    return {str(key) for key in import_list(actor).filter(pk__in=wanted).values_list("pk", flat=True)}


def _url(surface: str, cause_type: str, cause_id: str, imports: set[str]) -> str:
    if cause_type == "commerce.saleline":
        since, _sep, until = cause_id.partition("/")
        return f"{reverse(f'{surface}:sales')}?since={since}&until={until}"
    name = "" if surface != "finance" and cause_type in OF_FINANCE else PAGES.get(cause_type)
    if not name or not _is_id(cause_id) or (cause_type == "imports.import" and cause_id not in imports):
        return ""
    return reverse(f"{surface}:{name}", args=[cause_id])


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
