"""What the vendor promises its partners, and how often it kept its word: scored beside the partners' own figures.

An app registers its commitments in its `AppConfig.ready()`. Each brings the SQL of its promises: to whom, until when,
and when it was done. A promise counts on the day it was kept, or on the day after its last one when it was not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from partners.metrics.registry import Only, Sql
from partners.metrics.values import within
from partners.metrics.windows import Window
from partners.states.plans import ActionStatus, Side
from prm.db.scope import require_tenant
from prm.errors import NotFound, Text

Query = Callable[[UUID, Window], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Commitment:
    """`promises(only)` is a SELECT of (partner_id uuid, done_on date, due_on date) of the active tenant.

    `url_name` names the vendor's list of what is behind it, `query` the filters of that list.
    """

    code: str
    name: Text
    definition: Text
    owner: Text
    source: Text
    promises: Callable[[Only], Sql]
    url_name: str = ""
    query: Query = lambda partner_id, _window: {"partner": str(partner_id)}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises were kept of those that fell due or were kept in the window."""

    kept: int
    due: int


_commitments: dict[str, Commitment] = {}


def register(commitment: Commitment) -> Commitment:
    """Raises `ValueError` when another commitment has the code."""
    if _commitments.setdefault(commitment.code, commitment) is not commitment:
        raise ValueError(f"there is a commitment {commitment.code!r} already")
    return commitment


def commitment(code: str) -> Commitment:
    """Raises `NotFound`."""
    found = _commitments.get(code)
    if found is None:
        raise NotFound
    return found


def commitments() -> list[Commitment]:
    return [_commitments[code] for code in sorted(_commitments)]


def known(code: str) -> bool:
    return code in _commitments


def kept_of(code: str, window: Window, only: Only = None) -> dict[UUID, Kept]:
    """Partner → promises kept and due; partners without any are left out. One statement for all partners."""
    text, params = commitment(code).promises(only)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.partner_id, count(*) FILTER (WHERE p.done_on <= p.due_on), count(*)"
            f" FROM ({text}) p (partner_id, done_on, due_on)"
            " WHERE CASE WHEN p.done_on <= p.due_on THEN p.done_on ELSE p.due_on + 1 END BETWEEN %s::date AND %s::date"
            " GROUP BY p.partner_id",
            [*params, window.since, window.until],
        )
        return {row[0]: Kept(row[1], row[2]) for row in cursor.fetchall()}


def local_day(column: str) -> Sql:
    """SQL of the vendor's business day of an instant."""
    return f"({column} AT TIME ZONE %s)::date", [require_tenant().time_zone]


def actions(only: Only) -> Sql:
    """The vendor's own actions in plans and reviews; what was dropped is no promise any more."""
    day, zone = local_day("a.ended_at")
    where, own = within("a.partner_id", only)
    return (
        (
            f"SELECT a.partner_id, {day}, a.due_on FROM partners_jointaction a"
            " LEFT JOIN partners_businessplan b ON b.id = a.plan_id"
            " WHERE a.side = %s AND a.status <> %s AND coalesce(b.status, 'agreed') IN ('agreed', 'closed')"
            f" AND {where}"
        ),
        [*zone, str(Side.VENDOR), str(ActionStatus.DROPPED), *own],
    )


def applications(only: Only) -> Sql:
    """Applications of those who became partners: decided by the end of the vendor's clock, to the minute."""
    decided, zone = local_day("a.decided_at")
    due, due_zone = local_day("a.due_at")
    where, own = within("a.partner_id", only)
    return (
        (
            f"SELECT a.partner_id, CASE WHEN a.decided_at <= a.due_at THEN {decided}"
            f" WHEN a.paused_at <= a.due_at THEN {due}"
            f" ELSE greatest({decided}, {due} + 1) END, {due} FROM partners_application a"
            f" WHERE a.partner_id IS NOT NULL AND a.due_at IS NOT NULL AND a.decided_at IS NOT NULL AND {where}"
        ),
        [*zone, *due_zone, *zone, *due_zone, *due_zone, *own],
    )


register(Commitment(
    code="applications_on_time",
    name=_("Applications answered on time"),
    definition=_("Applications of today's partners that we decided within our own clock; questions to them stop it."),
    owner=_("Channel management"),
    source=_("Applications"),
    promises=applications,
))  # fmt: skip
register(Commitment(
    code="actions_on_time",
    name=_("Our actions on time"),
    definition=_("Actions of plans and reviews that are ours, done by the day that was promised."),
    owner=_("Channel management"),
    source=_("Plans and reviews"),
    promises=actions,
    url_name="manager:actions",
    query=lambda partner_id, _window: {"side": "vendor", "partner": str(partner_id)},
))  # fmt: skip
