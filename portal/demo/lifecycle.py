"""A partner whose payouts are suspended, one that leaves with half a checklist, a filled renewal worklist, views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import cycle
from uuid import UUID

from partners.selectors.partners import partner_list
from partners.selectors.renewals import renewal_list
from partners.services.data_exports import data_export_request
from partners.services.directory import partner_assign, view_save
from partners.services.exits import exit_start, exit_waive
from partners.services.renewals import renewal_decide, renewals_prepare, term_set
from partners.services.suspensions import suspension_start
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role

SYSTEM = Actor.system("demo")
TERMS = (21, 35, 48, 60, 74, 88, 120, 200)
"""Days until the terms of the partners end, one after the other."""


def lifecycle_make(staff: Mapping[Role, Membership]) -> None:
    """The fourth-last partner's payouts wait, the third-last leaves; every third term ends within three months."""
    manager, administrator = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
    partners = list(partner_list(SYSTEM).order_by("code").values_list("pk", flat=True))
    _owners(manager, (staff[Role.CHANNEL_MANAGER], staff[Role.ADMINISTRATOR]), partners)
    _terms(manager, partners)
    term_set(actor=manager, partner_id=partners[-4], ends_on=clock.today(require_tenant()) + dt.timedelta(days=40))
    suspension_start(
        actor=manager, partner_id=partners[-4], scope="payouts", reason_code="compliance",
        reason="The tax certificate has expired. 税务登记证明已过期。",
    )  # fmt: skip
    _leaving(manager, administrator, partners[-3])
    renewals_prepare(actor=SYSTEM)
    _one_decided(manager)
    view_save(actor=manager, name="Mine · 我的", filters={"owner": "me"}, columns=("code", "tier", "ending", "status"))
    view_save(
        actor=administrator, name="Terms ending · 即将到期", filters={"ending": "90"},
        columns=("code", "tier", "owner", "ending", "status"), is_shared=True,
    )  # fmt: skip


def _owners(actor: Actor, members: Sequence[Membership], partners: Sequence[UUID]) -> None:
    for partner_id, member in zip(partners, cycle((*members[:1], *members)), strict=False):
        partner_assign(actor=actor, partner_id=partner_id, manager_id=member.user_id)


def _terms(actor: Actor, partners: Sequence[UUID]) -> None:
    today = clock.today(require_tenant())
    for partner_id, days in zip(partners[::3], cycle(TERMS), strict=False):
        term_set(actor=actor, partner_id=partner_id, ends_on=today + dt.timedelta(days=days))


def _leaving(manager: Actor, administrator: Actor, partner_id: UUID) -> None:
    last_day = clock.today(require_tenant()) + dt.timedelta(days=30)
    found = exit_start(
        actor=manager, partner_id=partner_id, reason_code="merger", last_day=last_day,
        reason="Taken over by another distributor. 已被其他经销商收购。",
    )  # fmt: skip
    for code in ("rebates.statements", "rebates.reserve"):
        try:
            exit_waive(
                actor=administrator, exit_id=found.pk, check_code=code, reason="Settled with the buyer. 与收购方结清。"
            )
            break
        except DomainError:
            # Nothing is left of this one; the next will do.
            continue
    data_export_request(actor=manager, partner_id=partner_id, exit=found)


def _one_decided(manager: Actor) -> None:
    row = renewal_list(manager, advice="watch").first() or renewal_list(manager).first()
    if row is not None:
        day = clock.today(require_tenant()) + dt.timedelta(days=14)
        renewal_decide(
            actor=manager, renewal_id=row.pk, decision="watch", note="Talk first. 先沟通。",
            task="Visit them and look at the pipeline. 拜访并梳理商机。", task_on=day,
        )  # fmt: skip
