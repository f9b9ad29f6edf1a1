from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.runs.progress import Progress, progress_get
from rebates.models import Program, ProgramVersion, WhatIfRun
from rebates.selectors.programs import program_get
from rebates.states import VersionStatus


def version_to_replay(program: Program) -> ProgramVersion:
    """The program's draft, without one its newest version."""
    newest_first = program.versions.select_related("program").order_by("-number")
    found: ProgramVersion = newest_first.filter(status=VersionStatus.DRAFT).first() or newest_first[0]
    return found


def what_if_list(actor: Actor, program_id: UUID) -> QuerySet[WhatIfRun]:
    """What was asked of a program, newest first, without the answers."""
    actor.require(Right.ACCRUALS_VIEW)
    program = program_get(actor, program_id)
    return WhatIfRun.objects.filter(program=program).defer("outcome", "definition").order_by("-created_at", "-id")


def what_if_get(actor: Actor, what_if_id: UUID) -> WhatIfRun:
    """With its program. Raises `NotFound`."""
    actor.require(Right.ACCRUALS_VIEW)
    actor.require(Right.PROGRAMS_VIEW)
    found: WhatIfRun | None = WhatIfRun.objects.select_related("program").filter(pk=what_if_id).first()
    if found is None:
        raise NotFound
    return found


def what_if_progress(run: WhatIfRun) -> Progress:
    """Where a running what-if is; the caller has fetched it through `what_if_get`."""
    return progress_get(run.pk)
