"""Evaluating partners: all of them in parts, or those of whom something changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from partners.locks import hold
from partners.models import Partner, TierDue, TierScheme, TierStanding, TierSweep, TierTrack
from partners.services.tier_moves import partners_move
from partners.states.partner import PartnerStatus
from partners.states.tiers import SchemeStatus
from partners.tiers.sql import evaluation_store
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.runs.progress import clear, progress_set
from prm.runs.states import RUN_ACTIVE, RUN_TRANSITIONS, RunStatus
from prm.runs.work import Work
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.workflow.services import transition

ACTOR = Actor.system("partners.tiers")
WATCH = "partners.tier_sweep.watch"
"""Internal: somebody has to work on the sweep until it has ended."""
DUE = "partners.tiers.due"
"""Internal: partners of whom something changed wait in `TierDue`."""
DEBOUNCE = dt.timedelta(seconds=20)
PART = 1000
MAX_ATTEMPTS = 20
EVALUATED = [PartnerStatus.ONBOARDING, PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED]


@transaction.atomic
def sweep_start(*, actor: Actor) -> TierSweep:
    """Evaluate everybody as of today. While one waits it is that one; one that runs already is run once more."""
    today = clock.today(require_tenant())
    hold("tier_sweep")
    found: TierSweep | None = TierSweep.objects.select_for_update().filter(status__in=RUN_ACTIVE).first()
    if found is not None:
        if found.status == RunStatus.RUNNING and not found.again:
            found.again = True
            found.save(update_fields=["again"])
        return found
    sweep: TierSweep = TierSweep.objects.create(as_of=today)
    emit(WATCH, {"sweep_id": str(sweep.pk)})
    return sweep


@transaction.atomic
def partners_due(*, partner_ids: Sequence[UUID]) -> None:
    """Have these evaluated soon; what comes in between is one evaluation."""
    rows = [TierDue(partner_id=one) for one in sorted(set(partner_ids))]
    TierDue.objects.bulk_create(rows, ignore_conflicts=True)
    emit(DUE, {}, delay=DEBOUNCE)


@transaction.atomic
def partners_due_work() -> int:
    """Evaluate who is due; returns how many that were."""
    due = list(TierDue.objects.select_for_update(skip_locked=True).order_by("pk")[:PART])
    if not due:
        return 0
    ids = [one.partner_id for one in due]
    # Before the figures are read: whoever announces a change meanwhile waits for this transaction, and is due again.
    TierDue.objects.filter(pk__in=[one.pk for one in due]).delete()
    partners_evaluate(actor=ACTOR, partner_ids=ids, as_of=clock.today(require_tenant()))
    if TierDue.objects.exists():
        emit(DUE, {})
    return len(ids)


@transaction.atomic
def partners_evaluate(*, actor: Actor, partner_ids: Sequence[UUID], as_of: dt.date) -> int:
    """Evaluate these partners as of a day, keep what is new, and let them move; returns how many were new."""
    hold("tiers")
    written = 0
    for scheme, ids in _by_scheme(partner_ids):
        written += evaluation_store(scheme.pk, scheme.scheme, as_of, ids, clock.now())
        _looked(ids, as_of)
    partners_move(actor=actor, partner_ids=partner_ids, day=as_of)
    return written


def track_partners(track: TierTrack, others: Sequence[TierTrack]) -> QuerySet[Partner]:
    """The partners that are on the track; `others` are all the other tracks."""
    rows: QuerySet[Partner] = Partner.objects.filter(status__in=EVALUATED)
    if track.partner_types:
        return rows.filter(type__in=track.partner_types)
    return rows.exclude(type__in=[name for other in others for name in other.partner_types])


def _by_scheme(partner_ids: Sequence[UUID]) -> list[tuple[TierScheme, list[UUID]]]:
    tracks = list(TierTrack.objects.all())
    in_force = {one.track_id: one for one in TierScheme.objects.filter(status=SchemeStatus.PUBLISHED)}
    found = []
    for track in tracks:
        scheme = in_force.get(track.pk)
        if scheme is not None:
            rows = track_partners(track, [one for one in tracks if one != track])
            ids = list(rows.filter(pk__in=partner_ids).order_by("pk").values_list("pk", flat=True))
            found += [(scheme, ids)] if ids else []
    return found


def _looked(ids: Sequence[UUID], day: dt.date) -> None:
    TierStanding.objects.filter(partner_id__in=ids, looked_on__lt=day).update(looked_on=day)


# The work of a sweep: each part is a transaction, so a killed worker loses one part and the next goes on there.


def sweep_run(tenant: Tenant, sweep_id: UUID) -> None:
    """Evaluate what is left of it. Raises `Busy`, and whatever goes wrong, to be tried again."""
    sweep = WORK.claim(tenant, sweep_id)
    if sweep is None:
        return
    try:
        with tenant_context(tenant):
            total = Partner.objects.count()
        while sweep_part(tenant, sweep_id, total):
            pass
    finally:
        clear(sweep_id)


def sweep_part(tenant: Tenant, sweep_id: UUID, total: int) -> bool:
    """The next partners after the cursor, in the order of their ids; False when none were left and it has ended."""
    with tenant_context(tenant):
        WORK.hold(sweep_id)
        sweep: TierSweep | None = (
            TierSweep.objects.select_for_update().filter(pk=sweep_id, status=RunStatus.RUNNING).first()
        )
        if sweep is None:
            return False
        rows = Partner.objects.filter(pk__gt=sweep.cursor) if sweep.cursor else Partner.objects.all()
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:PART])
        if not ids:
            _end(sweep, "finish")
            return False
        sweep.written += partners_evaluate(actor=ACTOR, partner_ids=ids, as_of=sweep.as_of)
        sweep.cursor, sweep.done = ids[-1], sweep.done + len(ids)
        sweep.save(update_fields=["cursor", "done", "written"])
        progress_set(sweep_id, sweep.done, total)
        return True


def _end(sweep: TierSweep, verb: str) -> None:
    again = sweep.again
    sweep.finished_at = clock.now()
    sweep.save(update_fields=["finished_at"])
    action = f"partners.tier_sweep.{verb}ed"
    transition(sweep, verb, table=RUN_TRANSITIONS, actor=ACTOR, action=action)
    facts = {"sweep_id": str(sweep.pk), "as_of": sweep.as_of.isoformat(), "written": sweep.written}
    emit("partners.tiers.evaluated", facts)
    if again:
        sweep_start(actor=ACTOR)


def _fail(sweep: TierSweep) -> None:
    _end(sweep, "fail")


WORK = Work("partners.tier_sweep", TierSweep, RUN_TRANSITIONS, RUN_ACTIVE, MAX_ATTEMPTS, ACTOR, _fail)
