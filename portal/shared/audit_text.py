"""What an entry of the audit trail keeps, as pairs of words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from partners.states.applications import RejectReason, WithdrawReason
from partners.states.bulk import BulkVerb
from partners.states.suspensions import SuspensionScope
from portal.shared.people_words import PEOPLE_CODES, PEOPLE_DIFFERENCES, PEOPLE_NAMES
from prm.errors import NotFound
from prm.exports.kinds import kind_named as export_kind
from prm.identity.rights import Role
from prm.imports.kinds import kind_named as import_kind
from prm.ledger.accounts import Account
from prm.web.text import number
from rebates.states import (
    BookAccount,
    DisputeReason,
    ExportFormat,
    PayoutForm,
    PeriodStatus,
    ProvisionMethod,
    StatementStatus,
)

NAMES: Mapping[str, object] = {
    **PEOPLE_NAMES,
    **dict(BookAccount.choices),
    "bank": _("Bank"),
    "account": _("Account"),
    "adjustments": _("Adjustments"),
    "amounts": _("Amounts"),
    "because": _("Reason"),
    "before": _("Before"),
    "check": _("Check"),
    "claimed": _("Claimed"),
    "code": _("Code"),
    "columns": _("Columns"),
    "count": _("Count"),
    "country": _("Country"),
    "days": _("Days"),
    "days_off": _("Days off"),
    "deleted": _("Results removed"),
    "due_on": _("Due"),
    "goal": _("Goal"),
    "metric": _("Figure"),
    "owner": _("Owner"),
    "target": _("Target"),
    "types": _("Partner types"),
    "title": _("Title"),
    "ambition": _("Ambition"),
    "value": _("Value"),
    "weight": _("Weight"),
    "year": _("Fiscal year"),
    "differences": _("Differences to the engine"),
    "dispute_days": _("Business days for a dispute"),
    "document": _("Document"),
    "email": _("E-mail"),
    "file": _("File"),
    "file_id": _("File"),
    "filters": _("Which rows"),
    "form": _("Payout form"),
    "format": _("Format"),
    "from_currency": _("From currency"),
    "held_lines": _("Lines under dispute"),
    "holder": _("Account holder"),
    "is_shared": _("For everybody"),
    "kind": _("Kind"),
    "last_day": _("Last day"),
    "legal_name": _("Legal name"),
    "method": _("Forecast"),
    "is_open": _("Takes applications"),
    "name": _("Name"),
    "opens": _("Office opens"),
    "closes": _("Office closes"),
    "other": _("Another company"),
    "reviewer": _("Reviewer"),
    "code_pattern": _("Codes of new partners"),
    "draft_days": _("Drafts expire after days"),
    "answer_days": _("Questions expire after days"),
    "erase_days": _("Personal data is erased after days"),
    "embed_origins": _("Sites that may embed the locator"),
    "locator_is_open": _("The partner locator is public"),
    "number": _("Number"),
    "periods": _("Periods"),
    "overdue": _("Overdue amount"),
    "pair": _("Currencies"),
    "partner": _("Partner code"),
    "period": _("Period"),
    "program": _("Program"),
    "provider": _("Signing service"),
    "rate": _("Rate"),
    "reason": _("Reason"),
    "refused": _("Refused"),
    "region": _("Region"),
    "reminder_days": _("Reminder, days before its end"),
    "review_days": _("Review window, days"),
    "role": _("Role"),
    "rows": _("Rows"),
    "scopes": _("Scopes"),
    "scope": _("Scope"),
    "search": _("Search"),
    "sha256": _("Checksum"),
    "since": _("From"),
    "size": _("Size"),
    "slug": _("subdomain"),
    "sku": _("SKU"),
    "changed": _("Changed"),
    "signer": _("Signer"),
    "stated": _("Stated"),
    "template": _("Template"),
    "statement": _("Statement"),
    "statements": _("Statements"),
    "status": _("State"),
    "tags": _("Tags"),
    "task": _("Follow-up"),
    "tier": _("Tier"),
    "to_currency": _("To currency"),
    "type": _("Type"),
    "unit_cost": _("Unit cost"),
    "until": _("Until"),
    "valid_from": _("Valid from"),
    "verb": _("Act"),
    "version": _("Version"),
    "written": _("Results written"),
}
# Where a name means something else. Transitions keep one free text, which is not always a reason.
RENAMED: Mapping[tuple[str, str], object] = {
    ("rebates.settlement.exported", "reason"): _("Format"),
    ("rebates.settlement.paid", "reason"): _("Payment reference"),
    ("rebates.payment.paid", "reason"): _("Payment reference"),
    ("rebates.bank_result.applied", "reason"): _("Checksum"),
    ("rebates.statement.paid", "reason"): _("Payment reference"),
    ("rebates.provision.rule_set", "rate"): _("Rate of its own"),
    ("partners.application.merged", "reason"): _("Put together with another"),
    ("partners.application.started", "form"): _("Form"),
    ("partners.application.erased", "rows"): _("Files removed"),
    ("partners.application.duplicate_merged", "other"): _("The same company"),
    ("partners.person.moved", "partner"): _("Partner"),
}
# Before and after, in a list of two.
DIFFERENCES = {"partners.partner.changed", "commerce.product.changed", *PEOPLE_DIFFERENCES}
AMOUNTS = {"stated", "claimed"}
FORMATS: Mapping[Any, Any] = dict(ExportFormat.choices)
CODES: Mapping[tuple[str, str], Mapping[Any, Any]] = {
    **PEOPLE_CODES,
    ("", "role"): dict(Role.choices),
    ("exports.export.requested", "account"): dict(Account.choices),
    ("exports.export.requested", "status"): {**dict(PeriodStatus.choices), **dict(StatementStatus.choices)},
    ("", "form"): dict(PayoutForm.choices),
    ("", "before"): dict(PayoutForm.choices),
    ("", "method"): {"": _("No forecast"), **dict(ProvisionMethod.choices)},
    ("", "because"): {"member deactivated": _("The member was deactivated")},
    ("", "scope"): dict(SuspensionScope.choices),
    ("", "verb"): dict(BulkVerb.choices),
    ("rebates.dispute.opened", "reason"): dict(DisputeReason.choices),
    ("partners.application.rejected", "reason"): dict(RejectReason.choices),
    ("partners.application.asked", "reason"): dict(RejectReason.choices),
    ("partners.application.withdrawn", "reason"): dict(WithdrawReason.choices),
    ("partners.application.expired", "reason"): {"draft": _("Draft"), "no_answer": _("No answer came")},
    ("partners.application.started", "form"): {},
}
YES, NO, NONE = _("yes"), _("no"), "—"


def details_of(entry: Any) -> list[tuple[str, str]]:
    """(name, value) of what the entry keeps; a change of state is one thing, told first and without a name."""
    data = dict(entry.data)
    told: list[tuple[str, str]] = []
    if {"from", "to"} <= data.keys():
        before, after = (_state(entry.target_type, data.pop(side)) for side in ("from", "to"))
        told.append(("", f"{before} → {after}"))
    return told + [
        (_name(entry.action, name), _value(entry.action, name, value))
        for name, value in data.items()
        if value not in ("", None) or name == "method"
    ]


def reason_of(entry: Any) -> str:
    """The one free text that a change of state keeps."""
    return _value(entry.action, "reason", entry.data.get("reason", ""))


def _state(target_type: str, state: Any) -> str:
    """The label of a state of this kind of thing; what is no state of it stays as it is."""
    try:
        field = apps.get_model(target_type)._meta.get_field("status")
    except (LookupError, ValueError, FieldDoesNotExist):
        return str(state)
    return str(dict(getattr(field, "flatchoices", ())).get(state, state))


def _name(action: str, name: str) -> str:
    return str(RENAMED.get((action, name)) or NAMES.get(name, name))


def _value(action: str, name: str, value: Any) -> str:
    """Codes by their labels, lists and pairs as words; texts that people wrote stay as they are."""
    if isinstance(value, bool):
        return str(YES if value else NO)
    if isinstance(value, str):
        return f"{value[:12]}…" if name == "sha256" else _label(action, name, value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_name(action, key)} {_value(action, key, one)}" for key, one in value.items())
    if action.startswith("exports.column_set.") and name == "columns":
        return str(len(value))
    if isinstance(value, list):
        texts = [_value(action, name, one) for one in value]
        is_change = action in DIFFERENCES and len(texts) == 2
        return f"{texts[0] or NONE} → {texts[1] or NONE}" if is_change else ", ".join(texts) or NONE
    return NONE if value is None else f"{value:n}" if isinstance(value, float) else str(value)


def _label(action: str, name: str, value: str) -> str:
    if name == "kind":
        return _kind_label(action, value)
    if name in AMOUNTS:
        return _amount(Decimal(value))
    if name == "format" or action == "rebates.settlement.exported":
        return str(FORMATS.get(value, value))
    return str(CODES.get((action, name), CODES.get(("", name), {})).get(value, value))


def _amount(value: Decimal) -> str:
    """Hundredths, and what a currency of finer coins has beyond them."""
    return number(value, max(2, -int(value.normalize().as_tuple().exponent)))


def _kind_label(action: str, value: str) -> str:
    named = export_kind if action.startswith("exports.") else import_kind
    try:
        return str(named(value).label)
    except NotFound:
        return value
