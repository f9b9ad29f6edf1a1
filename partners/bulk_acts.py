"""What can be done to many partners at once: what it needs, what it does to one, how that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from partners.models import Partner, Suspension
from partners.notices.lifecycle import MESSAGE, administrators
from partners.services.directory import assign_locked, owner_checked
from partners.services.partners import partner_update
from partners.services.suspensions import reason_read, suspension_lift, suspension_start
from partners.states.bulk import BulkVerb
from partners.states.suspensions import SUSPENSION_OPEN, SuspensionReason, SuspensionScope
from prm.errors import Invalid, StateError
from prm.identity.actor import Actor
from prm.notifications.services import notify

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`do` gives what was before, None when nothing had to change; `undo` says whether it could put that back."""

    check: Callable[[Mapping[str, Any]], Data]
    do: Callable[[Actor, Partner, Data], Data | None]
    undo: Callable[[Actor, Partner, Data, Data], bool]


def _assign_check(data: Mapping[str, Any]) -> Data:
    try:
        person = owner_checked(UUID(str(data["owner"])) if data.get("owner") else None)
    except ValueError:
        raise Invalid(fields={"owner": [_("Choose one of your people who may see partners.")]}) from None
    return {"owner": str(person.pk) if person else ""}


def _assign(actor: Actor, partner: Partner, data: Data) -> Data | None:
    before = str(partner.manager_id or "")
    if before == data["owner"]:
        return None
    assign_locked(actor, partner, owner_checked(UUID(data["owner"]) if data["owner"] else None))
    return {"owner": before}


def _assign_back(actor: Actor, partner: Partner, data: Data, before: Data) -> bool:
    if str(partner.manager_id or "") != data["owner"]:
        return False
    assign_locked(actor, partner, owner_checked(UUID(before["owner"]) if before["owner"] else None))
    return True


def _tag_check(data: Mapping[str, Any]) -> Data:
    tag = str(data.get("tag") or "").strip()
    if not 0 < len(tag) <= 100 or ";" in tag or "\0" in tag:
        raise Invalid(fields={"tag": [_("One tag of at most 100 characters.")]})
    return {"tag": tag}


def _tag_add(actor: Actor, partner: Partner, data: Data) -> Data | None:
    if data["tag"] in partner.tags:
        return None
    partner_update(actor=actor, partner_id=partner.pk, tags=[*partner.tags, data["tag"]])
    return {"tag": data["tag"]}


def _tag_remove(actor: Actor, partner: Partner, data: Data) -> Data | None:
    if data["tag"] not in partner.tags:
        return None
    partner_update(actor=actor, partner_id=partner.pk, tags=[tag for tag in partner.tags if tag != data["tag"]])
    return {"tag": data["tag"]}


def _notify_check(data: Mapping[str, Any]) -> Data:
    subject, text = (str(data.get(name) or "").strip() for name in ("subject", "text"))
    if not 0 < len(subject) <= 150 or "\n" in subject or "\0" in subject:
        raise Invalid(fields={"subject": [_("A subject of at most 150 characters.")]})
    if not 0 < len(text) <= 4000 or "\0" in text:
        raise Invalid(fields={"text": [_("A text of at most 4000 characters.")]})
    return {"subject": subject, "text": text}


def _notify(_actor: Actor, partner: Partner, data: Data) -> Data | None:
    people = administrators(partner.pk)
    if not people:
        raise StateError(_("Nobody there administers the partner's account."))
    notify(MESSAGE, to=people, data=data, partner_id=partner.pk)
    return {"people": len(people)}


def _suspend_check(data: Mapping[str, Any]) -> Data:
    scope, code = str(data.get("scope") or ""), str(data.get("reason_code") or "")
    if scope not in SuspensionScope.values:
        raise Invalid(fields={"scope": [_("There is no such choice.")]})
    if code not in SuspensionReason.values:
        raise Invalid(fields={"reason_code": [_("There is no such choice.")]})
    return {"scope": scope, "reason_code": code, "reason": reason_read(str(data.get("reason") or ""))}


def _suspend(actor: Actor, partner: Partner, data: Data) -> Data | None:
    return {"suspension": str(suspension_start(actor=actor, partner_id=partner.pk, **data).pk)}


def _suspend_back(actor: Actor, partner: Partner, _data: Data, before: Data) -> bool:
    row = Suspension.objects.filter(pk=before["suspension"], partner=partner, status__in=SUSPENSION_OPEN).first()
    if row is None:
        return False
    suspension_lift(actor=actor, suspension_id=row.pk, reason=str(_("The bulk action was undone.")))
    return True


def _never(_actor: Actor, _partner: Partner, _data: Data, _before: Data) -> bool:
    return False


ACTS: Mapping[str, Act] = {
    BulkVerb.ASSIGN: Act(_assign_check, _assign, _assign_back),
    BulkVerb.TAG_ADD: Act(
        _tag_check, _tag_add, lambda actor, partner, data, _b: _tag_remove(actor, partner, data) is not None
    ),
    BulkVerb.TAG_REMOVE: Act(
        _tag_check, _tag_remove, lambda actor, partner, data, _b: _tag_add(actor, partner, data) is not None
    ),
    BulkVerb.NOTIFY: Act(_notify_check, _notify, _never),
    BulkVerb.SUSPEND: Act(_suspend_check, _suspend, _suspend_back),
}
