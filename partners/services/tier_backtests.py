"""Asking how a draft would have done, and acknowledging what came out: without that it is not published."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import TierBacktest, TierScheme
from partners.states.tiers import SchemeStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE, RunStatus

WATCH = "partners.tier_backtest.watch"
"""Internal: somebody has to work on the back-test until it has ended."""


@transaction.atomic
def backtest_start(*, actor: Actor, track_id: UUID) -> TierBacktest:
    """Replay the track's draft over past quarters. While the same question waits, it is that one."""
    actor.require(Right.TIERS_EDIT)
    rows = TierScheme.objects.select_for_update(of=("self",)).select_related("track")
    draft: TierScheme | None = rows.filter(track_id=track_id, status=SchemeStatus.DRAFT).first()
    if draft is None:
        raise NotFound
    same = TierBacktest.objects.filter(scheme=draft, fingerprint=draft.fingerprint)
    waiting: TierBacktest | None = same.filter(status__in=RUN_ACTIVE).first()
    if waiting is not None:
        return waiting
    run: TierBacktest = TierBacktest.objects.create(
        scheme=draft, definition=draft.definition, fingerprint=draft.fingerprint,
        asked_on=clock.today(require_tenant()), requested_by_id=actor.id, requested_by_label=actor.label[:254],
    )  # fmt: skip
    record(actor, "partners.tier_backtest.requested", run, {"version": draft.number})
    emit(WATCH, {"backtest_id": str(run.pk)})
    return run


@transaction.atomic
def backtest_acknowledge(*, actor: Actor, backtest_id: UUID) -> TierBacktest:
    """Somebody has looked at it, warnings included. Raises `StateError` unless done and about the present draft."""
    actor.require(Right.TIERS_EDIT)
    rows = TierBacktest.objects.select_for_update(of=("self",)).select_related("scheme")
    run: TierBacktest | None = rows.filter(pk=backtest_id).first()
    if run is None:
        raise NotFound
    if run.status != RunStatus.DONE:
        raise StateError(_("This back-test is not done."))
    if run.scheme.fingerprint != run.fingerprint:
        raise StateError(_("The draft has changed since. Run the back-test again."), code="draft_changed")
    if run.acknowledged_at is None:
        run.acknowledged_at, run.acknowledged_by_label = clock.now(), actor.label[:254]
        run.save(update_fields=["acknowledged_at", "acknowledged_by_label"])
        warned = [one["tier"] for one in (run.outcome or {}).get("reach", []) if one["is_low"]]
        record(actor, "partners.tier_backtest.acknowledged", run, {"low": warned})
    return run
