"""Since when and until when a person's certificate counts for a partner, as SQL: one truth for all who count people.

A certificate counts from its issue to its last day or the day before it was revoked, for the partner where the person
works on that day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

NEVER = dt.date(9999, 12, 31)

COUNTED_SQL = """
    SELECT w.partner_id, w.person_id, c.id AS certificate_id, n.code,
           GREATEST(w.valid_from, c.issued_on) AS starts,
           LEAST(w.ends, COALESCE(c.expires_on, DATE '9999-12-31'),
                 COALESCE(c.revoked_on - 1, DATE '9999-12-31')) AS ends
    FROM (
        SELECT p.*, COALESCE(lead(p.valid_from) OVER (PARTITION BY p.person_id ORDER BY p.valid_from) - 1,
                             DATE '9999-12-31') AS ends
        FROM partners_workplace p
        WHERE p.person_id IN (SELECT q.person_id FROM partners_workplace q WHERE {partners})
    ) w
    JOIN partners_certificate c ON c.person_id = w.person_id
    JOIN partners_certification n ON n.id = c.certification_id
    WHERE w.partner_id IS NOT NULL
      AND GREATEST(w.valid_from, c.issued_on)
          <= LEAST(w.ends, COALESCE(c.expires_on, DATE '9999-12-31'), COALESCE(c.revoked_on - 1, DATE '9999-12-31'))
"""
"""(partner_id, person_id, certificate_id, code, starts, ends), both days included; `partners` is a condition on q."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some days on which a certificate counts for a partner, both included."""

    person_id: UUID
    certificate_id: UUID
    code: str
    starts: dt.date
    ends: dt.date


def counted_spans(partner_ids: Collection[UUID] | None = None) -> dict[UUID, list[Span]]:
    """By partner; of these, or of all."""
    where, params = "TRUE", dict[str, Any]()
    if partner_ids is not None:
        where, params = "q.partner_id = ANY(%(partners)s::uuid[])", {"partners": [str(one) for one in partner_ids]}
    found: dict[UUID, list[Span]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED_SQL.format(partners=where), params)
        for partner_id, *span in cursor.fetchall():
            if partner_ids is None or partner_id in partner_ids:
                found[partner_id].append(Span(*span))
    return found


def counts_on(day: dt.date, spans: Iterable[Span]) -> Mapping[str, int]:
    """People by certification on that day; under "" people with any."""
    people: dict[str, set[UUID]] = defaultdict(set)
    for span in spans:
        if span.starts <= day <= span.ends:
            people[span.code].add(span.person_id)
            people[""].add(span.person_id)
    return {code: len(ids) for code, ids in people.items()}
