"""An agreement in force: from its first day to its end, renewed by itself or ended by somebody."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from partners.agreement_values import months_after
from partners.models import Agreement
from partners.notices.agreements import ACTIVE, ENDED
from partners.policies.agreements import require_agreements_edit
from partners.services.agreement_steps import agreement_locked, copy_send, locked, step, tell, tell_both
from partners.services.agreements import reason_set
from partners.services.entitlements import entitlements_cut, entitlements_extend, entitlements_grant
from partners.services.partners import partner_advance
from partners.states.agreements import IN_FORCE, AgreementKind, AgreementStatus, AmendmentEffect, SignerStatus
from partners.states.partner import PartnerStatus
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right

ONE_DAY = dt.timedelta(days=1)
SYSTEM = Actor.system("partners.agreements")


def agreement_activate_due(actor: Actor, agreement: Agreement) -> bool:
    """Put it into force once its first day has come; it counts from the day by which everybody had signed.

    Emits `partners.agreement.activated`. The caller holds the agreement's lock.
    """
    tenant = require_tenant()
    today = clock.today(tenant)
    if agreement.status != AgreementStatus.COUNTERSIGNED or agreement.starts_on > today:
        return False
    signed_on = today
    if agreement.countersigned_at is not None:
        signed_on = agreement.countersigned_at.astimezone(ZoneInfo(tenant.time_zone)).date()
    agreement.active_from, agreement.active_to = max(agreement.starts_on, signed_on), agreement.ends_on
    before = locked(agreement.predecessor_id) if agreement.predecessor_id else None
    if before and agreement.effect == AmendmentEffect.EXTENDS and before.active_to:
        agreement.active_to = min(filter(None, (agreement.active_to, before.active_to)))
    agreement.save(update_fields=["active_from", "active_to"])
    step(actor, agreement, "activate", "activated", since=agreement.active_from.isoformat())
    entitlements_grant(agreement)
    if before and _takes_place(agreement) and before.status in IN_FORCE:
        _replace(actor, before, agreement)
    if agreement.partner.status == PartnerStatus.CONTRACTING:
        partner_advance(actor=SYSTEM, partner_id=agreement.partner_id, verb="signed")
    tell_both(ACTIVE, agreement, f"{agreement.pk}:{agreement.status}")
    for signer in agreement.signers.filter(status=SignerStatus.SIGNED).exclude(token_hash=""):
        copy_send(agreement, signer)
    return True


@transaction.atomic
def agreement_terminate(*, actor: Actor, agreement_id: UUID, reason: str, last_day: dt.date | None = None) -> Agreement:
    """End it with a day, today when left out. Its entitlements end with that day. Raises `StateError`, `Invalid`."""
    require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if agreement.status not in IN_FORCE:
        raise StateError(_("%(number)s is not in force.") % {"number": agreement})
    today = clock.today(require_tenant())
    day = last_day or today
    if day < today:
        raise Invalid(fields={"last_day": [_("The last day can't be in the past.")]})
    if agreement.active_to and day > agreement.active_to:
        raise Invalid(fields={"last_day": [_("It ends before that day anyway.")]})
    reason_set(agreement, reason)
    if day == today:
        agreement_end(actor, agreement, "terminate", today)
        return agreement
    agreement.active_to, agreement.auto_renew = day, False
    agreement.save(update_fields=["active_to", "auto_renew"])
    entitlements_cut(agreement, day)
    facts = {"last_day": day.isoformat(), "reason": agreement.end_reason}
    record(actor, "partners.agreement.termination_set", agreement, facts)
    tell(agreement, "changed", since=(day + ONE_DAY).isoformat())
    return agreement


@transaction.atomic
def agreement_notice_give(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """It no longer renews by itself. Either side may say so. Raises `StateError` when it would not anyway."""
    if actor.is_partner:
        actor.require(Right.OWN_AGREEMENTS_SIGN)
    else:
        require_agreements_edit(actor)
    agreement = agreement_locked(actor, agreement_id)
    if agreement.status not in IN_FORCE or not agreement.auto_renew:
        raise StateError(_("%(number)s does not renew by itself.") % {"number": agreement})
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    agreement.auto_renew = False
    agreement.save(update_fields=["auto_renew"])
    record(actor, "partners.agreement.notice_given", agreement, {"reason": reason.strip()[:500]})
    since = (agreement.active_to + ONE_DAY).isoformat() if agreement.active_to else ""
    tell(agreement, "changed", since=since)
    return agreement


def agreement_end(actor: Actor, agreement: Agreement, verb: str, last_day: dt.date) -> None:
    """`expire`, `terminate` or `replace`; amendments that add to it end with it. The caller holds its lock.

    Emits `partners.agreement.ended`.
    """
    agreement.active_to = last_day
    agreement.auto_renew = False
    agreement.save(update_fields=["active_to", "auto_renew"])
    entitlements_cut(agreement, last_day)
    since = (last_day + ONE_DAY).isoformat()
    step(actor, agreement, verb, "ended", agreement.end_reason, since=since, how=verb)
    additions = agreement.successors.filter(
        kind=AgreementKind.AMENDMENT, effect=AmendmentEffect.EXTENDS, status__in=IN_FORCE
    )
    for pk in list(additions.values_list("pk", flat=True)):
        addition = locked(pk)
        addition.end_reason = agreement.end_reason
        addition.save(update_fields=["end_reason"])
        first = addition.active_from or last_day
        agreement_end(actor, addition, verb, max(min(last_day, addition.active_to or last_day), first - ONE_DAY))
    if verb != "replace" and not (verb == "expire" and _is_renewed(agreement)):
        tell_both(ENDED, agreement, f"{agreement.pk}:{agreement.status}")


def _is_renewed(agreement: Agreement) -> bool:
    """What it granted goes on: "it has ended" would alarm people who have just signed its renewal."""
    signed = [AgreementStatus.COUNTERSIGNED, *IN_FORCE]
    return agreement.successors.filter(kind=AgreementKind.RENEWAL, status__in=signed).exists()


def agreement_renew_due(actor: Actor, agreement: Agreement) -> bool:
    """Another term, once the day is past until which either side could have given notice."""
    if agreement.status not in IN_FORCE or not agreement.auto_renew or agreement.active_to is None:
        return False
    today, before = clock.today(require_tenant()), agreement.active_to
    while agreement.active_to - dt.timedelta(days=agreement.renewal_notice_days) < today:
        first = agreement.active_to + ONE_DAY
        agreement.active_to = months_after(first, agreement.term_months or 12) - ONE_DAY
    if agreement.active_to == before:
        return False
    agreement.save(update_fields=["active_to"])
    step(actor, agreement, "renew", "renewed", since=(before + ONE_DAY).isoformat())
    facts = {"before": before.isoformat(), "until": agreement.active_to.isoformat()}
    record(actor, "partners.agreement.term_extended", agreement, facts)
    entitlements_extend(agreement)
    for addition in agreement.successors.filter(effect=AmendmentEffect.EXTENDS, status__in=IN_FORCE, active_to=before):
        addition.active_to = agreement.active_to
        addition.save(update_fields=["active_to"])
        entitlements_extend(addition)
    return True


def _takes_place(agreement: Agreement) -> bool:
    return agreement.kind == AgreementKind.RENEWAL or agreement.effect == AmendmentEffect.REPLACES


def _replace(actor: Actor, before: Agreement, agreement: Agreement) -> None:
    first = agreement.active_from
    assert first is not None  # noqa: S101 (it was put into force just now)
    last_day = max(first, before.active_from or first) - ONE_DAY
    if before.active_to is None or before.active_to > last_day:
        agreement_end(actor, before, "replace", last_day)
