"""Tier tracks and their schemes: a draft is written over, a published version never changes, the next replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.models import TierBacktest, TierScheme, TierStay, TierTrack
from partners.services.tier_sweeps import sweep_start
from partners.states.tiers import SCHEME_TRANSITIONS, STAY_HELD, SchemeStatus
from partners.tiers.reach import check_reachable
from partners.tiers.reading import scheme_read
from partners.tiers.scheme import Scheme
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.states import RunStatus
from prm.workflow.services import transition


@transaction.atomic
def track_create(
    *, actor: Actor, code: str, name_en: str = "", name_zh: str = "", partner_types: Sequence[str] = ()
) -> TierTrack:
    """Raises `Invalid`; `Conflict` when the code is taken."""
    actor.require(Right.TIERS_EDIT)
    track = TierTrack(code=code.strip())
    _fill(track, name_en, name_zh, partner_types)
    try:
        with transaction.atomic():
            track.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a track with this code already.")
        raise Conflict(text, code="code_taken", fields={"code": [text]}) from error
    record(actor, "partners.tier_track.created", track, {"code": track.code, "partner_types": track.partner_types})
    return track


@transaction.atomic
def track_update(
    *, actor: Actor, track_id: UUID, name_en: str, name_zh: str, partner_types: Sequence[str]
) -> TierTrack:
    """Raises `Invalid` when another track is for one of the types."""
    actor.require(Right.TIERS_EDIT)
    track = _locked(track_id)
    _fill(track, name_en, name_zh, partner_types)
    track.save(update_fields=["name_en", "name_zh", "partner_types"])
    record(actor, "partners.tier_track.changed", track, {"partner_types": track.partner_types})
    sweep_start(actor=actor)
    return track


@transaction.atomic
def scheme_save(*, actor: Actor, track_id: UUID, definition: object) -> TierScheme:
    """Write the track's draft, a new version where there is none. Raises `Invalid` with `fields` by JSON path."""
    actor.require(Right.TIERS_EDIT)
    track = _locked(track_id)
    scheme = scheme_read(definition)
    check_reachable(scheme)
    draft: TierScheme | None = track.schemes.filter(status=SchemeStatus.DRAFT).first()
    if draft is None:
        newest = track.schemes.aggregate(newest=Max("number"))["newest"] or 0
        draft = TierScheme(track=track, number=newest + 1)
    draft.definition, draft.fingerprint = scheme.to_json(), scheme.fingerprint()
    draft.save()
    record(actor, "partners.tier_scheme.saved", draft, {"track": track.code, "version": draft.number})
    return draft


@transaction.atomic
def scheme_discard(*, actor: Actor, track_id: UUID) -> None:
    """Throw the draft away, with its back-tests. Raises `StateError` without one."""
    actor.require(Right.TIERS_EDIT)
    draft = _draft(_locked(track_id))
    record(actor, "partners.tier_scheme.discarded", draft, {"version": draft.number})
    draft.delete()


@transaction.atomic
def scheme_publish(*, actor: Actor, track_id: UUID) -> TierScheme:
    """From today on the track goes by its draft, for good. Emits `partners.tier_scheme.published`.

    Raises `StateError`: `backtest_needed` unless the back-test of exactly this draft is acknowledged, `tier_held` when
    partners have a tier that it no longer knows.
    """
    actor.require(Right.TIERS_EDIT)
    track = _locked(track_id)
    draft = _draft(track)
    scheme = draft.scheme
    check_reachable(scheme)
    _check_seen(draft)
    _check_tiers_stay(track, scheme)
    before = track.schemes.select_for_update().filter(status=SchemeStatus.PUBLISHED).first()
    if before is not None:
        transition(
            before, "replace", table=SCHEME_TRANSITIONS, actor=actor, action="partners.tier_scheme.replaced"
        )  # fmt: skip
    draft.valid_from, draft.published_at = clock.today(require_tenant()), clock.now()
    draft.published_by_label = actor.label[:254]
    draft.save(update_fields=["valid_from", "published_at", "published_by_label"])
    transition(draft, "publish", table=SCHEME_TRANSITIONS, actor=actor, action="partners.tier_scheme.published")
    _keep_promise(track, scheme)
    emit("partners.tier_scheme.published", {"scheme_id": str(draft.pk), "track_id": str(track.pk)})
    sweep_start(actor=actor)
    return draft


def _check_seen(draft: TierScheme) -> None:
    seen = TierBacktest.objects.filter(
        scheme=draft, fingerprint=draft.fingerprint, status=RunStatus.DONE, acknowledged_at__isnull=False
    )
    if not seen.exists():
        text = _("First run the back-test of this draft, look at it and acknowledge what it says.")
        raise StateError(text, code="backtest_needed")


def _check_tiers_stay(track: TierTrack, scheme: Scheme) -> None:
    known = [tier.code for tier in scheme.tiers]
    held = TierStay.objects.filter(track=track, status__in=STAY_HELD).exclude(tier__in=known)
    lost = held.order_by("tier").values_list("tier", flat=True).first()
    if lost is not None:
        text = _("%(count)d partners have the tier “%(tier)s”, which this draft no longer knows.")
        raise StateError(text % {"count": held.filter(tier=lost).count(), "tier": lost}, code="tier_held")


def _keep_promise(track: TierTrack, scheme: Scheme) -> None:
    """Whoever has a tier keeps it until the day that the new scheme names."""
    until = scheme.rules.keep_until
    if until is not None:
        TierStay.objects.filter(track=track, status__in=STAY_HELD).exclude(kept_until__gt=until).update(
            kept_until=until
        )


def _fill(track: TierTrack, name_en: str, name_zh: str, partner_types: Sequence[str]) -> None:
    track.name_en, track.name_zh = name_en.strip(), name_zh.strip()
    track.partner_types = sorted({one.strip() for one in partner_types if one.strip()})
    faults: dict[str, list[str]] = {}
    if not 0 < len(track.code) <= 64:
        faults["code"] = [_("Write 1 to %(most)d characters.") % {"most": 64}]
    if not (track.name_en or track.name_zh) or len(track.name_en) > 100 or len(track.name_zh) > 100:
        faults["name_en"] = [_("Write a name of at most 100 characters in at least one language.")]
    if too_long := [one for one in track.partner_types if len(one) > 100]:
        faults["partner_types"] = [_("“%(type)s” is too long.") % {"type": too_long[0][:40]}]
    faults |= _taken(track)
    if faults:
        raise Invalid(fields=faults)


def _taken(track: TierTrack) -> dict[str, list[str]]:
    """A partner is on one track: a type belongs to one, and one track at most takes everybody else."""
    for other in TierTrack.objects.select_for_update().exclude(pk=track.pk):
        if not track.partner_types and not other.partner_types:
            text = _("“%(track)s” takes all other partners already.")
            return {"partner_types": [text % {"track": other.name}]}
        both = sorted(set(track.partner_types) & set(other.partner_types))
        if both:
            text = _("“%(track)s” is for the type “%(type)s” already.")
            return {"partner_types": [text % {"track": other.name, "type": both[0]}]}
    return {}


def _locked(track_id: UUID) -> TierTrack:
    track: TierTrack | None = TierTrack.objects.select_for_update().filter(pk=track_id).first()
    if track is None:
        raise NotFound
    return track


def _draft(track: TierTrack) -> TierScheme:
    draft: TierScheme | None = (
        track.schemes.select_for_update().select_related("track").filter(status=SchemeStatus.DRAFT).first()
    )
    if draft is None:
        raise StateError(_("“%(track)s” has no draft.") % {"track": track.name})
    return draft
