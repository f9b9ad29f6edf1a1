"""Changing partner companies, their state and the history of their tiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pycountry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.models import Partner, TierChange
from partners.policies.lifecycle import require_decide
from partners.policies.partners import require_edit
from partners.selectors.tiers import partner_scheme
from partners.services.exits import exit_at_once
from partners.services.locking import partner_locked
from partners.services.returning import partner_return
from partners.services.suspensions import REASON_LENGTH, suspension_mirror
from partners.states.partner import PARTNER_START, PARTNER_TRANSITIONS, SINCE_EVER, PartnerStatus
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound
from prm.identity.actor import Actor
from prm.outbox.services import emit
from prm.workflow.services import transition

BY_HAND = frozenset({"suspend", "resume", "end"})
"""Verbs that a person gives to a partner; `leave` and `stay` belong to an exit."""
EDITABLE = frozenset({"name", "legal_name", "type", "region", "country", "tags"})
LONGEST_TIER_REASON = 5000
"""As long as the reason of a decision about a tier, which comes here when it takes effect."""


@transaction.atomic
def partner_create(
    *,
    actor: Actor,
    code: str,
    name: str,
    legal_name: str = "",
    type: str = "",  # noqa: A002 (the column's name)
    region: str = "",
    country: str = "",
    tags: Sequence[str] = (),
    tier: str = "",
    tier_from: dt.date | None = None,
    status: str = PartnerStatus.ACTIVE,
) -> Partner:
    """A new partner in one of `PARTNER_START`; with `tier` valid from `tier_from` (since ever when left out).

    Emits `partners.partner.created`. Raises `Invalid` with `fields`, `Conflict` when the code is taken.
    """
    require_edit(actor)
    if status not in PARTNER_START:
        raise Invalid(fields={"status": [_("A partner cannot start in this state.")]})
    partner = Partner(
        code=code.strip(), name=name.strip(), legal_name=legal_name.strip(), type=type.strip(), region=region.strip(),
        country=country.strip(), tags=_tags(tags), status=status,
    )  # fmt: skip
    _check(partner)
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a partner with this code already.")
        raise Conflict(text, code="code_taken", fields={"code": [text]}) from error
    record(actor, "partners.partner.created", partner, {"code": partner.code})
    emit("partners.partner.created", {"partner_id": str(partner.pk)})
    if tier.strip():
        tier_set(actor=actor, partner_id=partner.pk, tier=tier, valid_from=tier_from or SINCE_EVER)
    return partner


@transaction.atomic
def partner_update(*, actor: Actor, partner_id: UUID, **changes: Any) -> Partner:
    """Change some of `EDITABLE`. Emits `partners.partner.changed` when something differs. Raises `Invalid`."""
    require_edit(actor)
    unknown = set(changes) - EDITABLE
    if unknown:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    partner = partner_locked(partner_id)
    before = {name: getattr(partner, name) for name in changes}
    for name, value in changes.items():
        setattr(partner, name, _tags(value) if name == "tags" else str(value).strip())
    differing = {name: [old, getattr(partner, name)] for name, old in before.items() if getattr(partner, name) != old}
    if not differing:
        return partner
    _check(partner)
    partner.save(update_fields=[*differing, "updated_at"])
    record(actor, "partners.partner.changed", partner, differing)
    emit("partners.partner.changed", {"partner_id": str(partner.pk)})
    return partner


@transaction.atomic
def partner_change_status(*, actor: Actor, partner_id: UUID, verb: str, reason: str) -> Partner:
    """`suspend`, `resume` or `end`, with its reason; a partner with anything open leaves by an exit instead.

    Raises `StateError` when the present state does not allow it, `Conflict` (code `exit_needed`) at an end that a check
    of `partners.exits` would block. Takes a person who decides about partnerships: keys change what partners are
    called, never whether they work.
    """
    require_decide(actor)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    if verb not in BY_HAND:
        raise NotFound
    if verb == "end":
        return exit_at_once(actor=actor, partner_id=partner_id, reason=reason).partner  # type: ignore[no-any-return]
    if verb == "resume":
        partner = partner_locked(partner_id)
        partner_return(actor, partner, verb, reason.strip())
    else:
        partner = _move(actor, partner_id, verb, reason.strip())
    suspension_mirror(actor, partner, verb, reason.strip()[:REASON_LENGTH])
    return partner


@transaction.atomic
def partner_advance(*, actor: Actor, partner_id: UUID, verb: str) -> Partner:
    """`signed` or `activate`: what follows from an agreement in force, and from a finished onboarding.

    Raises `StateError` when the present state does not allow it.
    """
    require_edit(actor)
    return _move(actor, partner_id, verb)


def _move(actor: Actor, partner_id: UUID, verb: str, reason: str = "") -> Partner:
    partner = partner_locked(partner_id)
    transition(partner, verb, table=PARTNER_TRANSITIONS, actor=actor, action=f"partners.partner.{verb}", reason=reason)
    emit("partners.partner.changed", {"partner_id": str(partner.pk)})
    return partner


@transaction.atomic
def tier_set(*, actor: Actor, partner_id: UUID, tier: str, valid_from: dt.date, reason: str = "") -> TierChange:
    """The partner has this tier from that day (empty: none) until its next change; one of the same day is replaced.

    Emits `partners.tier.changed`. Raises `Invalid` without a reason where it lowers the tier of a partner whose tiers a
    scheme decides.
    """
    require_edit(actor)
    partner = partner_locked(partner_id)
    tier = tier.strip()
    if len(tier) > 100:
        raise Invalid(fields={"tier": [_("The text is longer than %(max)s characters.") % {"max": 100}]})
    change, created = TierChange.objects.get_or_create(partner=partner, valid_from=valid_from, defaults={"tier": tier})
    if not created and change.tier == tier:
        return change
    before = None if created else change.tier
    said = _reason_for(partner, _tier_before(change) if created else change.tier, tier, reason)
    if not created:
        change.tier = tier
        change.save(update_fields=["tier"])
    facts = {"tier": tier, "valid_from": valid_from.isoformat(), "before": before}
    record(actor, "partners.tier.set", partner, facts | ({"reason": said} if said else {}))
    _tell_tier(partner, valid_from)
    return change


@transaction.atomic
def tier_unset(*, actor: Actor, tier_change_id: UUID, reason: str = "") -> None:
    """Take one change out of the history, so that the one before it goes on. Emits `partners.tier.changed`.

    Raises `Invalid` without a reason where that lowers the tier of a partner whose tiers a scheme decides.
    """
    require_edit(actor)
    change = TierChange.objects.filter(pk=tier_change_id).first()
    if change is None:
        raise NotFound
    partner = partner_locked(change.partner_id)
    said = _reason_for(partner, change.tier, _tier_before(change), reason)
    data = {"tier": change.tier, "valid_from": change.valid_from.isoformat()} | ({"reason": said} if said else {})
    change.delete()
    record(actor, "partners.tier.unset", partner, data)
    _tell_tier(partner, change.valid_from)


def _tier_before(change: TierChange) -> str:
    rows = TierChange.objects.filter(partner_id=change.partner_id, valid_from__lt=change.valid_from)
    return rows.order_by("-valid_from").values_list("tier", flat=True).first() or ""


def _reason_for(partner: Partner, before: str, after: str, reason: str) -> str:
    """The reason as given, which has to say something where the partner loses by it what a scheme in force gave."""
    said = reason.strip()
    if len(said) > LONGEST_TIER_REASON:
        text = _("The text is longer than %(max)s characters.") % {"max": LONGEST_TIER_REASON}
        raise Invalid(fields={"reason": [text]})
    row = partner_scheme(partner) if before and not said else None
    if row is not None and row.scheme.rank(after) < row.scheme.rank(before):
        raise Invalid(fields={"reason": [_("This lowers the partner's tier outside of its scheme: please say why.")]})
    return said


def _tell_tier(partner: Partner, since: dt.date) -> None:
    emit("partners.tier.changed", {"partner_id": str(partner.pk), "since": since.isoformat()})


def _check(partner: Partner) -> None:
    try:
        partner.clean_fields(exclude=["tenant"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    if partner.country and pycountry.countries.get(alpha_2=partner.country) is None:
        raise Invalid(fields={"country": [_("“%(value)s” is not an ISO 3166 country code such as CN.")
                                          % {"value": partner.country}]})  # fmt: skip


def _tags(tags: Sequence[str]) -> list[str]:
    """Sorted and once each, as imports keep them, so that the same tags compare equal."""
    return sorted({tag.strip() for tag in tags if tag.strip()})
