"""What an entry of the audit trail keeps, as pairs of words in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Role

NAMES: Mapping[str, object] = {
    "bank": _("Bank"),
    "because": _("Reason"),
    "before": _("Before"),
    "code": _("Code"),
    "columns": _("Columns"),
    "country": _("Country"),
    "document": _("Document"),
    "email": _("E-mail"),
    "file_id": _("File"),
    "filters": _("Which rows"),
    "form": _("Payout form"),
    "format": _("Format"),
    "from_currency": _("From currency"),
    "held_lines": _("Lines under dispute"),
    "holder": _("Account holder"),
    "is_shared": _("For everybody"),
    "kind": _("Kind"),
    "legal_name": _("Legal name"),
    "name": _("Name"),
    "number": _("Number"),
    "periods": _("Periods"),
    "rate": _("Rate"),
    "reason": _("Reason"),
    "refused": _("Refused"),
    "region": _("Region"),
    "role": _("Role"),
    "rows": _("Rows"),
    "scopes": _("Scopes"),
    "sha256": _("Checksum"),
    "slug": _("subdomain"),
    "statements": _("Statements"),
    "tags": _("Tags"),
    "tier": _("Tier"),
    "to_currency": _("To currency"),
    "type": _("Type"),
    "unit_cost": _("Unit cost"),
    "valid_from": _("Valid from"),
    "version": _("Version"),
}
# Transitions keep one free text; for these it is not a reason.
REASONS: Mapping[str, object] = {
    "rebates.settlement.exported": _("Format"),
    "rebates.settlement.paid": _("Payment reference"),
    "rebates.payment.paid": _("Payment reference"),
    "rebates.bank_result.applied": _("Checksum"),
    "rebates.statement.paid": _("Payment reference"),
}


def details_of(entry: Any) -> list[tuple[str, str]]:
    """(name, value) of what the entry keeps; a change of state is one thing, told first and without a name."""
    data = dict(entry.data)
    told: list[tuple[str, str]] = []
    if {"from", "to"} <= data.keys():
        before, after = (_state(entry.target_type, data.pop(side)) for side in ("from", "to"))
        told.append(("", f"{before} → {after}"))
    return told + [(_name(entry.action, name), _value(name, value)) for name, value in data.items()]


def _state(target_type: str, state: Any) -> str:
    """The label of a state of this kind of thing; what is no state of it stays as it is."""
    try:
        field = apps.get_model(target_type)._meta.get_field("status")
    except (LookupError, ValueError, FieldDoesNotExist):
        return str(state)
    return str(dict(getattr(field, "flatchoices", ())).get(state, state))


def _name(action: str, name: str) -> str:
    known = REASONS.get(action) if name == "reason" else None
    return str(known or NAMES.get(name, name))


def _value(name: str, value: Any) -> str:
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
