"""Partners as a result that is kept names them: as they were called when it was worked out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from partners.models import Partner


@dataclass(frozen=True, slots=True)
class Who:
    id: UUID
    code: str
    name: str


class Partners:
    """Names by id."""

    def __init__(self, ids: Collection[UUID]) -> None:
        rows = Partner.objects.filter(pk__in=ids).values_list("pk", "code", "name")
        self._found = {row[0]: Who(*row) for row in rows}

    def __getitem__(self, partner_id: UUID) -> Who:
        return self._found[partner_id]
