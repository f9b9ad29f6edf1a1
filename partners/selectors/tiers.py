"""Reading tiers: what schemes say, where a partner stands, and whose tier is at stake. Fetching authorises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from partners.metrics.windows import period_start, shifted
from partners.models import (
    Partner,
    TierAppeal,
    TierBacktest,
    TierChange,
    TierEvaluation,
    TierScheme,
    TierStanding,
    TierStay,
    TierTrack,
)
from partners.selectors.partners import partner_get
from partners.states.tiers import STAY_HELD, STAY_LOSING, AppealStatus, SchemeStatus, StayStatus
from partners.tiers.assess import Assessment, Check, TierResult, assess
from partners.tiers.money import Question, Worth, worths_of
from partners.tiers.scheme import Key, Scheme, Tier
from partners.tiers.standing import missing_of_inputs, values_of_inputs
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right

RECENT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Standing:
    """A partner on its track's ladder. `values` are those of the newest evaluation, `left_out` rows that could not be
    counted. Without an evaluation yet there is nothing but the tier.
    """

    partner: Partner
    tier: str
    track: TierTrack
    scheme_row: TierScheme
    scheme: Scheme
    values: dict[Key, Decimal | None]
    left_out: dict[Key, int]
    evaluation: TierEvaluation | None
    looked_on: dt.date | None
    stay: TierStay | None
    qualified: TierStay | None
    appeal: TierAppeal | None

    @property
    def assessment(self) -> Assessment:
        return assess(self.scheme, self.values)

    @property
    def rank(self) -> int:
        return self.scheme.rank(self.tier)

    @property
    def now(self) -> Tier | None:
        return self.scheme.tier(self.rank)

    @property
    def next(self) -> TierResult | None:
        """The lowest tier above that is not reached; None at the top."""
        results = self.assessment.results
        return next((one for one in results if one.rank > self.rank and not one.is_reached), None)

    @property
    def losing(self) -> bool:
        return self.stay is not None and self.stay.status in STAY_LOSING

    @property
    def at_risk(self) -> list[Check]:
        """Criteria of the present tier that are not met, and those that only just are."""
        present = self.assessment.of(self.rank)
        return [one for one in present.checks if not one.is_met or one.is_close] if present else []


def track_list(actor: Actor) -> QuerySet[TierTrack]:
    """Tracks by code, each with its schemes (newest first) in `all_schemes`."""
    actor.require(Right.TIERS_VIEW)
    schemes = Prefetch("schemes", TierScheme.objects.order_by("-number"), to_attr="all_schemes")
    return TierTrack.objects.prefetch_related(schemes).order_by("code")


def track_get(actor: Actor, track_id: UUID) -> TierTrack:
    found = track_list(actor).filter(pk=track_id).first()
    if found is None:
        raise NotFound
    return found


def scheme_list(actor: Actor, *, track_id: UUID | None = None, status: str = "") -> QuerySet[TierScheme]:
    actor.require(Right.TIERS_VIEW)
    rows: QuerySet[TierScheme] = TierScheme.objects.select_related("track").order_by("track__code", "-number")
    rows = rows.filter(track_id=track_id) if track_id else rows
    return rows.filter(status=status) if status else rows


def scheme_get(actor: Actor, scheme_id: UUID) -> TierScheme:
    found = scheme_list(actor).filter(pk=scheme_id).first()
    if found is None:
        raise NotFound
    return found


def schemes_in_force(actor: Actor) -> dict[UUID, Scheme]:
    """By track."""
    return {one.track_id: one.scheme for one in scheme_list(actor, status=SchemeStatus.PUBLISHED)}


def backtest_list(actor: Actor, scheme_id: UUID) -> QuerySet[TierBacktest]:
    """What was asked about the scheme, the newest first."""
    scheme = scheme_get(actor, scheme_id)
    return TierBacktest.objects.filter(scheme=scheme).order_by("-created_at", "-pk")


def backtest_get(actor: Actor, backtest_id: UUID) -> TierBacktest:
    actor.require(Right.TIERS_VIEW)
    rows = TierBacktest.objects.select_related("scheme__track")
    found: TierBacktest | None = rows.filter(pk=backtest_id).first()
    if found is None:
        raise NotFound
    return found


def partner_scheme(partner: Partner) -> TierScheme | None:
    """The scheme in force of the partner's track."""
    return partner_schemes([partner]).get(partner.pk)


def partner_schemes(partners: Collection[Partner]) -> dict[UUID, TierScheme]:
    """By partner the scheme in force of its track; partners without one are left out."""
    tracks = list(TierTrack.objects.all())
    by_type = {name: track.pk for track in tracks for name in track.partner_types}
    for_all = next((track.pk for track in tracks if not track.partner_types), None)
    rows = TierScheme.objects.select_related("track").filter(status=SchemeStatus.PUBLISHED)
    in_force: dict[UUID | None, TierScheme] = {row.track_id: row for row in rows}
    found = {one.pk: in_force.get(by_type.get(one.type, for_all)) for one in partners}
    return {key: row for key, row in found.items() if row is not None}


def standing_get(actor: Actor, partner_id: UUID | None = None) -> Standing:
    """A partner's own standing for its people, any partner's for the vendor's. Raises `NotFound` where no scheme is
    in force for the partner.
    """
    if actor.is_partner:
        actor.require(Right.OWN_TIER_VIEW)
        if partner_id not in (None, actor.partner_id):
            raise NotFound
        partner_id = actor.partner_id
    else:
        actor.require(Right.TIERS_VIEW)
    if partner_id is None:
        raise Forbidden
    partner = partner_get(actor, partner_id)
    row = partner_scheme(partner)
    if row is None:
        raise NotFound
    return standing_of(partner, row)


def standing_of(partner: Partner, row: TierScheme) -> Standing:
    return _standings([partner], {partner.pk: row})[partner.pk]


def standings_of(partners: Collection[Partner]) -> dict[UUID, Standing]:
    """For other parts of the house, which have authorised. Partners without a scheme in force are left out."""
    return _standings(partners, partner_schemes(partners))


def _standings(partners: Collection[Partner], rows: Mapping[UUID, TierScheme]) -> dict[UUID, Standing]:
    ids = list(rows)
    tiers = tiers_today(ids)
    kept = {
        (one.partner_id, one.scheme_id): one
        for one in TierStanding.objects.select_related("evaluation").filter(partner__in=ids)
    }
    stays = list(TierStay.objects.filter(partner__in=ids, status__in=[*STAY_HELD, StayStatus.QUALIFIED]))
    held = {one.partner_id: one for one in stays if one.status in STAY_HELD}
    qualified = {one.partner_id: one for one in stays if one.status not in STAY_HELD}
    appeals = {one.partner_id: one for one in appeals_of_loss(held.values()).order_by("opened_at")}
    schemes = {row.pk: row.scheme for row in rows.values()}
    found = {}
    for partner in partners:
        row = rows.get(partner.pk)
        if row is not None:
            key, scheme, standing = partner.pk, schemes[row.pk], kept.get((partner.pk, row.pk))
            inputs = standing.evaluation.inputs if standing else {}
            found[key] = Standing(
                partner=partner, tier=tiers.get(key, ""), track=row.track, scheme_row=row, scheme=scheme,
                values=values_of_inputs(scheme, inputs), left_out=missing_of_inputs(scheme, inputs),
                evaluation=standing.evaluation if standing else None,
                looked_on=standing.looked_on if standing else None,
                stay=held.get(key), qualified=qualified.get(key), appeal=appeals.get(key),
            )  # fmt: skip
    return found


def appeals_of_loss(stays: Iterable[TierStay]) -> QuerySet[TierAppeal]:
    """The appeals that stand against the present losses of these tiers: one that was upheld has ended the loss it was
    against, so a tier that falls again may be appealed for again.
    """
    opened_on = TruncDate("opened_at", tzinfo=ZoneInfo(require_tenant().time_zone))
    rows: QuerySet[TierAppeal] = TierAppeal.objects.filter(stay__in=[one.pk for one in stays])
    rows = rows.exclude(status__in=[AppealStatus.WITHDRAWN, AppealStatus.UPHELD]).alias(opened_on=opened_on)
    return rows.filter(Q(stay__risk_since=None) | Q(opened_on__gte=F("stay__risk_since")))


def tiers_today(partner_ids: Collection[UUID]) -> dict[UUID, str]:
    """By partner, as its tier history says; partners without any change are left out."""
    today = clock.today(require_tenant())
    rows = TierChange.objects.filter(partner_id__in=partner_ids, valid_from__lte=today)
    newest = rows.order_by("partner_id", "-valid_from").distinct("partner_id")
    return dict(newest.values_list("partner_id", "tier"))


def last_year() -> tuple[dt.date, dt.date]:
    """The last four whole fiscal quarters: what a tier's worth is reckoned on."""
    tenant = require_tenant()
    start = period_start(clock.today(tenant), 3, tenant.fiscal_start_month)
    return shifted(start, -12), start - dt.timedelta(days=1)


def tier_worth(partner_id: UUID, tier: str, other: str) -> Mapping[str, Decimal]:
    """How much more the other tier would have brought the partner over the last four quarters, by currency."""
    question = (partner_id, tier, other)
    return tier_worths([question])[question]


def tier_worths(questions: Collection[Question]) -> dict[Question, Worth]:
    """As `tier_worth`, for any number of partners at once."""
    since, until = last_year()
    return worths_of(questions, since, until)


# Lists of the vendor


def stay_list(
    actor: Actor, *, status: str = "", partner_id: UUID | None = None, track_id: UUID | None = None
) -> QuerySet[TierStay]:
    """Stays with partner and track, the newest first; a partner's people see their own."""
    if actor.is_partner:
        actor.require(Right.OWN_TIER_VIEW)
        if partner_id not in (None, actor.partner_id):
            raise NotFound
        partner_id = actor.partner_id
    else:
        actor.require(Right.TIERS_VIEW)
    rows: QuerySet[TierStay] = TierStay.objects.select_related("partner", "track").order_by("-begins_on", "-pk")
    rows = rows.filter(partner_id=partner_id) if partner_id else rows
    rows = rows.filter(track_id=track_id) if track_id else rows
    return rows.filter(status=status) if status else rows


def stay_get(actor: Actor, stay_id: UUID) -> TierStay:
    found = stay_list(actor).filter(pk=stay_id).first()
    if found is None:
        raise NotFound
    return found


def losing_list(actor: Actor) -> QuerySet[TierStay]:
    """Whose tier is at stake, whoever is decided upon next first."""
    return stay_list(actor).filter(status__in=STAY_LOSING).order_by("decision_on", "partner__code")


def decision_list(actor: Actor) -> QuerySet[TierStay]:
    """Whose grace period is over, and who waits for a person."""
    today = clock.today(require_tenant())
    return losing_list(actor).filter(
        status=StayStatus.GRACE, decision_on__lte=today, stopped_on__isnull=True
    )  # fmt: skip


def appeal_list(actor: Actor, *, status: str = "", stay_id: UUID | None = None) -> QuerySet[TierAppeal]:
    """Appeals, the oldest open one first; a partner's people see their own."""
    rows: QuerySet[TierAppeal] = TierAppeal.objects.select_related("partner", "stay").prefetch_related("files__file")
    if actor.is_partner:
        actor.require(Right.OWN_TIER_VIEW)
        rows = rows.filter(partner__in=[actor.partner_id])
    else:
        actor.require(Right.TIERS_VIEW)
    rows = rows.filter(status=status) if status else rows
    rows = rows.filter(stay_id=stay_id) if stay_id else rows
    return rows.order_by("opened_at", "pk")


def appeal_get(actor: Actor, appeal_id: UUID) -> TierAppeal:
    found = appeal_list(actor).filter(pk=appeal_id).first()
    if found is None:
        raise NotFound
    return found


def evaluation_list(actor: Actor, partner_id: UUID) -> QuerySet[TierEvaluation]:
    """What evaluations of a partner found, the newest first."""
    actor.require(Right.TIERS_VIEW)
    partner = partner_get(actor, partner_id)
    return TierEvaluation.objects.filter(partner=partner).select_related("scheme__track").order_by("-pk")


@dataclass(frozen=True, slots=True)
class TierCount:
    """Partners with a tier today, and how many of them by the figures reach it or more, and are losing it."""

    code: str
    name: str
    held: int
    losing: int


def distribution(actor: Actor, track: TierTrack) -> list[TierCount]:
    """Of the track's scheme in force, the lowest tier first; before it the partners without any."""
    actor.require(Right.TIERS_VIEW)
    row: TierScheme | None = TierScheme.objects.filter(track=track, status=SchemeStatus.PUBLISHED).first()
    if row is None:
        return []
    stays = TierStay.objects.filter(track=track, status__in=STAY_HELD).order_by()
    rows = stays.values("tier").annotate(held=Count("pk"), losing=Count("pk", filter=Q(status__in=STAY_LOSING)))
    found = {one["tier"]: (one["held"], one["losing"]) for one in rows}
    standings = TierStanding.objects.filter(scheme=row).count()
    bare = max(standings - sum(held for held, _losing in found.values()), 0)
    tiers = [TierCount(one.code, str(one.name), *found.get(one.code, (0, 0))) for one in row.scheme.tiers]
    return [TierCount("", "", bare, 0), *tiers]


def mover_list(actor: Actor) -> QuerySet[TierStay]:
    """Who came to another tier in the last 90 days, the newest first."""
    since = clock.today(require_tenant()) - dt.timedelta(days=RECENT_DAYS)
    ended = [StayStatus.UPGRADED, StayStatus.DOWNGRADED]
    rows = stay_list(actor).filter(status__in=ended, ended_on__gte=since)
    return rows.order_by(F("ended_on").desc(), "partner__code")
