"""Facts that move money: each recalculates what it reaches; the difference to what is stored makes replays harmless.

And what people are told: days that come near, decisions, payments.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from prm.identity.actor import Actor
from prm.outbox.registry import subscribe
from prm.outbox.services import emit
from prm.runs.models import Run
from prm.runs.states import RUN_ACTIVE
from rebates.models import ApplyRun, CloseRun, LeakageRun, WhatIfRun
from rebates.recalculation import Cause
from rebates.services.accruals import accruals_update
from rebates.services.bank_results import WATCH as APPLY_WATCH
from rebates.services.closing import WATCH as CLOSE_WATCH
from rebates.services.leakage import WATCH as LEAKAGE_WATCH
from rebates.services.rebuild import END, PART, rebuild_end, rebuild_part
from rebates.services.reminders import (
    dispute_decided_tell,
    dispute_reminders_make,
    payments_tell,
    review_reminders_make,
    statements_tell,
)
from rebates.services.what_if import WATCH as WHAT_IF_WATCH
from rebates.versions import programs_asking, programs_with_targets

ACTOR = Actor.system("rebates.accruals")
REBUILD = Actor.system("rebates.rebuild")
LOOK_AGAIN = dt.timedelta(seconds=30)
TELL = "rebates.statements.tell"
AT_ONCE = 50
Payload = dict[str, Any]


@subscribe("commerce.sales.recorded")
def sales_recorded(payload: Payload) -> None:
    accruals_update(
        actor=ACTOR,
        partner_ids=_ids(payload),
        since=_day(payload, "since"),
        until=_day(payload, "until"),
        cause=_sales_cause(payload),
    )


@subscribe("commerce.sales.removed")
def sales_removed(payload: Payload) -> None:
    # Lines that are gone can't say which originals they returned or which returns they made countable: look everywhere.
    accruals_update(actor=ACTOR, cause=_sales_cause(payload))


@subscribe("commerce.rates.changed")
def rates_changed(payload: Payload) -> None:
    since = _day(payload, "since")
    cause = _import_cause(payload) or Cause("commerce.exchangerate", str(since or "all"))
    accruals_update(actor=ACTOR, since=since, cause=cause)


@subscribe("commerce.products.changed")
def products_changed(payload: Payload) -> None:
    accruals_update(actor=ACTOR, cause=_import_cause(payload) or Cause("commerce.product", "all"))


@subscribe("partners.partner.changed")
def partner_changed(payload: Payload) -> None:
    ids = _ids(payload)
    cause = _import_cause(payload) or Cause("partners.partner", _one(ids))
    accruals_update(actor=ACTOR, partner_ids=ids, cause=cause)


@subscribe("partners.tier.changed")
def tier_changed(payload: Payload) -> None:
    ids = _ids(payload)
    accruals_update(
        actor=ACTOR, partner_ids=ids, since=_day(payload, "since"), cause=Cause("partners.tierchange", _one(ids))
    )


@subscribe("partners.certificate.awarded")
@subscribe("partners.certificate.revoked")
@subscribe("partners.certificate.moved")
@subscribe("partners.certificate.imported")
def certificates_changed(payload: Payload) -> None:
    """An expiry changes nothing: its day was known when the certificate was."""
    programs, ids = programs_asking("certified_people"), _ids(payload)
    cause = _import_cause(payload) or Cause("partners.certificate", payload.get("certificate_id") or _one(ids))
    if programs and ids != []:
        accruals_update(actor=ACTOR, partner_ids=ids, since=_day(payload, "since"), program_ids=programs, cause=cause)


@subscribe("partners.agreement.activated")
@subscribe("partners.agreement.renewed")
@subscribe("partners.agreement.changed")
@subscribe("partners.agreement.ended")
def agreements_changed(payload: Payload) -> None:
    """`changed` is a notice given, or a termination for a day to come."""
    programs, since = programs_asking("agreement_signed"), _day(payload, "since")
    cause = Cause("partners.agreement", payload["agreement_id"])
    if programs:
        accruals_update(actor=ACTOR, partner_ids=_ids(payload), since=since, program_ids=programs, cause=cause)


@subscribe("commerce.overdue.changed")
def overdue_changed(payload: Payload) -> None:
    ids = _ids(payload)
    cause = _import_cause(payload) or Cause("commerce.overdue", _one(ids))
    programs = programs_asking("no_overdue")
    accruals_update(actor=ACTOR, partner_ids=ids, since=_day(payload, "since"), program_ids=programs, cause=cause)


@subscribe("rebates.program.published")
def program_published(payload: Payload) -> None:
    cause = Cause("rebates.programversion", payload["version_id"])
    programs = [UUID(payload["program_id"])]
    accruals_update(actor=ACTOR, program_ids=programs, since=_day(payload, "since"), cause=cause)


@subscribe("rebates.program.ended")
def program_ended(payload: Payload) -> None:
    cause = Cause("rebates.program", payload["program_id"])
    programs = [UUID(payload["program_id"])]
    accruals_update(actor=ACTOR, program_ids=programs, since=_day(payload, "since"), cause=cause)


@subscribe("rebates.targets.changed")
def targets_changed(payload: Payload) -> None:
    cause = _import_cause(payload) or Cause("rebates.target", "all")
    accruals_update(actor=ACTOR, program_ids=programs_with_targets(), cause=cause)


@subscribe("rebates.statement.review_ending")
def review_ending(payload: Payload) -> None:
    review_reminders_make(statement_id=UUID(payload["statement_id"]))


@subscribe("rebates.dispute.due_soon")
def dispute_due_soon(payload: Payload) -> None:
    dispute_reminders_make(dispute_id=UUID(payload["dispute_id"]))


@subscribe("rebates.statement.approved")
def statements_approved(payload: Payload) -> None:
    """In parts: a vendor may approve the statements of all its partners at once."""
    ids = payload["statement_ids"]
    for start in range(0, len(ids), AT_ONCE):
        emit(TELL, {"statement_ids": ids[start : start + AT_ONCE]})


@subscribe(TELL)
def statements_told(payload: Payload) -> None:
    statements_tell(statement_ids=[UUID(one) for one in payload["statement_ids"]])


@subscribe("rebates.dispute.decided")
def dispute_decided(payload: Payload) -> None:
    dispute_decided_tell(dispute_id=UUID(payload["dispute_id"]), is_final=payload["is_final"])


@subscribe("rebates.payment.paid")
def payments_paid(payload: Payload) -> None:
    payments_tell(payment_ids=[UUID(one) for one in payload["payment_ids"]])


@subscribe(PART)
def rebuild_part_asked(payload: Payload) -> None:
    rebuild_part(actor=REBUILD, part_id=UUID(payload["part_id"]))


@subscribe(END)
def rebuild_end_asked(payload: Payload) -> None:
    rebuild_end(actor=REBUILD, rebuild_id=UUID(payload["rebuild_id"]))


@subscribe(WHAT_IF_WATCH)
def what_if_watch(payload: Payload) -> None:
    from rebates.tasks import what_if

    _watch(WHAT_IF_WATCH, payload, WhatIfRun, what_if)


@subscribe(LEAKAGE_WATCH)
def leakage_watch(payload: Payload) -> None:
    from rebates.tasks import leakage

    _watch(LEAKAGE_WATCH, payload, LeakageRun, leakage)


@subscribe(CLOSE_WATCH)
def close_watch(payload: Payload) -> None:
    from rebates.tasks import close

    _watch(CLOSE_WATCH, payload, CloseRun, close)


@subscribe(APPLY_WATCH)
def bank_result_watch(payload: Payload) -> None:
    from rebates.tasks import bank_result

    _watch(APPLY_WATCH, payload, ApplyRun, bank_result)


def _watch(topic: str, payload: Payload, model: type[Run], task: Any) -> None:
    """Send the task, and again from time to time until the run has ended: a broker forgets, the outbox does not."""
    run_id = next(iter(payload.values()))
    if model._default_manager.filter(pk=UUID(run_id), status__in=RUN_ACTIVE).exists():
        emit(topic, payload, delay=LOOK_AGAIN)
        task.apply_async(args=[run_id])


def _ids(payload: Payload) -> list[UUID] | None:
    """The partners that a message names; None when it means all."""
    if payload.get("partner_id"):
        return [UUID(payload["partner_id"])]
    found = payload.get("partner_ids")
    return None if found in (None, "all") else [UUID(one) for one in found]


def _one(ids: list[UUID] | None) -> str:
    return str(ids[0]) if ids and len(ids) == 1 else "all"


def _day(payload: Payload, name: str) -> dt.date | None:
    text = payload.get(name)
    return dt.date.fromisoformat(text) if text else None


def _import_cause(payload: Payload) -> Cause | None:
    return Cause("imports.import", payload["import_id"]) if payload.get("import_id") else None


def _sales_cause(payload: Payload) -> Cause:
    return _import_cause(payload) or Cause(
        "commerce.saleline", f"{payload.get('since') or ''}/{payload.get('until') or ''}"
    )
