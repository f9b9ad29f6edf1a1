from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.db.models import TenantModel
from prm.errors import StateError
from prm.identity.actor import Actor
from prm.workflow.models import Transition

Table = Mapping[str, Mapping[str, str]]
"""{state: {verb: next state}}; a state that allows nothing maps to an empty table."""


def transition(
    instance: TenantModel, verb: str, *, table: Table, actor: Actor, action: str, reason: str = ""
) -> Transition:
    """Change `instance.status` by the table, with its transition row and audit entry.

    The caller holds a row lock on the instance. `action` is the audit name, such as `rebates.statement.approved`.
    Raises `StateError` when the present state does not know the verb.
    """
    present = str(instance.status)  # type: ignore[attr-defined]
    following = table.get(present, {}).get(verb)
    if following is None:
        raise StateError(_("“%(what)s” is %(state)s, so this is not possible now.") % _names(instance))
    instance.status = following  # type: ignore[attr-defined]
    instance.save(update_fields=["status"])
    record(actor, action, instance, {"from": present, "to": following} | ({"reason": reason} if reason else {}))
    return Transition.objects.create(  # type: ignore[no-any-return]
        at=clock.now(),
        target_type=instance._meta.label_lower,
        target_id=str(instance.pk),
        verb=verb,
        from_state=present,
        to_state=following,
        actor_label=actor.label[:254],
        reason=reason,
    )


def _names(instance: Model) -> dict[str, str]:
    return {"what": str(instance), "state": str(instance.get_status_display())}  # type: ignore[attr-defined]
