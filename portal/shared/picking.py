"""Rows picked in a list by their checkboxes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from prm.errors import NotFound


def picked_ids(request: HttpRequest, name: str) -> list[UUID]:
    """The ids sent under `name`, each once. Raises `NotFound` for what is no id."""
    try:
        return [UUID(value) for value in dict.fromkeys(request.POST.getlist(name))]
    except ValueError:
        raise NotFound from None
