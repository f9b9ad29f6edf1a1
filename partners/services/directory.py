"""Views of the directory, and whose partner a partner is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import directory
from partners.models import DirectoryDefault, DirectoryView, Partner
from partners.policies.partners import require_edit
from partners.selectors.directory import COLUMNS, SORTS, USUAL, view_get
from partners.services.locking import partner_locked
from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import Membership, User
from prm.identity.rights import ROLE_RIGHTS, Right
from prm.outbox.services import emit

LONGEST = 200


@transaction.atomic
def partner_assign(*, actor: Actor, partner_id: UUID, manager_id: UUID | None) -> Partner:
    """The partner is this person's from now on; nobody's without one. Emits `partners.partner.assigned`.

    Raises `Invalid` for somebody who is not of the vendor or may not see partners.
    """
    require_edit(actor)
    person = owner_checked(manager_id)
    partner = partner_locked(partner_id)
    return assign_locked(actor, partner, person)


def assign_locked(actor: Actor, partner: Partner, person: User | None) -> Partner:
    """The caller holds the partner's lock."""
    if partner.manager_id == (person.pk if person else None):
        return partner
    before = User.objects.filter(pk__in=[partner.manager_id]).first()
    partner.manager = person
    partner.save(update_fields=["manager"])
    told = {"before": before.email if before else "", "owner": person.email if person else ""}
    record(actor, "partners.partner.assigned", partner, told)
    emit("partners.partner.assigned", {"partner_id": str(partner.pk)})
    return partner


def owner_checked(manager_id: UUID | None) -> User | None:
    """Raises `Invalid`."""
    if manager_id is None:
        return None
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.PARTNERS_VIEW in rights]
    members = Membership.objects.filter(user_id=manager_id, partner__isnull=True, is_active=True, role__in=roles)
    found = members.select_related("user").first()
    if found is None:
        raise Invalid(fields={"owner": [_("Choose one of your people who may see partners.")]})
    return found.user


@transaction.atomic
def view_save(
    *,
    actor: Actor,
    name: str,
    filters: Mapping[str, str],
    columns: Sequence[str] = (),
    sort: str = "name",
    is_shared: bool = False,
    view_id: UUID | None = None,
) -> DirectoryView:
    """Keep filters, columns and order under a name; with `view_id` in place of an earlier view.

    Raises `Invalid` for a name that is empty or taken, unknown columns or order, `NotFound` for another person's view,
    `Forbidden` for a shared view of somebody who may not edit partners.
    """
    _require_keeper(actor)
    if is_shared:
        require_edit(actor)
    kept = _own(actor, view_id) if view_id else DirectoryView(owner_id=actor.id, owner_label=actor.label[:254])
    kept.name, kept.is_shared = _name(name), is_shared
    kept.filters, kept.columns, kept.sort = _filters(filters), _columns(columns), _sort(sort)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise Invalid(fields={"name": [_("There is a view of this name already.")]}) from None
    record(actor, "partners.view.saved", kept, {"is_shared": is_shared})
    return kept


@transaction.atomic
def view_remove(*, actor: Actor, view_id: UUID) -> None:
    """Raises `NotFound` for another person's view."""
    _require_keeper(actor)
    kept = _own(actor, view_id)
    record(actor, "partners.view.removed", kept)
    kept.delete()


@transaction.atomic
def view_default_set(*, actor: Actor, view_id: UUID | None) -> None:
    """The directory opens with this view for the actor; with all partners without one."""
    _require_keeper(actor)
    if view_id is None:
        DirectoryDefault.objects.filter(user_id__in=[actor.id]).delete()
        return
    view = view_get(actor, view_id)
    assert actor.id is not None  # noqa: S101 (a person keeps views)
    kept = DirectoryDefault.objects.filter(user_id=actor.id).first() or DirectoryDefault(user_id=actor.id)
    kept.view = view
    kept.save()


def _own(actor: Actor, view_id: UUID) -> DirectoryView:
    """A view that the actor may change: an own one, or a shared one for who edits partners."""
    view = view_get(actor, view_id)
    if view.owner_id != actor.id and not actor.can(Right.PARTNERS_EDIT):
        raise NotFound
    return DirectoryView.objects.select_for_update().get(pk=view.pk)


def _require_keeper(actor: Actor) -> None:
    if actor.is_partner or actor.kind not in {"user", "api_key"}:
        raise Forbidden
    actor.require(Right.PARTNERS_VIEW)


def _name(name: str) -> str:
    given = name.strip()
    if not 0 < len(given) <= 80 or "\0" in given:
        raise Invalid(fields={"name": [_("Give it a name of at most 80 characters.")]})
    return given


def _filters(filters: Mapping[str, str]) -> dict[str, str]:
    known = {"q", *(one.code for one in directory.filters())}
    kept = {name: str(value).strip()[:LONGEST] for name, value in filters.items() if name in known}
    return {name: value for name, value in kept.items() if value}


def _columns(columns: Sequence[str]) -> list[str]:
    if set(columns) - set(COLUMNS):
        raise Invalid(fields={"columns": [_("There is no such column.")]})
    return [name for name in COLUMNS if name in columns] or list(USUAL)


def _sort(sort: str) -> str:
    if sort.removeprefix("-") not in SORTS:
        raise Invalid(fields={"sort": [_("There is no such order.")]})
    return sort
