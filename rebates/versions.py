"""From rows to the engine: published versions as it knows them, parsed once, since they never change."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from rebates.engine.program import Program as Rules
from rebates.engine.program import parse_program
from rebates.engine.versions import Version, in_force
from rebates.models import ProgramVersion
from rebates.states import VersionStatus


def rules_of(version: ProgramVersion) -> Rules:
    """The program that a version says."""
    if version.status == VersionStatus.PUBLISHED:
        return _published(version)
    return parse_program(version.definition)


class _Key:
    """Compares by the version's id, so that the cache does not hold two documents of one version."""

    __slots__ = ("definition", "id")

    def __init__(self, version: ProgramVersion) -> None:
        self.id, self.definition = version.pk, version.definition

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


@lru_cache(maxsize=4096)
def _parsed(key: _Key) -> Rules:
    return parse_program(key.definition)


def _published(version: ProgramVersion) -> Rules:
    return _parsed(_Key(version))


def versions_in_force(
    program_ids: Collection[UUID] | None = None, *, draft: ProgramVersion | None = None
) -> list[Version]:
    """Every published version with the days left to it, of all programs or of some; ids are those of the rows.

    A version with a higher number replaces the lower ones from its own first day on; the program's end cuts all. With
    a program come all that share a `best` or `priority` group with it: their results hang together. A `draft` is read
    as if it were published.
    """
    rows = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("program")
    numbered: dict[UUID, list[tuple[UUID, int, Rules]]] = defaultdict(list)
    ends: dict[UUID, dt.date | None] = {}
    for row in (*rows.order_by("program__code", "number"), *([draft] if draft else [])):
        numbered[row.program_id].append((row.pk, row.number, rules_of(row)))
        ends[row.program_id] = row.program.ends_on
    wanted = numbered.keys() if program_ids is None else _families(numbered, program_ids)
    return [
        version for key, found in numbered.items() if key in wanted for version in in_force(found, ends_on=ends[key])
    ]


def sides_of(rules: Rules) -> tuple[list[Version], list[Version]]:
    """(every program that these rules would hang together with, their own one included, as it is in force; the same
    without their own one).

    Both are whole families: the group that the program is in, and the one that the rules would put it in.
    """
    every = versions_in_force()
    own = [rules, *(one.program for one in every if one.program.code == rules.code)]
    groups = {one.stacking.group for one in own if _is_grouped(one)}
    codes = {one.program.code for one in every if _is_grouped(one.program) and one.program.stacking.group in groups}
    then = [one for one in every if one.program.code in codes | {rules.code}]
    return then, [one for one in then if one.program.code != rules.code]


def _is_grouped(rules: Rules) -> bool:
    return rules.stacking.rule != "stack"


def programs_in_force() -> list[list[tuple[UUID, Rules]]]:
    """The published programs, those together whose results hang together, each with its newest rules."""
    newest: dict[UUID, Rules] = {}
    for row in ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED).order_by("number"):
        newest[row.program_id] = rules_of(row)
    families: dict[str, list[tuple[UUID, Rules]]] = defaultdict(list)
    for program_id, rules in newest.items():
        key = f"group {rules.stacking.group}" if _is_grouped(rules) else f"program {rules.code}"
        families[key].append((program_id, rules))
    return list(families.values())


def programs_with_targets() -> set[UUID]:
    """The programs whose published versions read targets."""
    rows = ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED, definition__calculation__type="target")
    return set(rows.values_list("program_id", flat=True))


def program_ids_with(program_ids: Collection[UUID] | None) -> Collection[UUID] | None:
    """These programs and those whose results hang together with theirs; None stays all of them."""
    if program_ids is None:
        return None
    numbered: dict[UUID, list[tuple[UUID, int, Rules]]] = defaultdict(list)
    for row in ProgramVersion.objects.filter(status=VersionStatus.PUBLISHED):
        numbered[row.program_id].append((row.pk, row.number, rules_of(row)))
    return _families(numbered, program_ids)


def programs_asking(qualifier: str) -> set[UUID]:
    """The programs whose published versions ask for such a qualifier."""
    rows = ProgramVersion.objects.filter(
        status=VersionStatus.PUBLISHED, definition__qualifiers__contains=[{"type": qualifier}]
    )
    return set(rows.values_list("program_id", flat=True))


def _families(
    numbered: Mapping[UUID, Sequence[tuple[UUID, int, Rules]]], program_ids: Collection[UUID]
) -> Collection[UUID]:
    groups: dict[UUID, set[str]] = {
        key: {rules.stacking.group for _id, _number, rules in found if _is_grouped(rules)}
        for key, found in numbered.items()
    }
    wanted = {group for key in program_ids for group in groups.get(key, ())}
    return {*program_ids, *(key for key, found in groups.items() if found & wanted)}
