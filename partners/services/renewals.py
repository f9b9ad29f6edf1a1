"""The renewal worklist: who is due, what the data advises, what a person decides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Partner, Renewal
from partners.policies.lifecycle import require_decide
from partners.renewal_inputs import figures_of
from partners.renewal_rules import advice_of
from partners.services.locking import partner_locked
from partners.services.suspensions import reason_read
from partners.states.partner import PartnerStatus
from partners.states.renewals import RENEWAL_DECISIONS, RENEWAL_TRANSITIONS, RenewalKind, RenewalStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.workflow.services import transition

AHEAD = dt.timedelta(days=90)
"""How long before its day a term comes onto the list."""
REVIEW_AHEAD = dt.timedelta(days=30)
WORKING = (PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED)
CHUNK = 500


@transaction.atomic
def renewals_prepare(*, actor: Actor) -> int:
    """Bring onto the list whose term or yearly review is near, and advise anew on what is open; returns the new ones.

    Doing it again changes nothing. Rows of partners that do not work with the vendor any more are dropped.
    """
    require_decide(actor)
    today = clock.today(require_tenant())
    due = _due(today)
    known = set(Renewal.objects.filter(due_on__gte=today - 2 * AHEAD).values_list("partner_id", "kind", "due_on"))
    known |= set(Renewal.objects.filter(status=RenewalStatus.OPEN).values_list("partner_id", "kind", "due_on"))
    new = [one for one in due if one not in known]
    now = clock.now()
    rows = [
        Renewal(partner_id=partner_id, kind=kind, due_on=day, advice="renew", advised_at=now)
        for partner_id, kind, day in new
    ]
    Renewal.objects.bulk_create(rows, batch_size=CHUNK)
    _drop_left(actor)
    _advise(today)
    return len(rows)


@transaction.atomic
def renewal_decide(
    *, actor: Actor, renewal_id: UUID, decision: str, note: str, task: str = "", task_on: dt.date | None = None
) -> Renewal:
    """`renew`, `upgrade`, `watch` or `exit`, with its reason and what is to follow until when.

    Renewing or upgrading moves the end of the partner's term a year on. Whoever decides `exit` starts one besides.
    Emits `partners.renewal.decided`. Raises `Invalid` with `fields`, `StateError` when somebody has decided already.
    """
    require_decide(actor)
    if actor.kind != "user":
        raise Invalid(_("A person decides this, not a program."))
    found, partner = _locked(renewal_id)
    _check(decision, note, task, task_on)
    if found.status != RenewalStatus.OPEN:
        raise StateError(_("Somebody has decided this already."))
    _advise_one(found, clock.today(require_tenant()))
    found.note, found.task, found.task_on = note.strip(), task.strip(), task_on
    found.decided_at, found.decided_by_label, found.task_done_at = clock.now(), actor.label[:254], None
    found.save(update_fields=["note", "task", "task_on", "decided_at", "decided_by_label", "task_done_at"])
    transition(
        found, decision, table=RENEWAL_TRANSITIONS, actor=actor, action="partners.renewal.decided", reason=found.note
    )
    if decision in {"renew", "upgrade"} and found.kind == RenewalKind.TERM:
        _extend(actor, partner, found.due_on)
    payload = {"renewal_id": str(found.pk), "partner_id": str(partner.pk), "decision": decision}
    emit("partners.renewal.decided", payload)
    return found


@transaction.atomic
def renewal_task_done(*, actor: Actor, renewal_id: UUID) -> Renewal:
    """What was to follow is done; a partner that was watched comes back onto the list. Raises `StateError`."""
    require_decide(actor)
    found, _partner = _locked(renewal_id)
    if found.status == RenewalStatus.OPEN or not found.task or found.task_done_at is not None:
        raise StateError(_("There is nothing left to do here."))
    found.task_done_at = clock.now()
    found.save(update_fields=["task_done_at"])
    record(actor, "partners.renewal.task_done", found, {"task": found.task})
    if found.status == RenewalStatus.WATCHED:
        transition(
            found, "look_again", table=RENEWAL_TRANSITIONS, actor=actor, action="partners.renewal.reopened"
        )  # fmt: skip
    return found


@transaction.atomic
def term_set(*, actor: Actor, partner_id: UUID, ends_on: dt.date | None) -> Partner:
    """The day on which the partner's term ends; none for a partnership without end."""
    require_decide(actor)
    partner = partner_locked(partner_id)
    if partner.renewal_on != ends_on:
        before = partner.renewal_on.isoformat() if partner.renewal_on else ""
        partner.renewal_on = ends_on
        partner.save(update_fields=["renewal_on"])
        told = {"before": before, "until": ends_on.isoformat() if ends_on else ""}
        record(actor, "partners.partner.term_set", partner, told)
    return partner


def year_on(day: dt.date) -> dt.date:
    """The same day a year later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _due(today: dt.date) -> list[tuple[UUID, str, dt.date]]:
    working = Partner.objects.filter(status__in=WORKING)
    terms = working.filter(renewal_on__isnull=False, renewal_on__lte=today + AHEAD).values_list("pk", "renewal_on")
    found = [(key, RenewalKind.TERM.value, day) for key, day in terms if day is not None]
    zone = ZoneInfo(require_tenant().time_zone)
    for key, created in working.filter(renewal_on__isnull=True).values_list("pk", "created_at"):
        day = _next_anniversary(created.astimezone(zone).date(), today)
        if day <= today + REVIEW_AHEAD:
            found.append((key, RenewalKind.REVIEW.value, day))
    return found


def _next_anniversary(begun: dt.date, today: dt.date) -> dt.date:
    day = year_on(begun)
    while day < today:
        day = year_on(day)
    return day


def _advise(today: dt.date) -> None:
    rows = list(Renewal.objects.select_for_update().filter(status=RenewalStatus.OPEN).order_by("id"))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        figures = figures_of([row.partner_id for row in part], today)
        for row in part:
            _fill(row, figures[row.partner_id])
        Renewal.objects.bulk_update(part, ["advice", "reasons", "inputs", "advised_at"])


def _advise_one(found: Renewal, today: dt.date) -> None:
    _fill(found, figures_of([found.partner_id], today)[found.partner_id])
    found.save(update_fields=["advice", "reasons", "inputs", "advised_at"])


def _fill(row: Renewal, figures: dict[str, Decimal]) -> None:
    advice, reasons = advice_of(figures)
    row.advice, row.reasons = advice, [reason.as_json() for reason in reasons]
    row.inputs, row.advised_at = {code: str(value) for code, value in sorted(figures.items())}, clock.now()


def _drop_left(actor: Actor) -> None:
    gone = (
        Renewal.objects.select_for_update(of=("self",))
        .filter(status=RenewalStatus.OPEN)
        .exclude(partner__status__in=WORKING)
    )
    reason = str(_("The partner is leaving or has left."))
    for row in list(gone):
        row.note = reason
        row.save(update_fields=["note"])
        transition(
            row, "drop", table=RENEWAL_TRANSITIONS, actor=actor, action="partners.renewal.dropped", reason=reason
        )


def _locked(renewal_id: UUID) -> tuple[Renewal, Partner]:
    partner_id = Renewal.objects.filter(pk=renewal_id).values_list("partner_id", flat=True).first()
    if partner_id is None:
        raise NotFound
    partner = partner_locked(partner_id)
    found = Renewal.objects.select_for_update().get(pk=renewal_id)
    found.partner = partner
    return found, partner


def _extend(actor: Actor, partner: Partner, due_on: dt.date) -> None:
    if partner.renewal_on == due_on:
        term_set(actor=actor, partner_id=partner.pk, ends_on=year_on(due_on))


def _check(decision: str, note: str, task: str, task_on: dt.date | None) -> None:
    if decision not in RENEWAL_DECISIONS:
        raise Invalid(fields={"decision": [_("There is no such choice.")]})
    try:
        reason_read(note)
    except Invalid as refusal:
        raise Invalid(fields={"note": refusal.fields["reason"]}) from None
    if len(task) > 300:
        raise Invalid(fields={"task": [_("The text is longer than %(max)s characters.") % {"max": 300}]})
    if decision == "watch" and not (task.strip() and task_on):
        raise Invalid(fields={"task": [_("Say what is to follow, and until when.")]})
    if task_on is not None and task_on < clock.today(require_tenant()):
        raise Invalid(fields={"task_on": [_("This day is over.")]})
