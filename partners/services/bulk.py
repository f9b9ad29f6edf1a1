"""One act on many partners: chosen one by one or by the whole filter, done in chunks, each with its own outcome.

Which partners they are is settled when the run begins; what somebody else does to one of them meanwhile decides its
outcome, not whether the others get theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.bulk_acts import ACTS
from partners.models import BulkRow, BulkRun, Partner
from partners.policies.lifecycle import require_decide
from partners.policies.partners import require_edit
from partners.selectors.directory import directory_rows
from partners.states.bulk import BULK_TRANSITIONS, BULK_UNDOABLE, BulkOutcome, BulkStatus, BulkVerb
from prm import clock
from prm.audit.services import record
from prm.errors import DomainError, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.outbox.services import emit
from prm.workflow.services import transition

WATCH = "partners.bulk.watch"
"""Internal: somebody has to work on the run until it has ended."""
AT_ONCE = 100
CHUNK = 200
MOST = 200_000


@transaction.atomic
def bulk_start(
    *,
    actor: Actor,
    verb: str,
    data: Mapping[str, Any],
    ids: Collection[UUID] | None = None,
    filters: Mapping[str, str] | None = None,
) -> BulkRun:
    """Do `verb` to the partners of these ids, or to all that meet the filters; a few at once, many by a worker.

    Raises `Invalid` for an unknown verb, wrong data or no partner at all, `Forbidden` for programs.
    """
    _require(actor, verb)
    checked = ACTS[verb].check(data)
    chosen = _chosen(actor, ids, filters)
    selection = {"filters": dict(filters or {})} if ids is None else {"ids": len(chosen)}
    if len(chosen) <= AT_ONCE:
        # Before the rows that refer to them: a reference locks, too, and two such locks can't both grow.
        list(Partner.objects.select_for_update().filter(pk__in=chosen).order_by("pk").values_list("pk", flat=True))
    run: BulkRun = BulkRun.objects.create(
        verb=verb, data=checked, selection=selection, total=len(chosen), started_by_id=actor.id,
        started_by_label=actor.label[:254],
    )  # fmt: skip
    BulkRow.objects.bulk_create((BulkRow(run=run, partner_id=key) for key in chosen), batch_size=2000)
    record(actor, "partners.bulk.started", run, {"verb": verb, "count": len(chosen)})
    _begin(actor, run, "run")
    return run


@transaction.atomic
def bulk_undo(*, actor: Actor, run_id: UUID) -> BulkRun:
    """Put back what the run changed, partner by partner; what has been changed since stays as it is.

    Raises `StateError` when it is not done, or undone already, or can't be undone at all.
    """
    run = BulkRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound
    _require(actor, run.verb)
    if run.verb not in BULK_UNDOABLE:
        raise StateError(_("This can't be taken back."), code="not_undoable")
    run.undone_by_id, run.undone_by_label = actor.id, actor.label[:254]
    run.save(update_fields=["undone_by_id", "undone_by_label"])
    _begin(actor, run, "undo")
    return run


def bulk_chunk(run: BulkRun, actor: Actor) -> int:
    """Work on the next rows of a locked run; returns how many. The run has ended when there are none."""
    undoing = run.status == BulkStatus.UNDOING
    wanted = BulkOutcome.DONE if undoing else BulkOutcome.WAITING
    rows = list(BulkRow.objects.filter(run=run, outcome=wanted).order_by("partner_id")[:CHUNK])
    # In one order by everybody: two runs over the same partners wait for one another, and never each for the other.
    found = Partner.objects.select_for_update().filter(pk__in=[row.partner_id for row in rows]).order_by("pk")
    partners = {partner.pk: partner for partner in found}
    for row in rows:
        row.outcome, row.message = _outcome(run, actor, row, partners.get(row.partner_id), undoing=undoing)
    BulkRow.objects.bulk_update(rows, ["outcome", "message", "before"], batch_size=CHUNK)
    if not rows:
        _end(run, actor, "finish_undo" if undoing else "finish")
    return len(rows)


def actor_of(run: BulkRun) -> Actor | None:
    """Who started the run (or its undo), with the rights of now; None for somebody who has left the vendor."""
    person = run.undone_by_id if run.status == BulkStatus.UNDOING else run.started_by_id
    if person is None:
        return Actor.system("partners.bulk")
    members = Membership.objects.filter(user_id=person, partner__isnull=True, is_active=True)
    member = members.select_related("user").first()
    return Actor.user(member) if member is not None else None


def _begin(actor: Actor, run: BulkRun, verb: str) -> None:
    action = "partners.bulk.undoing" if verb == "undo" else "partners.bulk.running"
    run.started_at = run.started_at or clock.now()
    run.save(update_fields=["started_at"])
    transition(run, verb, table=BULK_TRANSITIONS, actor=actor, action=action)
    if run.total > AT_ONCE:
        emit(WATCH, {"run_id": str(run.pk)})
        return
    while bulk_chunk(run, actor):
        pass


def _end(run: BulkRun, actor: Actor, verb: str) -> None:
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    action = "partners.bulk.undone" if verb == "finish_undo" else "partners.bulk.done"
    transition(run, verb, table=BULK_TRANSITIONS, actor=actor, action=action)
    emit("partners.bulk.finished", {"run_id": str(run.pk)})


def _outcome(run: BulkRun, actor: Actor, row: BulkRow, partner: Partner | None, *, undoing: bool) -> tuple[str, str]:
    if partner is None:
        return BulkOutcome.REFUSED, str(_("There is no such partner any more."))
    act = ACTS[run.verb]
    try:
        with transaction.atomic():
            if undoing:
                is_back = act.undo(actor, partner, run.data, row.before)
                return (BulkOutcome.UNDONE if is_back else BulkOutcome.KEPT), ""
            before = act.do(actor, partner, run.data)
    except DomainError as refusal:
        texts = [str(text) for found in refusal.fields.values() for text in found]
        return (BulkOutcome.KEPT if undoing else BulkOutcome.REFUSED), (texts or [str(refusal.message)])[0][:300]
    if before is None:
        return BulkOutcome.SAME, ""
    row.before = before
    return BulkOutcome.DONE, ""


def _chosen(actor: Actor, ids: Collection[UUID] | None, filters: Mapping[str, str] | None) -> list[UUID]:
    rows = directory_rows(actor, filters or {} if ids is None else {})
    rows = rows if ids is None else rows.filter(pk__in=list(ids))
    found = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not found:
        raise Invalid(fields={"partners": [_("Choose at least one partner.")]})
    if len(found) > MOST:
        raise Invalid(fields={"partners": [_("These are too many partners at once.")]})
    return found


def _require(actor: Actor, verb: str) -> None:
    if verb not in BulkVerb.values:
        raise Invalid(fields={"verb": [_("There is no such choice.")]})
    if actor.kind not in {"user", "system"}:
        raise Forbidden(_("A person does this, not a program."))
    require_edit(actor)
    if verb == BulkVerb.SUSPEND:
        require_decide(actor)
