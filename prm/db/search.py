"""Search in lists by code or name.

A tenant's few thousand rows are simply looked through for the text anywhere in the name. Above `CONTAINS_UP_TO` rows,
where that would be slow, the text must be how the code or the name begins, which an index answers.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Lower

from prm.db import lookups  # noqa: F401 (registers `prefix`)

CONTAINS_UP_TO = 20_000

M = TypeVar("M", bound=Model)


def search_rows(rows: QuerySet[M], text: str, *, code: str, folded: str) -> QuerySet[M]:
    """Rows whose `code` begins with the text or whose `folded` column (lower case) contains or begins with it."""
    text = text.strip().replace("\0", "")[:200]
    if not text:
        return rows
    by_code = Q((f"{code}__prefix", text)) | Q((f"{code}__prefix", text.upper()))
    lower = Lower(Value(text))
    few = rows.model._default_manager.order_by()[: CONTAINS_UP_TO + 1].count() <= CONTAINS_UP_TO
    if few:
        return rows.filter(by_code | Q((f"{folded}__contains", lower)) | Q((f"{code}__icontains", text)))
    return rows.filter(by_code | Q((f"{folded}__prefix", lower)))
