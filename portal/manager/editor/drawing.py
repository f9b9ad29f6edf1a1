"""What the templates of the form need beside the editor: which fields show, which signs stand at them, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from rebates.selectors.programs import GroupMember

from . import labels
from .document import MEMBERS
from .editor import ProgramEditor
from .options import OptionSource, condition_fields

_ALWAYS_BESIDE = {"target": ("target_by",), "new_customer": ("customer_pays",), "milestone": ("cumulative",)}
_EXTRAS = (
    "mode", "cumulative", "baseline", "without_baseline", "target_by", "target_rate", "customer_pays",
    "customer_amount", "customer_rate", "window_days", "customer_cap", "first_order", "pay_on", "spiff_amount",
)  # fmt: skip
_OPTIONAL = ("customer_cap", "first_order")
_MONEY = ("customer_amount", "customer_cap", "first_order", "spiff_amount")
_SECTIONS = {
    "limits": ("cap_per_period", "cap_total", "minimum"),
    "stacking": ("group", "rule", "priority"),
    "fine": ("accumulate", "partner_as_of", "payout_form", "returns"),
}
_USUAL = ("", "stack", "period", "sale", "cash", "restate")


@dataclass(frozen=True, slots=True)
class Extra:
    """A field that some calculations ask. One that is not asked now is kept out of sight."""

    bound: BoundField
    shown: bool
    sign: str
    needed: bool
    """A calculation that asks it does not work without it."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of bands and the signs at their inputs."""

    start: str
    start_sign: str
    value: str
    value_sign: str
    measure_sign: str
    currency: str


def drawn(editor: ProgramEditor, source: OptionSource, groups: Mapping[str, Sequence[GroupMember]]) -> dict[str, Any]:
    """The context of the form."""
    own, group, extras = editor.raw("code"), editor.raw("group"), extras_of(editor)
    return {
        "editor": editor,
        "form": editor.form,
        "heads": heads_of(editor),
        "extras": extras,
        "has_extras": any(one.shown for one in extras),
        "families": labels.FAMILIES,
        "qualifier_kinds": labels.QUALIFIERS,
        "fields": condition_fields(),
        "scope": source.group(editor.scope, "scope", "scope"),
        "rates": source.rates(editor.rates),
        "qualifiers": source.qualifiers(editor.qualifiers),
        "groups": list(groups),
        "members": [one for one in groups.get(group, ()) if one.code != own],
        "opened": opened_of(editor),
    }


def heads_of(editor: ProgramEditor) -> Heads:
    currency, units = editor.raw("currency").upper(), editor.units
    counts = editor.measure == "quantity"
    measure_sign = "" if counts else currency
    if editor.kind == "growth":
        start = _("Growth from")
    elif editor.kind == "target":
        start = _("Attained from")
    else:
        start = _("From quantity") if counts else _("From amount")
    value = _("Rate in per cent") if units.percent else _("Fixed amount")
    if not units.percent and editor.kind != "milestone":
        value = _("Amount per unit")
    return Heads(
        start, "%" if units.share else measure_sign, value, "%" if units.percent else currency, measure_sign, currency
    )


def extras_of(editor: ProgramEditor) -> list[Extra]:
    shown = {member.field for member in MEMBERS.get(editor.variant, ())} | set(_ALWAYS_BESIDE.get(editor.kind, ()))
    currency = editor.raw("currency").upper()
    signs = dict.fromkeys(_MONEY, currency)
    signs |= dict.fromkeys(("target_rate", "customer_rate"), "%" if editor.measure != "quantity" else currency)
    return [
        Extra(editor.form[name], name in shown, signs.get(name, _sign(name)), name not in _OPTIONAL) for name in _EXTRAS
    ]


def _sign(name: str) -> str:
    return _("days") if name == "window_days" else ""


def opened_of(editor: ProgramEditor) -> dict[str, bool]:
    """Which of the further parts say something, or have something wrong: those stand open."""
    wrong = editor.form.errors if editor.form.is_bound else {}
    opened = {
        section: any(editor.raw(name) not in _USUAL or name in wrong for name in names)
        for section, names in _SECTIONS.items()
    }
    return opened | {"qualifiers": bool(editor.qualifiers or editor.errors.get("qualifiers"))}
