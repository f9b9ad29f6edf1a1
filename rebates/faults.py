"""What is wrong with a program document, in the reader's language. The engine gives codes and paths only."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebates.engine.reading import Fault

_TYPES: dict[str, Promise] = {
    "object": _("an object"),
    "list": _("a list"),
    "text": _("a text"),
    "number": _("a number"),
    "whole number": _("a whole number"),
    "boolean": _("true or false"),
    "[low, high]": _("a list of two numbers, the lower one first"),
}

_MESSAGES: dict[str, Promise] = {
    "not_utf8": _("The file is not UTF-8 text."),
    "not_json": _("This is not JSON: line %(line)s, column %(column)s."),
    "too_deep": _("Nested too deeply: at most %(maximum)s levels."),
    "duplicate_key": _("This key is given twice."),
    "unknown_key": _("This key is unknown here."),
    "missing_key": _("This key is missing."),
    "expected": _("Expected %(type)s."),
    "too_few": _("At least %(minimum)s needed."),
    "too_many": _("Too many: at most %(maximum)s."),
    "too_long": _("Too long: at most %(maximum)s characters."),
    "bad_text": _("This text has blanks around it or characters that can't be stored."),
    "empty_text": _("This text is empty."),
    "not_a_plain_number": _("Not a plain decimal number such as 1250.50, or with too many digits."),
    "negative": _("This must not be negative."),
    "not_a_date": _("Not a date such as 2014-06-30."),
    "unknown_value": _("Unknown value. Possible: %(options)s."),
    "unknown_field": _("There is no field “%(field)s”."),
    "unknown_op": _("Unknown operator. Possible: %(options)s."),
    "op_not_for_field": _("This operator does not go with “%(field)s”. Possible: %(options)s."),
    "low_above_high": _("The lower value comes first."),
    "unknown_currency": _("“%(currency)s” is no ISO 4217 currency."),
    "bands_not_sorted": _("Bands are sorted by “from”, each higher than the one before."),
    "ends_before_it_starts": _("The last day is before the first."),
    "duplicate_code": _("The code “%(code)s” is given twice."),
    "group_rules_differ": _("Programs of the group “%(group)s” must name the same rule, here “%(rule)s”."),
    "group_periods_differ": _("Programs of the group “%(group)s” must name the same period, here “%(period)s”."),
    "group_returns_differ": _("Programs of the group “%(group)s” must name the same returns, here “%(returns)s”."),
    "not_year_to_date": _("“%(what)s” can't be accumulated over the year."),
    "not_beside": _("This does not go together with “%(other)s”."),
    "curve_not_sorted": _("Points are sorted by “attainment”, each higher than the one before."),
    "out_of_range": _("Between %(low)s and %(high)s."),
}


def fault_message(fault: Fault) -> str:
    """The text of a fault, without its path, in the active language."""
    params: dict[str, Any] = dict(fault.params)
    if fault.code == "expected":
        params["type"] = _TYPES[params["type"]]
    return str(_MESSAGES[fault.code]) % params


def fault_line(fault: Fault) -> str:
    """Path and text in one line."""
    return f"{fault.path}: {fault_message(fault)}"
