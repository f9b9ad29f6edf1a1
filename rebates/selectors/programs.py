from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates.engine.versions import Version
from rebates.models import Program, ProgramVersion
from rebates.states import ProgramStatus, VersionStatus
from rebates.versions import rules_of, versions_in_force


def program_list(actor: Actor, *, status: str = "", search: str = "") -> QuerySet[Program]:
    """Programs by code, each with its versions (newest first) in `all_versions`. `search` looks into code and name."""
    actor.require(Right.PROGRAMS_VIEW)
    versions = Prefetch("versions", ProgramVersion.objects.order_by("-number"), to_attr="all_versions")
    programs = Program.objects.order_by("code").prefetch_related(versions)
    if status:
        programs = programs.filter(status=status)
    if search:
        named = ProgramVersion.objects.filter(
            Q(definition__name__en__icontains=search) | Q(**{"definition__name__zh-hans__icontains": search})
        )
        programs = programs.filter(Q(code__icontains=search) | Q(pk__in=named.values("program_id")))
    return programs


def program_get(actor: Actor, program_id: UUID) -> Program:
    """Raises `NotFound`, `Forbidden`."""
    actor.require(Right.PROGRAMS_VIEW)
    program = Program.objects.filter(pk=program_id).first()
    if program is None:
        raise NotFound
    return program


def version_list(actor: Actor, program_id: UUID) -> QuerySet[ProgramVersion]:
    """The versions of a program, newest first."""
    program = program_get(actor, program_id)
    return ProgramVersion.objects.filter(program=program).select_related("program").order_by("-number")


def program_name(version: ProgramVersion, language: str) -> str:
    """The program's name in the reader's language, else in another, else its code."""
    return rules_of(version).name_in(_spoken(language))


def program_sentence(version: ProgramVersion, language: str) -> str:
    """What the version says, as one sentence of the contract, generated from its configuration."""
    from rebates.engine.sentence import sentence

    return sentence(rules_of(version), _spoken(language))


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A program in a stacking group, as its newest version says it. `number` is its place in a `priority` group."""

    program_id: UUID
    code: str
    name: str
    rule: str
    number: int
    is_draft: bool


def stacking_groups(actor: Actor, language: str) -> dict[str, list[GroupMember]]:
    """The programs that have not ended by the stacking group they name, in the order in which they come first."""
    groups: dict[str, list[GroupMember]] = defaultdict(list)
    for program in program_list(actor).exclude(status=ProgramStatus.ENDED):
        newest: ProgramVersion = program.all_versions[0]  # type: ignore[attr-defined]
        rules, is_draft = rules_of(newest), newest.status == VersionStatus.DRAFT
        stacking, name = rules.stacking, rules.name_in(_spoken(language))
        groups[stacking.group].append(
            GroupMember(program.pk, program.code, name, stacking.rule, stacking.priority, is_draft)
        )
    return {name: sorted(groups[name], key=lambda one: (one.number, one.code)) for name in sorted(groups)}


def effective_versions(actor: Actor, since: dt.date, until: dt.date | None = None) -> list[Version]:
    """The versions in force on some day from `since` to `until` (None: on `since`), with the days left to each."""
    actor.require(Right.PROGRAMS_VIEW)
    last = since if until is None else until
    return [
        version
        for version in versions_in_force()
        if (version.valid_from or dt.date.min) <= last and since <= (version.valid_to or dt.date.max)
    ]


def _spoken(language: str) -> str:
    return "zh-hans" if language.lower().startswith("zh") else "en"
