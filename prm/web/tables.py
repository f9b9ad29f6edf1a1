"""Columns that tables of several pages share."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

NUMBER = {part: {"class": "number"} for part in ("td", "th", "tf")}


class SelectColumn(tables.Column):
    """A box per row, named `name` with the value of the accessor, and one in the head that ticks them all.

    `describe` makes the row's name for screen readers from its record.
    """

    def __init__(self, name: str = "row", describe: Any = str, **options: Any) -> None:
        options.setdefault("accessor", "pk")
        options.setdefault("attrs", {"td": {"class": "card-select"}})
        super().__init__(orderable=False, **options)
        self._name, self._describe = name, describe

    @property
    def header(self) -> SafeString:
        return format_html('<input type="checkbox" data-select-all aria-label="{}">', _("Select all rows"))

    def render(self, value: Any, record: Any) -> SafeString:
        said = _("Select %(row)s") % {"row": self._describe(record)}
        return format_html(
            '<input type="checkbox" data-select name="{}" value="{}" aria-label="{}">', self._name, value, said
        )
