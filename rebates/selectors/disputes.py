"""Disputes of statement lines as the two sides read them, and what they hold back from payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Abs

from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.workflow.calendar import add_business_days
from rebates import fiscal
from rebates.engine.periods import Period
from rebates.models import Adjustment, Dispute, DisputeEntry, DisputeFile
from rebates.models.disputes import DISPUTE_CAUSE
from rebates.policies import PARTNER_SEES, statements_of
from rebates.selectors.reviews import review_settings, workdays
from rebates.states import DISPUTE_OPEN, DisputeStatus

STATES = ("open", "late", "waiting", "decided")


def held_line_ids(statement_ids: Iterable[UUID]) -> set[UUID]:
    """The lines of these statements that are under an open dispute: they wait, everything else is paid on time.

    Whoever pays calls it with the statements' rows locked: a dispute opens and ends under the same lock.
    """
    rows = Dispute.objects.filter(statement_id__in=list(statement_ids), status__in=DISPUTE_OPEN)
    return set(rows.values_list("line_id", flat=True))


def dispute_list(
    actor: Actor,
    *,
    partner_id: UUID | None = None,
    statement_id: UUID | None = None,
    status: str = "",
    state: str = "",
    search: str = "",
) -> QuerySet[Dispute]:
    """Disputes with statement, line, program and partner, newest first.

    `state`: `open`, `late` (past the due day), `waiting` (for the partner), `decided`. `search`: a number such as
    `D-00012`, a partner's code or name.
    """
    owner = statements_of(actor, partner_id)
    rows: QuerySet[Dispute] = Dispute.objects.select_related(
        "statement__period", "line__version__program", "partner"
    ).order_by("-number")
    if owner is not None:
        rows = rows.filter(partner_id=owner)
    if actor.is_partner:
        rows = rows.filter(statement__status__in=PARTNER_SEES)
    if statement_id is not None:
        rows = rows.filter(statement_id=statement_id)
    if status:
        rows = rows.filter(status=status)
    if state:
        rows = rows.filter(_in_state(state))
    return rows.filter(_found(search)) if search else rows


def disputes_by_line(actor: Actor, statement_id: UUID) -> dict[UUID, Dispute]:
    """line id → its dispute, one that was withdrawn only where there is no other."""
    found = dispute_list(actor, statement_id=statement_id).order_by("number")
    by_line: dict[UUID, Dispute] = {}
    for dispute in found:
        earlier = by_line.get(dispute.line_id)
        if earlier is None or dispute.status != DisputeStatus.WITHDRAWN:
            by_line[dispute.line_id] = dispute
    return by_line


def held_sum(disputes: Iterable[Dispute]) -> Decimal:
    """What the lines say that wait for a decision; disputes of one statement, hence one currency."""
    return sum((one.stated for one in disputes if one.status in DISPUTE_OPEN), Decimal(0))


def _in_state(state: str) -> Q:
    is_open = Q(status__in=DISPUTE_OPEN)
    waiting = Q(status=DisputeStatus.AWAITING_PARTNER)
    return {
        "open": is_open,
        "late": is_open & ~waiting & Q(due_on__lt=fiscal.today()),
        "waiting": waiting,
        "decided": ~is_open,
    }.get(state, Q(pk__in=[]))


def _found(search: str) -> Q:
    text = search.strip()
    named = Q(partner__code__icontains=text) | Q(partner__name__icontains=text)
    digits = text.upper().removeprefix("D-")
    return named | Q(number=int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 10 else named


def dispute_totals(disputes: QuerySet[Dispute]) -> list[dict[str, object]]:
    """`{currency, at_stake, held, count}`: what is claimed on top or off, and what the lines say that wait for it."""
    grouped = disputes.order_by().values("currency")
    rows = grouped.annotate(at_stake=Sum(Abs(F("claimed") - F("stated"))), held=Sum("stated"), count=Count("id"))
    return [dict(row) for row in rows.order_by("currency")]


def dispute_get(actor: Actor, dispute_id: UUID) -> Dispute:
    """Raises `NotFound` for an unknown dispute and for another partner's."""
    found = dispute_list(actor).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound
    return found


def dispute_entries(actor: Actor, dispute_id: UUID) -> QuerySet[DisputeEntry]:
    """What was said and shown, oldest first, with the files."""
    dispute = dispute_get(actor, dispute_id)
    files = Prefetch("files", DisputeFile.objects.select_related("file").order_by("id"))
    return DisputeEntry.objects.filter(dispute=dispute).prefetch_related(files).order_by("at", "id")


def dispute_file(actor: Actor, dispute_id: UUID, file_id: UUID) -> StoredFile:
    """A piece of evidence, for whoever may see the dispute. Raises `NotFound`."""
    dispute = dispute_get(actor, dispute_id)
    found = DisputeFile.objects.filter(entry__dispute=dispute, file_id=file_id).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file  # type: ignore[no-any-return]


def dispute_adjustments(actor: Actor, dispute_id: UUID) -> QuerySet[Adjustment]:
    """What its decisions booked."""
    dispute = dispute_get(actor, dispute_id)
    return Adjustment.objects.filter(cause_type=DISPUTE_CAUSE, cause_id=str(dispute.pk)).order_by("created_at")


def appeal_until(dispute: Dispute) -> dt.date | None:
    """The last day on which the partner can take the decision to somebody else; None while there is none."""
    if dispute.status not in (DisputeStatus.REJECTED, DisputeStatus.PARTLY_ACCEPTED) or dispute.decided_at is None:
        return None
    decided_on = dispute.decided_at.astimezone(ZoneInfo(require_tenant().time_zone)).date()
    return add_business_days(decided_on, review_settings().dispute_days, workdays())


def open_before(period: Period) -> QuerySet[Dispute]:
    """Open disputes about statements of periods that ended before this one began."""
    return Dispute.objects.filter(status__in=DISPUTE_OPEN, statement__period__ends_on__lt=period.start)
