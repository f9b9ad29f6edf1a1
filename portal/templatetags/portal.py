"""Tags of the vendor's pages: addresses of the present surface and sortable column heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.shared import wording
from portal.shared.audit_text import reason_of
from portal.shared.listing import Sort
from portal.shared.program_text import amount_text
from portal.shared.program_view import band_text
from portal.shared.program_words import kind_name as _kind_name
from portal.shared.unpaid import UnpaidRow
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import plain
from prm.web import icons, text
from rebates import causes
from rebates.engine.program import Program
from rebates.selectors.programs import program_name as _name

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: Context, name: str, *args: Any) -> str:
    """The address of a page of this surface: `{% here "partner" partner.pk %}`."""
    return reverse(f"{context['surface']}:{name}", args=args)


@register.simple_tag(takes_context=True)
def th(context: Context, key: str, label: str, css: str = "") -> SafeString:
    """A column head that sorts. The list's `sort` is in the context; a new order starts at the first page."""
    sort: Sort = context["sort"]
    query = context["request"].GET.copy()
    query.pop("page", None)
    query.pop("after", None)
    query["sort"] = sort.next_for(key)
    active = sort.key == key
    arrow = icons.icon("arrow-down" if sort.descending else "arrow-up") if active else ""
    said = (' aria-sort="descending"' if sort.descending else ' aria-sort="ascending"') if active else ""
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}{}</a></th>',
        SafeString(said), format_html(' class="{}"', css) if css else "", query.urlencode(), label, arrow,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: object) -> str:
    """The query string of this page with parameters changed; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def money_exact(amount: Decimal | None, currency: str) -> str:
    """An amount with every digit it has, at least those of the currency: a unit cost of 0.0042 is not 0.00."""
    return text.DASH if amount is None else amount_text(amount, currency)


@register.simple_tag
def difference(before: Decimal, after: Decimal) -> Decimal:
    return after - before


@register.simple_tag
def plain_number(value: Decimal | None) -> str:
    """A number with the digits it has, without trailing zeros."""
    return text.DASH if value is None else text.number(Decimal(plain(value)))


@register.simple_tag
def measured(value: Decimal | None, definition: Mapping[str, Any]) -> str:
    """What a program counted: an amount in its currency, or a quantity."""
    if value is None:
        return text.DASH
    if definition.get("measure") == "quantity":
        return text.number(Decimal(plain(value)))
    return text.money(value, definition["currency"])


@register.simple_tag
def counted(value: Decimal, rules: Program) -> str:
    """What a program that is not saved yet would count: an amount in its currency, or a quantity."""
    return measured(value, {"measure": rules.measure, "currency": rules.currency})


@register.simple_tag
def band_name(rules: Program, index: int) -> str:
    """A band by what it pays; -1 is below the first."""
    return band_text(rules, index)


@register.filter
def program_name(version: Any) -> str:
    """The program's name in the reader's language; its code where it has none."""
    return _name(version, get_language() or "en")


@register.filter
def calculation_name(version: Any) -> str:
    """What a version's calculation is called: Growth, Milestones."""
    return _kind_name(version.definition["calculation"]["type"])


@register.filter
def reason_text(reason: str) -> str:
    """A reason of the engine as a sentence."""
    return wording.reason_text(reason)


@register.filter
def action_name(action: str) -> str:
    return wording.action_name(action)


@register.filter
def action_icon(action: str) -> str:
    return wording.action_icon(action)


@register.filter
def acted_by(entry: Any) -> str:
    """Who did what an audit entry tells; names of background work say nothing to its readers."""
    return _("Automatically") if entry.actor_kind == "system" else str(entry.actor_label)


@register.filter
def reason_told(entry: Any) -> str:
    """The free text of an entry of the audit trail; a code, such as a file format, by its label."""
    return reason_of(entry)


@register.filter
def thing_name(target_type: str) -> str:
    return wording.thing_name(target_type)


@register.filter
def may(actor: Actor, right: str) -> bool:
    """Whether the reader has a right: `{% if request.actor|may:"imports.run" %}`."""
    return actor.can(Right(right))


@register.simple_tag
def share_of(part: Decimal | None, whole: Decimal | None) -> str:
    """`part` of `whole` in per cent; a dash where there is no whole."""
    return text.percent(part / whole, 2) if part is not None and whole else text.DASH


@register.simple_tag
def first_sum(totals: list[dict[str, Any]], key: str) -> str:
    """The largest of sums by currency, for a tile; 0 without any."""
    if not totals:
        return text.number(0)
    main = max(totals, key=lambda row: row["count"])
    return text.money_compact(main[key], main["currency"])


@register.simple_tag
def other_sums(totals: list[dict[str, Any]], key: str) -> str:
    """The sums that `first_sum` leaves out."""
    if len(totals) < 2:
        return ""
    main = max(totals, key=lambda row: row["count"])
    return ", ".join(text.money_compact(row[key], row["currency"]) for row in totals if row is not main)


@register.filter
def check_text(name: str) -> str:
    return wording.check_text(name)


@register.filter
def cause_text(adjustment: Any) -> str:
    """What made an adjustment."""
    return causes.cause_text(adjustment)


@register.filter
def of_others(rows: Iterable[UnpaidRow]) -> list[UnpaidRow]:
    """The programs that are for partners of another kind."""
    return [row for row in rows if row.is_of_others]


@register.filter
def kinds_name(kind: str) -> str:
    """`month` as Months."""
    return wording.kinds_name(kind)


@register.filter
def encoding_name(encoding: str) -> str:
    """A codec of Python as people write it: `utf-8-sig` is UTF-8."""
    return encoding.removesuffix("-sig").upper()


@register.filter
def attribute(thing: Any, name: str) -> Any:
    """`row|attribute:name` where the name is known at run time only."""
    return getattr(thing, name)
