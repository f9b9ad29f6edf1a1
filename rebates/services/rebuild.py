"""A full recalculation in parts: programs that share nothing between partners by ranges of partners, the others whole.

Each part is an event of the outbox, so that any number of workers take them, a killed one loses nothing, and a part
that kills its worker again and again is parked. Parts change different rows, so they share the lock; the last one asks
for the end, which compares the books with the rows when nobody else is at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners.models import Partner
from prm import clock
from prm.db.scope import require_tenant_id
from prm.errors import Conflict
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition
from rebates.engine.reach import has_budget
from rebates.locks import hold
from rebates.models import Rebuild, RebuildPart
from rebates.recalculation import Cause
from rebates.services.accruals import accruals_correct, accruals_part
from rebates.states import REBUILD_TRANSITIONS, RebuildStatus
from rebates.versions import programs_in_force

LINES_OF_A_PART = 50_000
PART, END = "rebates.rebuild.part", "rebates.rebuild.end"

# Ranges of partners with about the same number of lines each.
RANGES_SQL = """
    SELECT min(id::text), max(id::text) FROM (
        SELECT q.id, sum(COALESCE(n.lines, 0)) OVER (ORDER BY q.id) / %(size)s AS range
        FROM partners_partner q
        LEFT JOIN (SELECT partner_id, count(*) AS lines FROM commerce_saleline WHERE tenant_id = %(tenant)s
                   GROUP BY partner_id) n ON n.partner_id = q.id
        WHERE q.tenant_id = %(tenant)s
    ) r GROUP BY floor(range) ORDER BY 1
"""


@transaction.atomic
def rebuild_start(*, actor: Actor, lines_of_a_part: int = LINES_OF_A_PART) -> Rebuild:
    """Recalculate everything in the background. Raises `Conflict` while another rebuild runs."""
    actor.require(Right.PERIODS_CLOSE)
    hold("accruals")
    if Rebuild.objects.filter(status=RebuildStatus.RUNNING).exists():
        raise Conflict(_("A rebuild is running already."), code="rebuild_running")
    rebuild: Rebuild = Rebuild.objects.create(requested_by_label=actor.label[:254])
    parts = [
        RebuildPart(rebuild=rebuild, program_ids=program_ids, first_partner=first, last_partner=last)
        for program_ids, first, last in _parts(lines_of_a_part)
    ]
    RebuildPart.objects.bulk_create(parts)
    for part in parts:
        emit(PART, {"part_id": str(part.pk)})
    if not parts:
        emit(END, {"rebuild_id": str(rebuild.pk)})
    return rebuild


def _parts(size: int) -> Iterator[tuple[list[UUID], UUID | None, UUID | None]]:
    """(programs, first and last partner). A family with a budget is one part: its partners share it."""
    alone, together = list[UUID](), list[list[UUID]]()
    for family in programs_in_force():
        if any(has_budget(rules) for _id, rules in family):
            together.append([program_id for program_id, _rules in family])
        else:
            alone += [program_id for program_id, _rules in family]
    with connection.cursor() as cursor:
        cursor.execute(RANGES_SQL, {"tenant": require_tenant_id(), "size": size})
        ranges = cursor.fetchall()
    for first, last in ranges if alone else ():
        yield alone, UUID(first), UUID(last)
    for program_ids in together:
        yield program_ids, None, None


@transaction.atomic
def rebuild_part(*, actor: Actor, part_id: UUID) -> None:
    """Recalculate one part; nothing when it is done already. The last one emits the event of the end."""
    hold("accruals", shared=True)
    part = RebuildPart.objects.select_for_update().get(pk=part_id)
    if part.done_at is not None:
        return
    partners = None
    if part.first_partner is not None:
        inside = Partner.objects.filter(pk__gte=part.first_partner, pk__lte=part.last_partner)
        partners = list(inside.values_list("pk", flat=True))
    cause = Cause("rebates.rebuild", str(part.rebuild_id))
    change = accruals_part(actor=actor, partner_ids=partners, program_ids=part.program_ids, cause=cause)
    part.done_at, part.changed = clock.now(), change.written + change.deleted + change.adjustments
    part.save(update_fields=["done_at", "changed"])
    # One after the other from here on: of two last parts at once, the second sees that the first is done.
    Rebuild.objects.select_for_update().get(pk=part.rebuild_id)
    if not RebuildPart.objects.filter(rebuild_id=part.rebuild_id, done_at=None).exists():
        emit(END, {"rebuild_id": str(part.rebuild_id)})


@transaction.atomic
def rebuild_end(*, actor: Actor, rebuild_id: UUID) -> Rebuild:
    """Returns without an original, rows of programs that are gone, and the books: what no part looks at."""
    hold("accruals")
    rebuild: Rebuild = Rebuild.objects.select_for_update().get(pk=rebuild_id)
    if rebuild.status == RebuildStatus.DONE:
        return rebuild
    rebuild.corrected = accruals_correct(actor=actor, cause=Cause("rebates.rebuild", str(rebuild.pk)))
    rebuild.finished_at = clock.now()
    rebuild.save(update_fields=["corrected", "finished_at"])
    transition(rebuild, "finish", table=REBUILD_TRANSITIONS, actor=actor, action="rebates.rebuild.finished")
    return rebuild
