"""Tiers through services: the ladder up and down to the day, warnings, promises, tiers by hand, days and clocks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from partners.models import TierChange, TierEvaluation, TierScheme, TierStanding, TierStay, TierTrack
from partners.services.partners import partner_change_status, tier_set, tier_unset
from partners.services.tier_decisions import (
    stay_decide,
)
from partners.services.tier_warnings import warning_record
from partners.services.tiers import scheme_publish, scheme_save, track_create
from partners.states.tiers import StayStatus
from prm import clock
from prm.audit.models import AuditEntry
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, StateError
from prm.notifications.models import Notice
from prm.testing.importing import Importer
from prm.testing.make import Cast, make_partner
from tests.partners.ladder import (
    DAY,
    GOLD,
    SILVER,
    at,
    document,
    evaluate,
    held,
    more,
    on,
    publish,
    satisfied,
    sell,
    stays,
    tier,
    tiers_of,
    told,
)


def test_a_ladder_up_writes_the_tier_history(vendor: Importer, cast: Cast) -> None:
    with on("2026-03-10"):
        publish(cast.administrator, document(SILVER, GOLD))
        sell(vendor, "s1", "2026-03-01", "500")
        assert evaluate() == 2
        assert tiers_of(cast.partner) == [("2026-03-10", "silver")]
        assert stays(cast.partner.pk) == [("silver", "active")]
        assert stays(cast.other_partner.pk) == []
        assert evaluate() == 0, "the same again is not written"
        assert len(told("upgraded")) == 3
    with on("2026-03-20"):
        sell(vendor, "s2", "2026-03-15", "600")
        satisfied(cast, "2026-03-16")
        assert evaluate(cast.partner) == 1
        assert tiers_of(cast.partner) == [("2026-03-10", "silver"), ("2026-03-20", "gold")]
        assert stays(cast.partner.pk) == [("silver", "upgraded"), ("gold", "active")]
        newest = TierEvaluation.objects.filter(partner=cast.partner).order_by("-id")[0]
        assert newest.inputs == {"revenue:trailing_months:12": ["1100", 0], "satisfaction:trailing_months:12": ["9", 0]}
        assert (newest.met, newest.rank, newest.tier) == ([[True], [True, True]], 2, "gold")
        assert newest.as_of == DAY("2026-03-20")


def test_an_upgrade_may_wait_for_the_quarter_and_lapse(vendor: Importer, cast: Cast) -> None:
    with on("2026-03-10"):
        publish(cast.administrator, document(SILVER, upgrade="next_quarter"))
        sell(vendor, "s1", "2026-03-01", "500")
        evaluate()
        assert stays(cast.partner.pk) == [("silver", "qualified")]
        assert tiers_of(cast.partner) == []
        assert TierStay.objects.get().begins_on == DAY("2026-04-01")
        sell(vendor, "s2", "2026-03-09", "-450")
        evaluate()
        assert stays(cast.partner.pk) == [("silver", "lapsed")]
        assert "no tier" in TierStay.objects.get().reason
        sell(vendor, "s3", "2026-03-09", "450")
        evaluate()
    with on("2026-03-31"):
        evaluate()
        assert tiers_of(cast.partner) == []
    with on("2026-04-01"):
        evaluate()
        assert tiers_of(cast.partner) == [("2026-04-01", "silver")]
        assert stays(cast.partner.pk) == [("silver", "lapsed"), ("silver", "active")]


def test_down_only_by_steps_with_warnings_to_the_day(falling: Importer, cast: Cast) -> None:
    assert at(cast, "2026-02-28").status == StayStatus.ACTIVE
    stay = at(cast, "2026-03-01")
    assert (stay.status, stay.risk_since, stay.grace_on, stay.decision_on) == (
        StayStatus.AT_RISK, DAY("2026-03-01"), DAY("2026-03-31"), DAY("2026-05-30"),
    )  # fmt: skip
    assert stay.reason == "Missing for Silver: ¥100.00 more of Revenue."
    assert len(told("at_risk")) == 3
    assert at(cast, "2026-03-30").status == StayStatus.AT_RISK
    assert at(cast, "2026-03-31").status == StayStatus.GRACE
    assert [one.days_before for one in stay.warnings.all()] == [60]
    at(cast, "2026-04-29")
    assert stay.warnings.count() == 1
    at(cast, "2026-04-30")
    at(cast, "2026-05-20")
    at(cast, "2026-05-23")
    assert [one.days_before for one in stay.warnings.all()] == [60, 30, 14, 7]
    assert len(stay.warnings.all()[0].recipients) == 3
    with on("2026-05-29"), pytest.raises(StateError) as early:
        stay_decide(actor=cast.manager, stay_id=stay.pk, reason="Too little")
    assert early.value.code == "too_early"
    assert at(cast, "2026-05-30").status == StayStatus.GRACE, "a person decides"
    assert len(told("decision_due")) == 2
    with on("2026-06-01"):
        with pytest.raises(Invalid):
            stay_decide(actor=cast.manager, stay_id=stay.pk, reason=" ")
        stay_decide(actor=cast.manager, stay_id=stay.pk, reason="Too little")
        assert len(told("decided")) == 3
    assert at(cast, "2026-06-14").status == StayStatus.DECIDED
    with on("2026-06-15"):
        evaluate()
        assert held(cast.partner.pk) is None
        assert tiers_of(cast.partner) == [("2025-03-10", "silver"), ("2026-06-15", "")]
        assert TierStay.objects.get().reason == "Too little"


def test_who_meets_the_criteria_again_is_safe(falling: Importer, cast: Cast) -> None:
    at(cast, "2026-04-15")
    assert held(cast.partner.pk).status == StayStatus.AT_RISK
    assert at(cast, "2026-05-16").status == StayStatus.GRACE
    with on("2026-05-17"):
        sell(falling, "s2", "2026-05-17", "200")
    stay = at(cast, "2026-05-17")
    assert (stay.status, stay.decision_on, stay.reason, stay.lower_tier) == (StayStatus.ACTIVE, None, "", "")
    assert len(told("safe")) == 3
    assert tiers_of(cast.partner) == [("2025-03-10", "silver")]


def test_without_a_warning_that_reached_somebody_nobody_is_downgraded(falling: Importer, cast: Cast) -> None:
    with on("2025-03-10"):
        sell(falling, "o1", "2025-03-01", "500", partner="P-2")
        evaluate()
    with on("2026-03-02"):
        evaluate()
    with on("2026-04-15"):
        evaluate()
    with on("2026-06-15"):
        evaluate()
        stay = held(cast.other_partner.pk)
        assert stay.status == StayStatus.GRACE
        assert stay.warnings.count() == 0
        with pytest.raises(StateError) as refused:
            stay_decide(actor=cast.manager, stay_id=stay.pk, reason="Too little")
        assert refused.value.code == "not_warned"
        warning_record(actor=cast.manager, stay_id=stay.pk, text="Telephoned Ms Li")
        stay_decide(actor=cast.manager, stay_id=stay.pk, reason="Too little")
        with pytest.raises(DatabaseError), transaction.atomic():
            stay.warnings.update(by_hand="")


def test_automatic_downgrade_to_the_tier_that_is_reached(vendor: Importer, cast: Cast) -> None:
    with on("2025-03-10"):
        publish(cast.administrator, document(SILVER, GOLD, downgrade="automatic"))
        sell(vendor, "s1", "2025-03-01", "5000")
        satisfied(cast, "2025-03-05")
        evaluate()
        assert held(cast.partner.pk).tier == "gold"
    with on("2026-02-20"):
        sell(vendor, "s2", "2026-02-20", "300")
    for day in ("2026-03-01", "2026-03-31", "2026-05-30"):
        stay = at(cast, day)
    assert (stay.status, stay.effective_on, stay.lower_tier) == (StayStatus.DECIDED, DAY("2026-06-13"), "silver")
    at(cast, "2026-06-13")
    assert tiers_of(cast.partner) == [("2025-03-10", "gold"), ("2026-06-13", "silver")]
    assert stays(cast.partner.pk) == [("gold", "downgraded"), ("silver", "active")]


def test_what_is_lost_with_a_tier_is_said(vendor: Importer, cast: Cast) -> None:
    def gives(text: str) -> dict[str, object]:
        return {"kind": "support", "text": {"en": text, "zh-hans": ""}}

    silver, gold = SILVER | {"benefits": [gives("Hotline")]}, GOLD | {"benefits": [gives("Hotline"), gives("Visits")]}
    with on("2025-03-10"):
        publish(cast.administrator, document(silver, gold, downgrade="automatic"))
        sell(vendor, "s1", "2025-03-01", "5000")
        satisfied(cast, "2025-03-05")
        evaluate()
    with on("2026-02-20"):
        sell(vendor, "s2", "2026-02-20", "300")
    for day in ("2026-03-01", "2026-03-31", "2026-05-30", "2026-06-13"):
        at(cast, day)
    data = Notice.objects.filter(kind="partners.tier.downgraded")[0].data
    assert (data["tier"], data["lower"], data["effective_on"]) == ("Gold", "Silver", "2026-06-13")
    assert data["meaning"] == "From that day on you no longer have: Visits."


def test_lowering_a_tier_by_hand_says_why(falling: Importer, cast: Cast) -> None:
    def put(tier: str, day: str, reason: str = "") -> TierChange:
        return tier_set(
            actor=cast.administrator, partner_id=cast.partner.pk, tier=tier, valid_from=DAY(day), reason=reason
        )

    gold = put("gold", "2026-01-01")
    for lower in ("silver", "", "Ally"):
        with pytest.raises(Invalid) as refused:
            put(lower, "2026-02-01")
        assert list(refused.value.fields) == ["reason"]
        with pytest.raises(Invalid):
            put(lower, "2026-01-01", "  ")
    with pytest.raises(Invalid):
        tier_unset(actor=cast.administrator, tier_change_id=gold.pk)
    put("silver", "2026-02-01", " Sold to a competitor ")
    entry = AuditEntry.objects.filter(action="partners.tier.set").order_by("-id")[0]
    assert (entry.data["tier"], entry.data["reason"]) == ("silver", "Sold to a competitor")
    tier_unset(actor=cast.administrator, tier_change_id=gold.pk, reason="Never was")
    entry = AuditEntry.objects.get(action="partners.tier.unset")
    assert (entry.data["tier"], entry.data["reason"]) == ("gold", "Never was")
    TierScheme.objects.filter(status="published").update(status="replaced")
    put("", "2026-03-01")
    assert tiers_of(cast.partner) == [("2025-03-10", "silver"), ("2026-02-01", "silver"), ("2026-03-01", "")]


def test_a_new_scheme_keeps_its_promise(falling: Importer, cast: Cast) -> None:
    harder = tier("silver", more("revenue", "10000"))
    with on("2026-01-10"):
        publish(cast.administrator, document(harder, keep_until="2026-06-30"))
        assert TierScheme.objects.get(number=1).status == "replaced"
        evaluate()
        assert held(cast.partner.pk).status == StayStatus.ACTIVE
        assert TierStanding.objects.get(partner=cast.partner).rank == 0
    assert at(cast, "2026-06-30").status == StayStatus.ACTIVE
    assert at(cast, "2026-07-01").status == StayStatus.AT_RISK


def test_a_published_scheme_never_changes_and_no_held_tier_vanishes(falling: Importer, cast: Cast) -> None:
    scheme = TierScheme.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        TierScheme.objects.filter(pk=scheme.pk).update(definition={})
    with pytest.raises(DatabaseError), transaction.atomic():
        TierScheme.objects.filter(pk=scheme.pk).update(status="draft")
    with on("2026-01-10"), pytest.raises(StateError) as lost:
        publish(cast.administrator, document(tier("bronze", more("revenue", "1"))))
    assert lost.value.code == "tier_held"


def test_minimum_stay(vendor: Importer, cast: Cast) -> None:
    with on("2026-03-10"):
        publish(cast.administrator, document(SILVER, minimum_stay_days=90))
        sell(vendor, "s1", "2026-03-01", "500")
        evaluate()
        sell(vendor, "s2", "2026-03-10", "-450")
    assert at(cast, "2026-06-07").status == StayStatus.ACTIVE
    assert at(cast, "2026-06-08").status == StayStatus.AT_RISK


def test_tiers_by_hand_and_the_end_of_a_partnership(falling: Importer, cast: Cast) -> None:
    with on("2026-01-10"):
        tier_set(actor=cast.administrator, partner_id=cast.partner.pk, tier="gold", valid_from=DAY("2026-01-01"))
        evaluate()
        assert stays(cast.partner.pk) == [("silver", "ended"), ("gold", "at_risk")]
        tier_set(
            actor=cast.administrator,
            partner_id=cast.partner.pk,
            tier="Ally",
            valid_from=DAY("2026-01-10"),
            reason="An alliance",
        )
        evaluate()
        assert stays(cast.partner.pk)[1:] == [("gold", "ended"), ("silver", "active")]
    with on("2026-01-20"):
        partner_change_status(actor=cast.administrator, partner_id=cast.partner.pk, verb="end", reason="Closed")
        evaluate()
        assert held(cast.partner.pk) is None
        assert TierStay.objects.filter(status="ended").order_by("-pk")[0].reason == "The partnership has ended."


def test_tracks_share_partners_by_type(vendor: Importer, cast: Cast) -> None:
    make_partner(cast.tenant, "P-3", type="services")
    publish(cast.administrator, document(tier("expert", more("satisfaction", "5"))), "services", ("services",))
    with pytest.raises(Invalid):
        track_create(actor=cast.administrator, code="x", name_en="X", partner_types=["services"])
    publish(cast.administrator, document(SILVER), "others")
    with pytest.raises(Invalid):
        track_create(actor=cast.administrator, code="x", name_en="X")
    with pytest.raises(Conflict):
        track_create(actor=cast.administrator, code="others", name_en="X", partner_types=["alliance"])
    evaluate()
    tracks = {one.partner.code: one.scheme.track.code for one in TierStanding.objects.all()}
    assert tracks == {"P-1": "others", "P-2": "others", "P-3": "services"}


def test_publishing_takes_an_acknowledged_back_test(vendor: Importer, cast: Cast) -> None:
    track = track_create(actor=cast.administrator, code="all", name_en="All")
    scheme_save(actor=cast.administrator, track_id=track.pk, definition=document(SILVER))
    with pytest.raises(StateError) as refused:
        scheme_publish(actor=cast.administrator, track_id=track.pk)
    assert refused.value.code == "backtest_needed"
    with pytest.raises(Forbidden):
        scheme_save(actor=cast.finance, track_id=track.pk, definition=document(SILVER))
    publish(cast.administrator, document(SILVER))
    assert TierTrack.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "instant", "expected"),
    [
        ("America/New_York", "2026-03-08T04:59:00Z", "2026-03-07"),
        ("America/New_York", "2026-03-09T03:59:00Z", "2026-03-08"),
        ("America/New_York", "2026-11-01T03:59:00Z", "2026-10-31"),
        ("America/New_York", "2026-11-02T04:59:00Z", "2026-11-01"),
        ("Asia/Shanghai", "2026-02-28T16:00:00Z", "2026-03-01"),
    ],
)
def test_days_are_the_vendors_also_when_clocks_change(
    vendor: Importer, cast: Cast, zone: str, instant: str, expected: str
) -> None:
    """Twenty-three or twenty-five hours are a day: what falls on one comes neither twice nor never."""
    cast.tenant.time_zone = zone
    cast.tenant.save()
    day, time = instant.split("T")
    with on(day, time):
        assert clock.today(require_tenant()).isoformat() == expected
        publish(cast.administrator, document(SILVER, risk_days=1, grace_days=30, warnings=[30, 1]))
        tier_set(actor=cast.administrator, partner_id=cast.partner.pk, tier="silver", valid_from=DAY("2020-01-01"))
        evaluate()
        stay = held(cast.partner.pk)
        assert stay.risk_since == DAY(expected)
        assert stay.decision_on == DAY(expected) + dt.timedelta(days=31)
    with on((DAY(day) + dt.timedelta(days=1)).isoformat(), time):
        evaluate()
        evaluate()
        stay.refresh_from_db()
        assert stay.status == StayStatus.GRACE
        assert [one.days_before for one in stay.warnings.all()] == [30]
