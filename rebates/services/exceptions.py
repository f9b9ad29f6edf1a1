"""The exceptions list: sale lines that count nowhere until somebody resolves their fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from prm.db.scope import require_tenant_id
from rebates import fiscal
from rebates.models import ProgramVersion, SaleException
from rebates.recalculation import Looked
from rebates.sql import Evaluation, orphans
from rebates.states import VersionStatus

LineAndVersion = tuple[int, UUID | None]

# A restated return counts on the day of its original, so its exception belongs to that day.
OF_VERSIONS_SQL = """
    SELECT e.id, e.sale_line_id, e.version_id, e.reason
    FROM rebates_saleexception e
    JOIN unnest(%(versions)s::uuid[], %(lows)s::date[], %(highs)s::date[], %(restate)s::boolean[],
                %(everybody)s::boolean[])
         AS b(version_id, low, high, restate, everybody) ON b.version_id = e.version_id
    JOIN commerce_saleline s ON s.id = e.sale_line_id
    LEFT JOIN commerce_saleline o ON b.restate AND (s.quantity < 0 OR s.net_amount < 0)
         AND o.tenant_id = e.tenant_id AND o.external_id = s.reverses
    WHERE e.tenant_id = %(tenant)s AND COALESCE(o.sold_on, s.sold_on) BETWEEN b.low AND b.high
      AND (b.everybody OR %(partners)s::uuid[] IS NULL OR s.partner_id = ANY(%(partners)s::uuid[]))
"""
OF_LINES_SQL = """
    SELECT e.id, e.sale_line_id, e.version_id, e.reason
    FROM rebates_saleexception e JOIN commerce_saleline s ON s.id = e.sale_line_id
    WHERE e.tenant_id = %(tenant)s AND e.version_id IS NULL
      AND (%(partners)s::uuid[] IS NULL OR s.partner_id = ANY(%(partners)s::uuid[]))
"""


def exceptions_write(evaluation: Evaluation, looked: Looked, program_ids: Collection[UUID] | None) -> int:
    """Bring the list to what the evaluation found; returns how many rows came or went."""
    wanted: dict[LineAndVersion, str] = {
        (found.line_id, found.version_id): found.reason  # type: ignore[misc]
        for found in evaluation.exceptions()
    }
    if program_ids is None:
        wanted |= {(found.line_id, None): found.reason for found in orphans(partner_ids=looked.asked.partner_ids)}
    return _bring(wanted, _listed(looked, program_ids))


def orphans_write() -> int:
    """The same for the lines alone that count in no program."""
    with connection.cursor() as cursor:
        cursor.execute(OF_LINES_SQL, {"tenant": require_tenant_id(), "partners": None})
        listed = cursor.fetchall()
    return _bring({(found.line_id, None): found.reason for found in orphans()}, listed)


def _bring(wanted: dict[LineAndVersion, str], listed: Iterable[tuple[UUID, int, UUID | None, str]]) -> int:
    gone = []
    for row_id, line_id, version_id, reason in listed:
        if wanted.get((line_id, version_id)) == reason:
            del wanted[line_id, version_id]
        else:
            gone.append(row_id)
    SaleException.objects.filter(pk__in=gone).delete()
    SaleException.objects.bulk_create(
        [
            SaleException(sale_line_id=line_id, version_id=version_id, reason=reason)
            for (line_id, version_id), reason in sorted(wanted.items(), key=lambda item: item[0][0])
        ],
        batch_size=2000,
    )
    return len(gone) + len(wanted)


def _listed(looked: Looked, program_ids: Collection[UUID] | None) -> list[tuple[UUID, int, UUID | None, str]]:
    """The rows that the evaluation has just looked at anew."""
    bounds = _bounds(looked, program_ids)
    partners = looked.asked.partner_ids
    values = {
        "tenant": require_tenant_id(),
        "partners": None if partners is None else [str(partner_id) for partner_id in partners],
        "versions": [str(bound.version_id) for bound in bounds],
        "lows": [bound.low for bound in bounds],
        "highs": [bound.high for bound in bounds],
        "restate": [bound.restate for bound in bounds],
        "everybody": [bound.everybody for bound in bounds],
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_VERSIONS_SQL + (" UNION ALL " + OF_LINES_SQL if program_ids is None else ""), values)
        return cursor.fetchall()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Bound:
    """First and last day on which a version's exceptions were looked for; `everybody`: of all partners."""

    version_id: object
    low: dt.date
    high: dt.date
    restate: bool = False
    everybody: bool = False


def _bounds(looked: Looked, program_ids: Collection[UUID] | None) -> list[Bound]:
    """One for each version; all days of a version that governs none any more."""
    calendar, bounds = fiscal.calendar(), []
    for version_id, version in looked.versions.items():
        window, kind = looked.window(version_id), version.program.period
        if window.kind not in (None, kind):
            continue
        everybody, restate = window.partner_ids is None, version.program.returns == "restate"
        if window.since is None and window.until is None:
            # Baselines lie before the first day of the version.
            bounds.append(Bound(version_id, dt.date.min, dt.date.max, restate, everybody))
            continue
        first, last = max(window.first, version.valid_from or dt.date.min), window.last
        last = min(last, version.valid_to or dt.date.max)
        if first <= last:
            low, high = calendar.period(kind, first), calendar.period(kind, last)
            bounds.append(Bound(version_id, low.start, high.end, restate, everybody))
    if looked.asked.kind is not None:
        return bounds
    ended = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED)
    if program_ids is not None:
        ended = ended.filter(program_id__in=program_ids)
    gone = ended.exclude(pk__in=looked.versions).values_list("pk", flat=True)
    return [*bounds, *(Bound(version_id, dt.date.min, dt.date.max) for version_id in gone)]
