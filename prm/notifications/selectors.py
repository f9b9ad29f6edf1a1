"""A person's own notices at the active vendor, and what administrators see of all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from prm.db.scope import require_tenant_id
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import places_of
from prm.notifications.catalogue import kinds
from prm.notifications.models import Mail, Notice, Preference, Schedule
from prm.notifications.readers import concerns
from prm.notifications.states import LOCKED_AREAS, Area, Channel
from prm.tenancy.context import tenant_context


def inbox_list(actor: Actor, *, unread: bool | None = None, area: str = "") -> QuerySet[Notice]:
    """The actor's own notices, newest first. Keys and systems have no inbox: raises `Forbidden`."""
    return _inbox(_person(actor), unread=unread, area=area)


def notice_get(actor: Actor, notice_id: UUID) -> Notice:
    found = inbox_list(actor).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def unread_count(actor: Actor) -> int:
    return inbox_list(actor, unread=True).count()


def unread_elsewhere(actor: Actor) -> list[tuple[str, str, int]]:
    """(slug, name, unread) of the other vendors where the actor has something to read, by name."""
    user_id, found = _person(actor), []
    here = require_tenant_id()
    others = {(place.tenant_name, place.slug, place.tenant_id) for place in places_of(user_id)}
    for name, slug, tenant_id in sorted(others):
        if tenant_id == here:
            continue
        with tenant_context(tenant_id):
            if count := _inbox(user_id, unread=True).count():
                found.append((slug, name, count))
    return found


def preference_list(actor: Actor) -> list[tuple[Area, Channel | None]]:
    """Every area that anything is told of, with the actor's choice; None where it cannot be chosen."""
    chosen = dict(Preference.objects.filter(user=_person(actor)).values_list("area", "channel"))
    areas = {kind.area for kind in kinds()}
    return [
        (area, None if area in LOCKED_AREAS else Channel(chosen.get(area, Channel.MAIL)))
        for area in Area
        if area in areas
    ]


def schedule_get(actor: Actor) -> Schedule:
    return Schedule.of(User.objects.get(pk=_person(actor)))


def mail_list(actor: Actor, *, status: str = "", kind: str = "", search: str = "") -> QuerySet[Mail]:
    """What became of every mail, newest first, with the notices that it carries."""
    actor.require(Right.SETTINGS_EDIT)
    known = Notice.objects.filter(kind__in=[one.code for one in kinds()])
    found = Mail.objects.select_related("user").prefetch_related(
        Prefetch("notices", known.select_related("user", "partner").order_by("created_at", "pk"))
    )
    if status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(notices__kind=kind).distinct()
    if search:
        found = found.filter(Q(user__email__icontains=search) | Q(email__icontains=search))
    return found.order_by("-created_at", "-id")


def _inbox(user_id: UUID, *, unread: bool | None = None, area: str = "") -> QuerySet[Notice]:
    known = [kind.code for kind in kinds() if not area or kind.area == area]
    found = Notice.objects.filter(user_id=user_id, kind__in=known).exclude(channel=Channel.OFF)
    if unread is not None:
        found = found.filter(read_at__isnull=unread)
    return found.filter(concerns(user_id)).select_related("user", "partner").order_by("-created_at", "-id")


def _person(actor: Actor) -> Any:
    if actor.kind != "user" or actor.id is None:
        raise Forbidden
    return actor.id
