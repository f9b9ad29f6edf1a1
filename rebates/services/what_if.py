"""Asking what other rules would have cost. The answer is worked out by a worker and kept (`rebates.whatif`)."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Conflict, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE
from rebates import fiscal
from rebates.engine.program import Program as Rules
from rebates.models import Program, WhatIfRun
from rebates.selectors.programs import program_get
from rebates.selectors.what_if import version_to_replay
from rebates.services.amendments import check_together, program_locked
from rebates.services.programs import rules_read
from rebates.versions import rules_of
from rebates.whatif.vendor import MOST_PERIODS

WATCH = "rebates.what_if.watch"
"""Internal: somebody has to work on the what-if until it has ended."""
USUAL_PERIODS = 4
WAITING_AT_MOST = 20


@transaction.atomic
def what_if_start(
    *,
    actor: Actor,
    program_id: UUID,
    periods: int = USUAL_PERIODS,
    definition: object = None,
    key: UUID | None = None,
) -> WhatIfRun:
    """Queue a replay of the `definition` (decoded or JSON text), which is saved nowhere else; without one of the
    program's draft, else of its newest version.

    The same question while it is not answered, and the same `key` at any time, give the run that is there already.
    Raises `Invalid` (fields by JSON path for a definition), `Conflict` (code `too_many`) while many are waiting.
    """
    actor.require(Right.ACCRUALS_VIEW)
    program_get(actor, program_id)
    program = program_locked(program_id)
    if not 1 <= periods <= MOST_PERIODS:
        raise Invalid(fields={"periods": [_("Choose 1 to %(most)d periods.") % {"most": MOST_PERIODS}]})
    rules, number = _rules(program, definition)
    run = WhatIfRun(
        program=program, definition=rules.to_json(), version_number=number, periods=periods, asked_on=fiscal.today(),
        key=key, requested_by_id=actor.id, requested_by_label=actor.label[:254],
    )  # fmt: skip
    run.fingerprint = _fingerprint(run)
    found = _there_already(run)
    if found is not None:
        return found
    if WhatIfRun.objects.filter(status__in=RUN_ACTIVE).count() >= WAITING_AT_MOST:
        raise Conflict(_("Many what-ifs are waiting already. Try again when some have ended."), code="too_many")
    run.save()
    record(actor, "rebates.what_if.requested", run, {"code": program.code, "periods": periods})
    emit(WATCH, {"what_if_id": str(run.pk)})
    return run


def _rules(program: Program, definition: object) -> tuple[Rules, int | None]:
    """(what is replayed, the number of its version). Raises `Invalid` when it can't stand beside its group."""
    version = version_to_replay(program)
    written = rules_of(version)
    rules = written if definition is None else rules_read(definition)
    if rules.code != program.code:
        raise Invalid(fields={"$.code": [_("The code of a program never changes.")]})
    check_together(program, rules)
    return rules, version.number if rules == written else None


def _fingerprint(run: WhatIfRun) -> str:
    said = [str(run.program_id), run.version_number, run.definition, run.periods, run.asked_on.isoformat()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _there_already(run: WhatIfRun) -> WhatIfRun | None:
    if run.key is not None:
        sent: WhatIfRun | None = WhatIfRun.objects.filter(key=run.key, program=run.program).first()
        if sent is not None:
            return sent
    waiting: WhatIfRun | None = WhatIfRun.objects.filter(
        fingerprint=run.fingerprint, status__in=RUN_ACTIVE
    ).first()  # fmt: skip
    return waiting
