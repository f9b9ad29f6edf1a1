"""Lists: filters read from the address, sorting by named columns, pages, and pages by key for tables without end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50


class FilterForm(forms.Form):
    """Filters of a list. What cannot be read is left out: an old bookmark shows a list, not an error."""

    template_name = "portal/shared/_filters.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, item in self.fields.items():
            item.required = False
            item.widget.attrs["aria-label"] = str(item.label or name)
            if isinstance(item.widget, forms.TextInput):
                item.widget.attrs.setdefault("placeholder", str(item.label or name))

    @property
    def values(self) -> dict[str, Any]:
        """Every filter with its value, empty ones included."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def is_active(self) -> bool:
        return any(self.values.values())


def choices(label: object, values: Sequence[str] | Sequence[tuple[str, object]]) -> list[tuple[str, object]]:
    """Options of a filter, the first one for all."""
    return [("", label), *((value, value) if isinstance(value, str) else value for value in values)]


def select(label: object, every: object, values: Sequence[str] | Sequence[tuple[str, object]]) -> forms.ChoiceField:
    """A filter of choices; its first option stands for all, its label is for screen readers."""
    widget = forms.Select(attrs={"aria-label": label})
    options: Any = choices(every, values)
    return forms.ChoiceField(label=label, choices=options, required=False, widget=widget)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Sort:
    """The column a list is sorted by; `keys` are all that it may be sorted by."""

    key: str
    descending: bool
    keys: frozenset[str] = field(default_factory=frozenset)

    def next_for(self, key: str) -> str:
        """What the header of a column asks for: the other direction when it is sorted by already."""
        return f"-{key}" if key == self.key and not self.descending else key


def sort_of(request: HttpRequest, columns: Mapping[str, Sequence[str]], default: str) -> tuple[Sort, list[str]]:
    """The sort the address asks for and its order_by; `columns` maps names to fields, unknown names are the default."""
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in columns:
        asked = default
    key, descending = asked.removeprefix("-"), asked.startswith("-")
    order = [_turned(name) if descending else name for name in columns[key]]
    return Sort(key, descending, frozenset(columns)), order


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page the address asks for; the last one when it asks beyond the end."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


@dataclass(frozen=True, slots=True)
class KeyPage:
    """A page that knows only whether there is a next one: no count, no offset, as fast at the end as at the start."""

    rows: list[Any]
    after: str
    is_first: bool

    @property
    def has_next(self) -> bool:
        return bool(self.after)


def key_page(request: HttpRequest, rows: QuerySet[Any], *, size: int = PAGE_SIZE) -> KeyPage:
    """Rows from the newest id down; `after` in the address is the last id of the page before."""
    after = request.GET.get("after", "")
    later = rows.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 19 else rows
    found = list(later.order_by("-pk")[: size + 1])
    more = str(found[size - 1].pk) if len(found) > size else ""
    return KeyPage(found[:size], more, is_first=not after)
