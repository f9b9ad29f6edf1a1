"""What has to be right before a version is published, and the two people whom a look back takes.

A version that begins inside a closed period, or earlier, changes what was stated. Nothing of that is rewritten: the
differences are booked as adjustments in the open period. Because they are money, one person asks for it with a reason
and another one publishes.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from rebates.engine.program import Program as Rules
from rebates.engine.program import check_group
from rebates.engine.reading import Fault
from rebates.faults import fault_message
from rebates.fiscal import closed_until
from rebates.models import Program, ProgramVersion
from rebates.states import ProgramStatus, VersionStatus
from rebates.versions import rules_of


@transaction.atomic
def program_amendment_request(*, actor: Actor, program_id: UUID, reason: str) -> ProgramVersion:
    """Ask for a draft that changes closed periods to be published. Emits `rebates.amendment.requested`.

    Raises `StateError` without a draft or when nothing closed is touched, `Invalid` without a reason.
    """
    actor.require(Right.PROGRAMS_PUBLISH)
    program = program_locked(program_id)
    draft = draft_of(program)
    check_publishable(program, draft)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why the amendment reaches back into closed periods.")]})
    if not changes_closed_periods(program, draft):
        raise StateError(_("This draft changes no closed period; publish it."))
    draft.requested_at, draft.requested_by_id = clock.now(), actor.person_id
    draft.requested_by_label = actor.label[:254]
    draft.request_reason = reason.strip()[:500]
    draft.save(update_fields=["requested_at", "requested_by_id", "requested_by_label", "request_reason"])
    record(actor, "rebates.amendment.requested", program, {"version": draft.number, "reason": draft.request_reason})
    emit("rebates.amendment.requested", {"program_id": str(program.pk), "version_id": str(draft.pk)})
    return draft


def changes_closed_periods(program: Program, draft: ProgramVersion) -> bool:
    """Whether an amendment begins in or before a closed period. A program's first version may always reach back: it
    takes nothing away from anybody.
    """
    published = [rules_of(row) for row in program.versions.filter(status=VersionStatus.PUBLISHED)]
    closed = closed_until_of([rules_of(draft), *published]) if published else None
    return closed is not None and (draft.valid_from is None or draft.valid_from <= closed)


def check_second_person(actor: Actor, program: Program, draft: ProgramVersion) -> None:
    """Raises `StateError` while nobody has asked for a look back, `Forbidden` for whoever did."""
    if not changes_closed_periods(program, draft):
        return
    if draft.requested_by_label == "":
        text = _("This amendment changes closed periods: ask for it with a reason, and somebody else publishes it.")
        raise StateError(text, code="request_needed")
    if actor.kind != "user" or actor.is_person(draft.requested_by_id):
        raise Forbidden(_("You asked for this amendment; somebody else has to publish it."), code="same_person")


def check_publishable(program: Program, draft: ProgramVersion) -> None:
    """Raises `Invalid` when the draft does not go together with its group, or begins before its program."""
    rules = rules_of(draft)
    check_together(program, rules)
    first = program.versions.filter(status=VersionStatus.PUBLISHED).order_by("number").first()
    if first is not None and first.valid_from is not None and not _not_before(rules, first.valid_from):
        text = _("The program began on %(day)s; an amendment begins then or later.")
        raise Invalid(fields={"$.valid_from": [text % {"day": first.valid_from.isoformat()}]})


def check_together(program: Program, rules: Rules) -> None:
    """Raises `Invalid` when the rules do not go together with the other programs of their group."""
    published = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED, program__status=ProgramStatus.PUBLISHED)
    try:
        check_group(rules, [rules_of(other) for other in published.exclude(program=program)])
    except Fault as fault:
        raise Invalid(code="invalid_program", fields={fault.path: [fault_message(fault)]}) from None


def _not_before(rules: Rules, day: dt.date) -> bool:
    return rules.valid_from is not None and rules.valid_from >= day


def closed_until_of(rules: list[Rules]) -> dt.date | None:
    """The last day of the last closed period of the kinds by which these programs count."""
    days = [closed_until(kind) for kind in {one.period for one in rules}]
    return max((day for day in days if day is not None), default=None)


def program_locked(program_id: UUID) -> Program:
    program: Program | None = Program.objects.select_for_update().filter(pk=program_id).first()
    if program is None:
        raise NotFound
    return program


def draft_of(program: Program) -> ProgramVersion:
    """The program's draft, locked. Raises `StateError` when it has none."""
    draft: ProgramVersion | None = (
        program.versions.filter(status=VersionStatus.DRAFT).select_for_update(of=("self",)).first()
    )
    if draft is None:
        raise StateError(_("Program %(code)s has no draft to publish.") % {"code": program.code})
    return draft
