"""Losing a tier or keeping it: what people decide, appeals, and what a rejected one leaves."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from partners.selectors.tiers import standing_get
from partners.services.tier_decisions import (
    appeal_assign,
    appeal_decide,
    appeal_open,
    appeal_withdraw,
    stay_retain,
)
from partners.states.tiers import StayStatus
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.testing.importing import Importer
from prm.testing.make import Cast, make_member
from tests.partners.ladder import DAY, at, decided, evaluate, held, on, stays, tiers_of, told


def test_an_appeal_stops_the_clock_and_another_person_decides(falling: Importer, cast: Cast) -> None:
    stay = decided(cast)
    assert stay.effective_on == DAY("2026-06-15")
    with on("2026-06-10"):
        appeal = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="A large order is coming")
        with pytest.raises(Conflict):
            appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Again")
        assert len(told("appealed")) == 2
    assert at(cast, "2026-07-20").status == StayStatus.DECIDED
    with on("2026-07-20"):
        with pytest.raises(Forbidden) as same:
            appeal_decide(actor=cast.manager, appeal_id=appeal.pk, is_upheld=False, reason="No")
        assert same.value.code == "same_person"
        with pytest.raises(Invalid):
            appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=True, reason="Yes")
        with pytest.raises(Invalid):
            appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=False, reason="")
        appeal_decide(
            actor=cast.administrator,
            appeal_id=appeal.pk,
            is_upheld=True,
            reason="The order",
            kept_until=DAY("2026-12-31"),
        )
        with pytest.raises(StateError):
            appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=False, reason="No")
    stay = at(cast, "2026-12-31")
    assert (stay.status, stay.kept_until) == (StayStatus.RETAINED, DAY("2026-12-31"))
    assert at(cast, "2027-01-01").status == StayStatus.AT_RISK, "and all begins anew"


def test_a_rejected_appeal_leaves_a_week_to_read_of_it(falling: Importer, cast: Cast) -> None:
    stay = decided(cast)
    assert stay.effective_on == DAY("2026-06-15")
    with on("2026-06-10"):
        appeal = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Please")
        appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=False, reason="No order is in sight")
        assert tiers_of(cast.partner) == [("2025-03-10", "silver")]
        assert len(told("appeal_final")) == 3
        assert told("appeal_rejected") == []
        with pytest.raises(Conflict):
            appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Again")
    notice = Notice.objects.filter(kind="partners.tier.appeal_final")[0]
    assert (notice.data["effective_on"], notice.data["reason"]) == ("2026-06-17", "No order is in sight")
    assert at(cast, "2026-06-16").status == StayStatus.DECIDED
    with on("2026-06-17"):
        evaluate()
        assert tiers_of(cast.partner)[-1] == ("2026-06-17", "")
        assert stays(cast.partner.pk) == [("silver", "downgraded")]
        assert len(told("downgraded")) == 3
    lost = Notice.objects.filter(kind="partners.tier.downgraded")[0].data
    assert (lost["tier"], lost["lower"], lost["effective_on"]) == ("Silver", "no tier", "2026-06-17")
    assert lost["reason"] == "Too little"


def test_an_appeal_rejected_after_grace_decides_for_a_day_to_come(falling: Importer, cast: Cast) -> None:
    """Opened on the last day of the grace period: nothing was decided before, and nobody is promised another appeal."""
    for day in ("2026-03-01", "2026-03-31", "2026-05-30"):
        stay = at(cast, day)
    assert stay.status == StayStatus.GRACE
    with on("2026-05-30"):
        appeal = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Please")
    with on("2026-07-01"):
        appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=False, reason="No")
        stay = held(cast.partner.pk)
        assert (stay.status, stay.effective_on, stay.reason) == (StayStatus.DECIDED, DAY("2026-07-08"), "No")
        assert (len(told("appeal_final")), told("decided")) == (3, [])
    assert at(cast, "2026-07-07").status == StayStatus.DECIDED
    with on("2026-07-08"):
        evaluate()
        assert tiers_of(cast.partner)[-1] == ("2026-07-08", "")


def test_a_tier_that_falls_again_may_be_appealed_for_again(falling: Importer, cast: Cast) -> None:
    at(cast, "2026-03-01")
    stay = at(cast, "2026-03-31")
    with on("2026-04-10"):
        first = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Please")
        appeal_decide(
            actor=cast.manager, appeal_id=first.pk, is_upheld=True, reason="The order", kept_until=DAY("2026-06-30")
        )
    assert at(cast, "2026-07-01").status == StayStatus.AT_RISK
    assert at(cast, "2026-07-31").status == StayStatus.GRACE
    with on("2026-08-01"):
        assert standing_get(cast.partner_administrator).appeal is None
        second = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Once more")
        assert standing_get(cast.partner_administrator).appeal == second
        appeal_decide(actor=cast.manager, appeal_id=second.pk, is_upheld=False, reason="No")
    notice = Notice.objects.filter(kind="partners.tier.appeal_rejected")[0]
    assert notice.data["decision_on"] == "2026-09-29"


def test_a_rejected_appeal_in_grace_gives_the_days_back(falling: Importer, cast: Cast) -> None:
    at(cast, "2026-03-01")
    stay = at(cast, "2026-03-31")
    with on("2026-04-10"):
        appeal = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Please")
    with on("2026-04-20"):
        appeal_decide(actor=cast.manager, appeal_id=appeal.pk, is_upheld=False, reason="Wait and see")
    stay = at(cast, "2026-04-20")
    assert (stay.status, stay.decision_on, stay.stopped_on) == (StayStatus.GRACE, DAY("2026-06-09"), None)
    with on("2026-04-21"), pytest.raises(Conflict):
        appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Again")


def test_withdrawing_and_handing_out_an_appeal(falling: Importer, cast: Cast) -> None:
    stay = decided(cast)
    with on("2026-06-10"):
        appeal = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="Please")
    with on("2026-06-12"):
        appeal_withdraw(actor=cast.partner_administrator, appeal_id=appeal.pk)
        stay.refresh_from_db()
        assert (stay.effective_on, stay.stopped_on) == (DAY("2026-06-17"), None)
        second = appeal_open(actor=cast.partner_administrator, stay_id=stay.pk, text="After all")
        administrator = cast.user(Role.ADMINISTRATOR)
        manager = cast.user(Role.CHANNEL_MANAGER)
        with pytest.raises(Invalid):
            appeal_assign(actor=cast.administrator, appeal_id=second.pk, user_id=manager.pk)
        with pytest.raises(Invalid):
            appeal_assign(actor=cast.administrator, appeal_id=second.pk, user_id=administrator.pk)
        appeal_assign(actor=cast.manager, appeal_id=second.pk, user_id=administrator.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            second.__class__.objects.filter(pk=second.pk).update(decided_by_id=manager.pk)
        with pytest.raises(NotFound):
            appeal_withdraw(
                actor=cast.partner_administrator.__class__.user(_member_of(cast)), appeal_id=second.pk
            )  # fmt: skip


def _member_of(cast: Cast) -> Membership:
    return make_member(cast.tenant, Role.PARTNER_ADMINISTRATOR, cast.other_partner, "other@acme.test")


def test_a_person_may_let_a_partner_keep_its_tier(falling: Importer, cast: Cast) -> None:
    stay = at(cast, "2026-03-01")
    with on("2026-03-05"):
        for wrong in ("2026-03-05", "2029-01-01"):
            with pytest.raises(Invalid):
                stay_retain(actor=cast.manager, stay_id=stay.pk, kept_until=DAY(wrong), reason="x")
        with pytest.raises(Forbidden):
            stay_retain(actor=cast.finance, stay_id=stay.pk, kept_until=DAY("2026-09-30"), reason="x")
        stay_retain(actor=cast.manager, stay_id=stay.pk, kept_until=DAY("2026-09-30"), reason="Takeover")
    assert at(cast, "2026-09-30").status == StayStatus.RETAINED
    assert at(cast, "2026-10-01").status == StayStatus.AT_RISK
