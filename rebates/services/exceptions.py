"""The exceptions list: sale lines that count nowhere until somebody resolves their fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection

from prm.db.scope import require_tenant_id
from rebates import fiscal
from rebates.engine.versions import Version
from rebates.models import ProgramVersion, SaleException
from rebates.recalculation import Window
from rebates.sql import Evaluation, orphans
from rebates.states import VersionStatus

LineAndVersion = tuple[int, UUID | None]

# A restated return counts on the day of its original, so its exception belongs to that day.
OF_VERSIONS_SQL = """
    SELECT e.id, e.sale_line_id, e.version_id, e.reason
    FROM rebates_saleexception e
    JOIN unnest(%(versions)s::uuid[], %(lows)s::date[], %(highs)s::date[], %(restate)s::boolean[])
         AS b(version_id, low, high, restate) ON b.version_id = e.version_id
    JOIN commerce_saleline s ON s.id = e.sale_line_id
    LEFT JOIN commerce_saleline o ON b.restate AND (s.quantity < 0 OR s.net_amount < 0)
         AND o.tenant_id = e.tenant_id AND o.external_id = s.reverses
    WHERE e.tenant_id = %(tenant)s AND COALESCE(o.sold_on, s.sold_on) BETWEEN b.low AND b.high
      AND (%(partners)s::uuid[] IS NULL OR s.partner_id = ANY(%(partners)s::uuid[]))
"""
OF_LINES_SQL = """
    SELECT e.id, e.sale_line_id, e.version_id, e.reason
    FROM rebates_saleexception e JOIN commerce_saleline s ON s.id = e.sale_line_id
    WHERE e.tenant_id = %(tenant)s AND e.version_id IS NULL
      AND (%(partners)s::uuid[] IS NULL OR s.partner_id = ANY(%(partners)s::uuid[]))
"""


def exceptions_write(
    evaluation: Evaluation, window: Window, versions: Sequence[Version], program_ids: Collection[UUID] | None
) -> int:
    """Bring the list to what the evaluation found; returns how many rows came or went."""
    wanted: dict[LineAndVersion, str] = {
        (found.line_id, found.version_id): found.reason  # type: ignore[misc]
        for found in evaluation.exceptions()
    }
    if program_ids is None:
        wanted |= {(found.line_id, None): found.reason for found in orphans(partner_ids=window.partner_ids)}
    gone = []
    for row_id, line_id, version_id, reason in _listed(window, versions, program_ids):
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


def _listed(
    window: Window, versions: Sequence[Version], program_ids: Collection[UUID] | None
) -> list[tuple[UUID, int, UUID | None, str]]:
    """The rows that the evaluation has just looked at anew."""
    bounds = _bounds(window, versions, program_ids)
    values = {
        "tenant": require_tenant_id(),
        "partners": None if window.partner_ids is None else [str(partner_id) for partner_id in window.partner_ids],
        "versions": [str(bound[0]) for bound in bounds],
        "lows": [bound[1] for bound in bounds],
        "highs": [bound[2] for bound in bounds],
        "restate": [bound[3] for bound in bounds],
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_VERSIONS_SQL + (" UNION ALL " + OF_LINES_SQL if program_ids is None else ""), values)
        return cursor.fetchall()  # type: ignore[no-any-return]


def _bounds(
    window: Window, versions: Sequence[Version], program_ids: Collection[UUID] | None
) -> list[tuple[object, dt.date, dt.date, bool]]:
    """(version, first and last day looked at, whether it restates returns); all days of a version without any left."""
    calendar, bounds = fiscal.calendar(), []
    for version in versions:
        first, last = max(window.first, version.valid_from or dt.date.min), window.last
        last = min(last, version.valid_to or dt.date.max)
        if first <= last:
            low, high = calendar.period(version.program.period, first), calendar.period(version.program.period, last)
            bounds.append((version.id, low.start, high.end, version.program.returns == "restate"))
    ended = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED)
    if program_ids is not None:
        ended = ended.filter(program_id__in=program_ids)
    if window.kind is not None:
        return bounds
    gone = ended.exclude(pk__in=[version.id for version in versions]).values_list("pk", flat=True)
    return [*bounds, *((version_id, dt.date.min, dt.date.max, False) for version_id in gone)]
