"""The directory: pages by key, so that the first of a hundred and of a hundred thousand partners cost the same."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners import directory
from partners.models import BulkRow, BulkRun, DirectoryDefault, DirectoryView, Partner
from partners.selectors.partners import with_tier
from prm import clock
from prm.db.scope import require_tenant, require_tenant_id
from prm.db.search import search_rows
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.rights import Right

PAGE = 50
FACETS_SHOWN = 200
SORTS = {"name": "name_folded", "code": "code", "type": "type", "region": "region", "country": "country",
         "status": "status", "since": "created_at"}  # fmt: skip
"""Each is the beginning of an index that goes on by code, which ends every tie."""
COLUMNS = ("code", "type", "region", "country", "tier", "owner", "ending", "tags", "status", "since")
USUAL = ("code", "type", "region", "tier", "owner", "tags", "status")

_LOOSE = """
    {name} AS (
        (SELECT t.{column} AS value FROM {table} t WHERE t.tenant_id = %(tenant)s ORDER BY t.{column} LIMIT 1)
        UNION ALL
        SELECT (SELECT t.{column} FROM {table} t WHERE t.tenant_id = %(tenant)s AND t.{column} > v.value
                ORDER BY t.{column} LIMIT 1)
        FROM {name} v WHERE v.value IS NOT NULL
    )"""
_PICK = "(SELECT '{name}', value FROM {name} WHERE value <> '' LIMIT {most})"
_SOURCES = {
    "type": ("partners_partner", "type"),
    "region": ("partners_partner", "region"),
    "country": ("partners_partner", "country"),
    "tag": ("partners_partnertag", "tag"),
    "tier": ("partners_tierchange", "tier"),
}


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """`after` goes on behind the last row; empty on the last page. `sort` has a minus in front when it falls."""

    rows: list[Partner]
    after: str
    sort: str
    is_first: bool


def directory_rows(actor: Actor, filters: Mapping[str, str]) -> QuerySet[Partner]:
    """The partners that meet the filters (`q` searches), in no order. What no filter knows is left out."""
    _require(actor)
    today = clock.today(require_tenant())
    rows: QuerySet[Partner] = Partner.objects.all()
    for one in directory.filters():
        if value := str(filters.get(one.code) or ""):
            rows = one.apply(rows, value, actor, today)
    return search_rows(rows, str(filters.get("q") or ""), code="code", folded="name_folded")


def directory_page(
    actor: Actor, filters: Mapping[str, str], *, sort: str = "name", after: str = "", size: int = PAGE
) -> DirectoryPage:
    """One page with `tier` and `manager`. Raises `Invalid` for an `after` that no page gave."""
    key, falls = sort.removeprefix("-"), sort.startswith("-")
    if key not in SORTS:
        key, falls = "name", False
    columns = [SORTS[key]] if key == "code" else [SORTS[key], "code"]
    rows = with_tier(directory_rows(actor, filters)).select_related("manager")
    if after:
        rows = rows.filter(_behind(columns, _position(after, len(columns)), falls=falls))
    found = list(rows.order_by(*(f"-{column}" if falls else column for column in columns))[: size + 1])
    more = found[size - 1] if len(found) > size else None
    position = _cursor([getattr(more, column) for column in columns]) if more else ""
    return DirectoryPage(found[:size], position, f"-{key}" if falls else key, is_first=not after)


def directory_facets(actor: Actor) -> dict[str, list[str]]:
    """The values that filters offer, sorted, by hopping from one to the next in an index: one statement, flat cost."""
    _require(actor)
    parts = [_LOOSE.format(name=name, table=table, column=column) for name, (table, column) in _SOURCES.items()]
    picks = [_PICK.format(name=name, most=FACETS_SHOWN) for name in _SOURCES]
    with connection.cursor() as cursor:
        sql = f"WITH RECURSIVE {', '.join(parts)} {' UNION ALL '.join(picks)}"
        cursor.execute(sql, {"tenant": str(require_tenant_id())})
        rows = cursor.fetchall()
    return {name: sorted(value for kind, value in rows if kind == name) for name in _SOURCES}


def owners(actor: Actor) -> list[User]:
    """The vendor's people that a partner can be assigned to, by name."""
    from prm.identity.selectors import users_with

    _require(actor)
    return sorted(users_with(Right.PARTNERS_VIEW), key=lambda user: (user.name.lower(), user.email))


def view_list(actor: Actor) -> QuerySet[DirectoryView]:
    """The actor's own views and everybody's."""
    _require(actor)
    return DirectoryView.objects.filter(Q(is_shared=True) | Q(owner_id=actor.id)).order_by("name", "id")


def view_get(actor: Actor, view_id: Any) -> DirectoryView:
    """Raises `NotFound` for another person's view."""
    found = view_list(actor).filter(pk=view_id).first()
    if found is None:
        raise NotFound
    return found


def view_default(actor: Actor) -> DirectoryView | None:
    """The view with which the directory opens for the actor."""
    chosen = DirectoryDefault.objects.filter(user_id__in=[actor.id]).select_related("view").first()
    return chosen.view if chosen is not None and _is_visible(chosen.view, actor) else None


def bulk_list(actor: Actor) -> QuerySet[BulkRun]:
    _require(actor)
    return BulkRun.objects.order_by("-created_at", "-id")


def bulk_get(actor: Actor, run_id: Any) -> BulkRun:
    """Raises `NotFound`."""
    found = bulk_list(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def bulk_rows(actor: Actor, run_id: Any, *, outcome: str = "") -> QuerySet[BulkRow]:
    """What became of each partner, refusals first."""
    rows = BulkRow.objects.filter(run=bulk_get(actor, run_id)).select_related("partner")
    rows = rows.filter(outcome=outcome) if outcome else rows
    return rows.order_by("outcome", "partner__code")


def _is_visible(view: DirectoryView, actor: Actor) -> bool:
    return view.is_shared or view.owner_id == actor.id


def _require(actor: Actor) -> None:
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.PARTNERS_VIEW)


def _behind(columns: Sequence[str], position: Sequence[str], *, falls: bool) -> Q:
    """(a, b) > (x, y), with the bound on the first column by itself, which is where an index begins."""
    way = "lt" if falls else "gt"
    first, *rest = zip(columns, position, strict=True)
    if not rest:
        return Q((f"{first[0]}__{way}", first[1]))
    [(second, value)] = rest
    bound = Q((f"{first[0]}__{way}e", first[1]))
    return bound & (Q((f"{first[0]}__{way}", first[1])) | Q((f"{second}__{way}", value)))


def _cursor(values: Sequence[Any]) -> str:
    texts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _position(cursor: str, parts: int) -> list[str]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or len(found) != parts or not all(isinstance(part, str) for part in found):
        raise Invalid(fields={"after": [_("This is no position in the list.")]})
    return found
