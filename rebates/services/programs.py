"""Programs: drafts are written over, published versions never change, an amendment is a new version.

Version n ends the day before version n + 1 begins. What is published or ended here is recalculated by a handler.
What an amendment changes in closed periods becomes adjustments; it takes two people (`rebates.services.amendments`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition
from rebates.engine.program import Program as Rules
from rebates.engine.program import parse_program, parse_programs
from rebates.engine.reading import Fault, load_json
from rebates.faults import fault_message
from rebates.models import Program, ProgramVersion
from rebates.services.amendments import (
    check_publishable,
    check_second_person,
    closed_until_of,
    draft_of,
    program_locked,
)
from rebates.states import PROGRAM_TRANSITIONS, VERSION_TRANSITIONS, ProgramStatus, VersionStatus
from rebates.versions import rules_of


@transaction.atomic
def program_create(*, actor: Actor, definition: dict[str, Any]) -> Program:
    """A new program with version 1 as a draft.

    Raises `Invalid`; its `fields` are keyed by JSON path, such as `$.calculation.bands[1].rate`.
    """
    actor.require(Right.PROGRAMS_EDIT)
    return _create(actor, rules_read(definition), path="$")


@transaction.atomic
def program_import(*, actor: Actor, document: str | bytes | list[Any]) -> list[Program]:
    """The programs of a file, all or none: unknown codes become drafts, known ones get a draft version.

    Raises `Invalid` with paths that count from the list, such as `$[1].scope.all[0].field`.
    """
    actor.require(Right.PROGRAMS_EDIT)
    try:
        found = parse_programs(document)
    except Fault as fault:
        raise _invalid(fault) from None
    return [_import_one(actor, rules, f"$[{index}]") for index, rules in enumerate(found)]


@transaction.atomic
def program_update_draft(*, actor: Actor, program_id: UUID, definition: dict[str, Any]) -> ProgramVersion:
    """Write the draft over. Raises `StateError` when there is none."""
    actor.require(Right.PROGRAMS_EDIT)
    program = program_locked(program_id)
    draft = program.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        raise StateError(_("Program %(code)s has no draft. Amend it to make one.") % {"code": program.code})
    return _write_draft(actor, program, draft, rules_read(definition), path="$")


@transaction.atomic
def program_amend(*, actor: Actor, program_id: UUID, definition: dict[str, Any]) -> ProgramVersion:
    """A draft of the next version of a published program. Raises `StateError` for any other, or with a draft open."""
    actor.require(Right.PROGRAMS_EDIT)
    return _amend(actor, program_locked(program_id), rules_read(definition), path="$")


@transaction.atomic
def program_publish(*, actor: Actor, program_id: UUID) -> ProgramVersion:
    """Publish the draft: from now on it never changes. Emits `rebates.program.published`.

    Raises `StateError` without a draft, `Invalid` when it does not go together with its stacking group. A version that
    changes what closed periods said needs two people, see `rebates.services.amendments`: else `StateError` (code
    `request_needed`) or `Forbidden` (code `same_person`). The differences become adjustments that name the version.
    """
    actor.require(Right.PROGRAMS_PUBLISH)
    program = program_locked(program_id)
    draft = draft_of(program)
    check_publishable(program, draft)
    check_second_person(actor, program, draft)
    draft.published_at, draft.published_by_id = clock.now(), actor.person_id
    draft.published_by_label = actor.label[:254]
    draft.save(update_fields=["published_at", "published_by_id", "published_by_label"])
    reason = draft.request_reason
    transition(
        draft, "publish", table=VERSION_TRANSITIONS, actor=actor, action="rebates.version.published", reason=reason
    )
    transition(program, "publish", table=PROGRAM_TRANSITIONS, actor=actor, action="rebates.program.published")
    since = draft.valid_from.isoformat() if draft.valid_from else None
    emit("rebates.program.published", {"program_id": str(program.pk), "version_id": str(draft.pk), "since": since})
    return draft


@transaction.atomic
def program_end(*, actor: Actor, program_id: UUID, ends_on: dt.date, reason: str) -> Program:
    """End a published program; `ends_on` is its last day. Emits `rebates.program.ended`.

    Raises `Invalid` for a day before its first one or inside a closed period, and without a reason.
    """
    actor.require(Right.PROGRAMS_PUBLISH)
    program = program_locked(program_id)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why the program ends.")]})
    published = list(program.versions.filter(status=VersionStatus.PUBLISHED).order_by("number"))
    if published:
        _check_end(published, ends_on)
    program.ends_on = ends_on
    program.save(update_fields=["ends_on"])
    transition(program, "end", table=PROGRAM_TRANSITIONS, actor=actor, action="rebates.program.ended", reason=reason)
    emit("rebates.program.ended", {"program_id": str(program.pk), "since": ends_on.isoformat()})
    return program


@transaction.atomic
def program_discard_draft(*, actor: Actor, program_id: UUID) -> None:
    """Throw the draft away, and with it a program that was never published."""
    actor.require(Right.PROGRAMS_EDIT)
    program = program_locked(program_id)
    drafts = program.versions.filter(status=VersionStatus.DRAFT)
    if not drafts.exists():
        raise StateError(_("Program %(code)s has no draft.") % {"code": program.code})
    record(actor, "rebates.program.draft_discarded", program)
    drafts.delete()
    if program.status == ProgramStatus.DRAFT:
        program.delete()


def _invalid(fault: Fault) -> Invalid:
    return Invalid(code="invalid_program", fields={fault.path: [fault_message(fault)]})


def rules_read(definition: object) -> Rules:
    """The program of a document, decoded or as text. Raises `Invalid`; its `fields` are keyed by JSON path."""
    try:
        return parse_program(load_json(definition) if isinstance(definition, str) else definition)
    except Fault as fault:
        raise _invalid(fault) from None


def _create(actor: Actor, rules: Rules, path: str) -> Program:
    taken = Invalid(fields={f"{path}.code": [_("There is a program with this code already.")]})
    if Program.objects.filter(code=rules.code).exists():
        raise taken
    try:
        with transaction.atomic():
            program: Program = Program.objects.create(code=rules.code, created_by_label=actor.label[:254])
    except IntegrityError:
        # Somebody else created the same code between the look and the insert.
        raise taken from None
    _write_draft(actor, program, ProgramVersion(program=program, number=1), rules, path)
    record(actor, "rebates.program.created", program)
    return program


def _import_one(actor: Actor, rules: Rules, path: str) -> Program:
    program: Program | None = Program.objects.select_for_update().filter(code=rules.code).first()
    if program is None:
        return _create(actor, rules, path)
    draft = program.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        _amend(actor, program, rules, path)
    else:
        _write_draft(actor, program, draft, rules, path)
    return program


def _amend(actor: Actor, program: Program, rules: Rules, path: str) -> ProgramVersion:
    if program.status != ProgramStatus.PUBLISHED:
        raise StateError(_("Only a published program can be amended."))
    if program.versions.filter(status=VersionStatus.DRAFT).exists():
        raise StateError(_("Program %(code)s has a draft already.") % {"code": program.code})
    last = program.versions.aggregate(last=Max("number"))["last"]
    return _write_draft(actor, program, ProgramVersion(program=program, number=last + 1), rules, path)


def _write_draft(actor: Actor, program: Program, draft: ProgramVersion, rules: Rules, path: str) -> ProgramVersion:
    if rules.code != program.code:
        raise Invalid(fields={f"{path}.code": [_("The code of a program never changes.")]})
    draft.definition = rules.to_json()
    draft.valid_from, draft.valid_to = rules.valid_from, rules.valid_to
    # Whatever was asked for was asked for another text.
    draft.requested_at, draft.requested_by_id, draft.requested_by_label, draft.request_reason = None, None, "", ""
    draft.save()
    record(actor, "rebates.program.draft_written", program, {"version": draft.number})
    return draft


def _check_end(published: list[ProgramVersion], ends_on: dt.date) -> None:
    starts = published[0].valid_from
    if starts is not None and ends_on < starts:
        raise Invalid(fields={"ends_on": [_("The program begins on %(day)s.") % {"day": starts.isoformat()}]})
    closed = closed_until_of([rules_of(row) for row in published])
    if closed is not None and ends_on < closed:
        text = _("Periods up to %(day)s are closed.") % {"day": closed.isoformat()}
        raise Invalid(code="period_closed", fields={"ends_on": [text]})
