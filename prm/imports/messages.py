"""The reasons for which rows are refused, in the reader's language. Codes are stored, texts are made when read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.errors import Text

MESSAGES: dict[str, Text] = {
    "required": _("The value is missing."),
    "too_long": _("The text is longer than %(max)s characters."),
    "not_a_number": _("“%(value)s” is not a number such as 1234.50."),
    "grouped_number": _(
        "“%(value)s” cannot be read: write 1234.50, without thousands separators and with a decimal point."
    ),
    "too_many_digits": _("The number is too long: at most %(digits)s digits before and %(decimals)s after the point."),
    "positive": _("“%(value)s” is not above zero."),
    "not_negative": _("“%(value)s” is below zero."),
    "not_whole": _("“%(value)s” is not a whole number of at most nine digits."),
    "not_a_date": _("“%(value)s” is not a date such as 2026-01-31."),
    "future_day": _("%(value)s is in the future."),
    "no_such_day": _("There is no such day: %(value)s."),
    "unknown_currency": _("“%(value)s” is not an ISO 4217 currency code such as CNY."),
    "unknown_country": _("“%(value)s” is not an ISO 3166 country code such as CN."),
    "unknown_partner": _("There is no partner with the code “%(value)s”."),
    "unknown_certification": _("There is no certification with the code “%(value)s”."),
    "not_an_email": _("“%(value)s” is not an e-mail address."),
    "counted_elsewhere": _("This person is counted for the partner “%(value)s”. Move the person first."),
    "in_future": _("This day is still to come."),
    "ends_before_start": _("It ends before it begins."),
    "unknown_product": _("There is no product with the SKU “%(value)s”."),
    "not_a_period": _("“%(value)s” is not a period such as 2026-06, 2026-Q2, 2026-H1 or 2026."),
    "unknown_program": _("There is no program with the code “%(value)s”."),
    "unknown_metric": _("“%(value)s” is no metric that takes imported figures."),
    "another_period_kind": _("The program does not count by periods such as “%(value)s”."),
    "same_currency": _("The two currencies are the same."),
    "too_many_tags": _("There are more than %(count)s tags, or one is longer than %(max)s characters."),
    "contradicts_row": _("This contradicts row %(row)s, which was taken."),
    "differs": _("This exists already with other content."),
    "wrong_width": _("The row has %(found)s cells, the header %(expected)s."),
    "cell_too_long": _("A cell has %(length)s characters, more than any value can have."),
    "null_character": _("A cell contains a NUL character."),
    "quotes": _("A quotation mark is not closed, or stands inside a quoted cell."),
}


def reason(code: str, params: Mapping[str, Any]) -> str:
    """The message of a row error. An unknown code of an older version is shown as it is."""
    text = MESSAGES.get(code)
    return code if text is None else str(text) % params
