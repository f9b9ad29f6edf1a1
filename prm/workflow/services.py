from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record, record_many
from prm.db.models import TenantModel
from prm.errors import Conflict, Invalid, StateError
from prm.identity.actor import Actor
from prm.workflow.models import Transition

Table = Mapping[Any, Mapping[str, str]]
"""{state: {verb: next state}}; a state that allows nothing maps to an empty table."""


_reasoned: dict[int, frozenset[str]] = {}


def reasons_ask(table: Table, verbs: frozenset[str]) -> None:
    """From now on these verbs of the table are refused without a reason. Tables live as long as the program."""
    _reasoned[id(table)] = verbs


def transition(
    instance: TenantModel, verb: str, *, table: Table, actor: Actor, action: str, reason: str = ""
) -> Transition:
    """Change `instance.status` by the table, with its transition row and audit entry.

    The caller holds a row lock on the instance. `action` is the audit name, such as `rebates.statement.approved`.
    Raises `StateError` when the present state does not know the verb, `Invalid` when the verb asks for a reason.
    """
    present, following = _step(instance, verb, table)
    _require_reason(verb, table, reason)
    instance.status = following  # type: ignore[attr-defined]
    instance.save(update_fields=["status"])  # type: ignore[misc]
    record(actor, action, instance, _facts(present, following, reason))
    row = _row(instance, verb, (present, following), actor, reason)
    row.save()
    return row


def transition_check(instance: TenantModel, verb: str, *, table: Table) -> None:
    """Raise `StateError` when the present state does not know the verb: before what has to be written first."""
    _step(instance, verb, table)


def transition_all(
    instances: Sequence[TenantModel],
    verb: str,
    *,
    table: Table,
    actor: Actor,
    action: str,
    reason: str = "",
    **columns: Any,
) -> None:
    """`transition` for many rows of one model, in a fixed number of statements; `columns` change with the status.

    All or none: raises `StateError` for the first row whose state does not know the verb, `Conflict` when a row was
    not locked and has changed since it was read.
    """
    if not instances:
        return
    steps = [_step(instance, verb, table) for instance in instances]
    _require_reason(verb, table, reason)
    manager: Any = type(instances[0]).objects
    for present, following in sorted(set(steps)):
        keys = [instance.pk for instance, step in zip(instances, steps, strict=True) if step == (present, following)]
        rows = manager.filter(pk__in=keys, status=present)
        if rows.update(status=following, **columns) != len(keys):
            raise Conflict
    pairs = list(zip(instances, steps, strict=True))
    record_many(actor, action, [(instance, _facts(*step, reason)) for instance, step in pairs])
    Transition.objects.bulk_create([_row(instance, verb, step, actor, reason) for instance, step in pairs])
    for instance, (_present, following) in pairs:
        for name, value in {"status": following, **columns}.items():
            setattr(instance, name, value)


def _step(instance: TenantModel, verb: str, table: Table) -> tuple[str, str]:
    present = str(instance.status)  # type: ignore[attr-defined]
    following = table.get(present, {}).get(verb)
    if following is None:
        raise StateError(_("“%(what)s” is %(state)s, so this is not possible now.") % _names(instance))
    return present, str(following)


def _require_reason(verb: str, table: Table, reason: str) -> None:
    if verb in _reasoned.get(id(table), ()) and not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})


def _facts(present: str, following: str, reason: str) -> dict[str, str]:
    return {"from": present, "to": following} | ({"reason": reason} if reason else {})


def _row(instance: TenantModel, verb: str, step: tuple[str, str], actor: Actor, reason: str) -> Transition:
    return Transition(
        at=clock.now(),
        target_type=instance._meta.label_lower,
        target_id=str(instance.pk),
        verb=verb,
        from_state=step[0],
        to_state=step[1],
        actor_label=actor.label[:254],
        reason=reason,
    )


def _names(instance: Model) -> dict[str, str]:
    return {"what": str(instance), "state": str(instance.get_status_display())}  # type: ignore[attr-defined]
