"""Agreements in force: what they grant, warnings, renewals, amendments, the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from partners.models import Agreement, Entitlement, Partner
from partners.selectors.agreements import compliance
from partners.selectors.entitlements import entitlements_of, is_entitled
from partners.services import agreement_watch
from partners.services.agreement_life import agreement_notice_give, agreement_terminate
from partners.services.agreement_watch import agreements_watch
from partners.services.agreements import (
    agreement_amend,
    agreement_renew,
    agreement_send,
    agreement_update,
)
from prm.errors import Invalid, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.outbox.registry import handler_named, handlers_of
from prm.testing.make import Cast, make_partner
from prm.workflow.models import Transition
from tests.partners.agreement_world import (
    DAY,
    MEI,
    countersign,
    make_active,
    make_sent,
    make_template,
    sign,
)

pytestmark = pytest.mark.usefixtures("second_of_march")
WATCH = Actor.system("partners.watch")
START = dt.date(2026, 3, 2)


def warned(user: Any) -> list[tuple[str, str]]:
    kinds = ["partners.agreement.expiring", "partners.agreement.renewing"]
    rows = Notice.objects.filter(user=user, kind__in=kinds).order_by("created_at")
    return [(row.kind.rpartition(".")[2], str(row.data.get("days", row.data.get("notice_on")))) for row in rows]


def follow(cast: Cast, *topics_told: str) -> dt.date | None:
    """The partner's term once its handler has heard of all that was told."""
    for message in Message.objects.filter(topic__in=[f"partners.agreement.{one}" for one in topics_told]):
        for name in handlers_of(message.topic):
            if name.endswith("term_follow"):
                handler_named(name)(message.payload)
    return Partner.objects.get(pk=cast.partner.pk).renewal_on


def run(topic: str, payload: dict[str, str]) -> None:
    for name in handlers_of(topic):
        if name.startswith("partners."):
            handler_named(name)(payload)


def test_entitlements_hold_on_their_days_and_end_at_midnight(cast: Cast, at: Any) -> None:
    agreement = make_active(cast, make_template(cast, term_months=1))
    end = dt.date(2026, 4, 1)
    pk = cast.partner.pk
    assert [(row.kind, row.value) for row in entitlements_of(pk)] == [
        ("product_line", "Switches"),
        ("territory", "East"),
    ]
    assert not is_entitled(pk, "territory", "East", on=START - DAY)
    assert is_entitled(pk, "territory", "East", on=end)
    assert not is_entitled(pk, "territory", "East", on=end + DAY)
    assert not is_entitled(pk, "territory", "West")
    assert not is_entitled(cast.other_partner.pk, "territory", "East")
    at("2026-04-01")
    agreement.refresh_from_db()
    assert agreement.status == "expiring"
    # 16:00 UTC is midnight in Shanghai: nothing has run, and yet they are gone.
    with time_machine.travel("2026-04-01T15:59:59Z", tick=False):
        assert is_entitled(pk, "territory", "East")
    with time_machine.travel("2026-04-01T16:00:00Z", tick=False):
        assert not is_entitled(pk, "territory", "East")
        assert agreements_watch(actor=WATCH) == 1
        assert agreements_watch(actor=WATCH) == 0
    agreement.refresh_from_db()
    assert (agreement.status, agreement.active_to) == ("expired", end)
    ended = Message.objects.get(topic="partners.agreement.ended")
    assert ended.payload == {
        "agreement_id": str(agreement.pk), "partner_id": str(pk), "since": "2026-04-02", "how": "expire",
    }  # fmt: skip


def test_warnings_are_sent_once_and_never_late(cast: Cast, at: Any) -> None:
    make_active(cast)
    own, staff = cast.user(Role.PARTNER_ADMINISTRATOR), cast.user(Role.CHANNEL_MANAGER)
    at("2026-12-30")
    assert warned(own) == []
    for day in ("2026-12-31", "2026-12-31", "2027-01-01"):
        at(day)
    assert warned(own) == warned(staff) == [("expiring", "60")]
    at("2027-02-17")
    assert warned(own) == [("expiring", "60"), ("expiring", "12")]
    at("2027-02-22")
    at("2027-02-28")
    assert warned(own) == [("expiring", "60"), ("expiring", "12"), ("expiring", "7")]
    days = [row.payload["days"] for row in Message.objects.filter(topic="partners.agreement.expiring").order_by("id")]
    assert sorted(days) == [7, 14, 60]


def test_it_renews_by_itself_unless_notice_is_given(cast: Cast, at: Any) -> None:
    template = make_template(cast, auto_renew=True)
    first = make_active(cast, template)
    second = make_active(cast, template, partner=cast.other_partner)
    at("2027-01-30")
    own = cast.user(Role.PARTNER_ADMINISTRATOR)
    assert warned(own) == [("renewing", "2027-01-30")]
    agreement_notice_give(actor=cast.manager, agreement_id=second.pk, reason="Strategy")
    at("2027-01-31")
    at("2027-01-31")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.active_to) == ("active", dt.date(2028, 3, 1))
    assert (second.status, second.active_to) == ("expiring", dt.date(2027, 3, 1))
    assert set(Entitlement.objects.filter(agreement=first).values_list("valid_to", flat=True)) == {dt.date(2028, 3, 1)}
    with pytest.raises(StateError):
        agreement_notice_give(actor=cast.manager, agreement_id=second.pk, reason="Again")
    agreement_notice_give(actor=cast.partner_administrator, agreement_id=first.pk, reason="We stop")
    at("2030-01-01")
    first.refresh_from_db()
    assert (first.status, first.active_to) == ("expired", dt.date(2028, 3, 1))


def test_a_renewal_follows_the_day_after(cast: Cast, at: Any) -> None:
    first = make_active(cast)
    at("2027-02-01")
    renewal = agreement_renew(actor=cast.manager, agreement_id=first.pk)
    assert (renewal.kind, renewal.starts_on, renewal.ends_on) == ("renewal", dt.date(2027, 3, 2), dt.date(2028, 3, 1))
    assert renewal.signers.get(position=1).email == "mei@blue.test"
    agreement_send(actor=cast.manager, agreement_id=renewal.pk)
    sign()
    countersign(cast, renewal)
    assert (renewal.status, renewal.active_from) == ("countersigned", None)
    before = Notice.objects.filter(kind="partners.agreement.expiring").count()
    at("2027-02-25")
    assert Notice.objects.filter(kind="partners.agreement.expiring").count() == before
    at("2027-03-02")
    first.refresh_from_db()
    renewal.refresh_from_db()
    assert (first.status, renewal.status, renewal.active_from) == ("expired", "active", dt.date(2027, 3, 2))


def test_amendments_add_or_replace(cast: Cast, at: Any) -> None:
    template = make_template(cast)
    more = make_template(cast, "MORE", entitlements=[{"kind": "benefit", "value": "MDF"}], term_months=None)
    first = make_active(cast, template)
    addition = agreement_amend(actor=cast.manager, agreement_id=first.pk, template_id=more.pk, effect="extends")
    agreement_send(actor=cast.manager, agreement_id=addition.pk)
    sign()
    countersign(cast, addition)
    assert (addition.active_to, is_entitled(cast.partner.pk, "benefit", "MDF")) == (dt.date(2027, 3, 1), True)
    at("2026-06-01")
    other = agreement_amend(actor=cast.manager, agreement_id=first.pk, template_id=template.pk, effect="replaces")
    agreement_send(actor=cast.manager, agreement_id=other.pk)
    sign()
    countersign(cast, other)
    for row in (first, addition):
        row.refresh_from_db()
        assert (row.status, row.active_to) == ("replaced", dt.date(2026, 5, 31))
    assert (other.status, other.active_from) == ("active", dt.date(2026, 6, 1))
    assert not is_entitled(cast.partner.pk, "benefit", "MDF")
    assert [row.agreement for row in entitlements_of(cast.partner.pk)] == [other, other]


def test_terminated_today_or_on_a_day_to_come(cast: Cast, at: Any) -> None:
    template = make_template(cast)
    first, second = make_active(cast, template), make_active(cast, template, partner=cast.other_partner)
    at("2026-05-01")
    with pytest.raises(Invalid):
        agreement_terminate(actor=cast.manager, agreement_id=first.pk, reason="Breach", last_day=START)
    agreement_terminate(actor=cast.manager, agreement_id=first.pk, reason="Breach")
    day = dt.date(2026, 5, 20)
    planned = agreement_terminate(actor=cast.manager, agreement_id=second.pk, reason="Agreed", last_day=day)
    first.refresh_from_db()
    assert (first.status, first.active_to, first.end_reason) == ("terminated", dt.date(2026, 5, 1), "Breach")
    assert (planned.status, planned.is_terminating) == ("active", True)
    assert is_entitled(cast.other_partner.pk, "territory", "East", on=day)
    assert not is_entitled(cast.other_partner.pk, "territory", "East", on=day + DAY)
    at("2026-05-21")
    second.refresh_from_db()
    assert (second.status, second.active_to) == ("terminated", day)
    [row] = Transition.objects.filter(target_id=str(second.pk), verb="terminate")
    assert row.reason == "Agreed"


def test_the_term_follows_a_renewal_a_termination_and_a_successor_without_end(cast: Cast, at: Any) -> None:
    first = make_active(cast, make_template(cast, auto_renew=True))
    assert follow(cast, "activated") == dt.date(2027, 3, 1)
    at("2027-01-31")
    assert follow(cast, "renewed") == dt.date(2028, 3, 1)
    day = dt.date(2027, 5, 20)
    agreement_terminate(actor=cast.manager, agreement_id=first.pk, reason="Agreed", last_day=day)
    assert follow(cast, "changed") == day
    make_active(cast, make_template(cast, "OPEN", term_months=None))
    assert follow(cast, "activated") is None


def test_an_approved_application_leads_to_a_draft_or_straight_on(cast: Cast) -> None:
    first = make_partner(cast.tenant, "N-1", status="contracting", type="isv")
    second = make_partner(cast.tenant, "N-2", status="contracting", type="isv")
    run("partners.application.approved", {"application_id": "x", "partner_id": str(first.pk)})
    first.refresh_from_db()
    assert (first.status, first.agreements.count()) == ("onboarding", 0)
    template = make_template(cast)
    for _twice in range(2):
        run("partners.application.approved", {"application_id": "x", "partner_id": str(second.pk)})
    draft = second.agreements.get()
    second.refresh_from_db()
    assert (draft.status, draft.version.template, second.status) == ("draft", template, "contracting")
    agreement_update(actor=cast.manager, agreement_id=draft.pk, signers=[MEI], values={"minimum_order": "1"})
    agreement_send(actor=cast.manager, agreement_id=draft.pk)
    sign()
    countersign(cast, draft)
    second.refresh_from_db()
    assert (draft.status, second.status) == ("active", "onboarding")


def test_the_end_of_a_partnership_ends_its_agreements(cast: Cast) -> None:
    template = make_template(cast)
    live, waiting = make_active(cast, template), make_sent(cast, template)
    Partner.objects.filter(pk=cast.partner.pk).update(status="ended")
    run("partners.partner.changed", {"partner_id": str(cast.partner.pk)})
    live.refresh_from_db()
    waiting.refresh_from_db()
    assert (live.status, waiting.status) == ("terminated", "voided")


def test_who_has_no_agreement(cast: Cast, at: Any) -> None:
    template = make_template(cast)
    make_active(cast, template)
    assert [row.code for row in compliance(cast.manager, state="missing")] == ["P-2"]
    assert [row.code for row in compliance(cast.manager, state="fine")] == ["P-1"]
    at("2026-12-15")
    assert [row.code for row in compliance(cast.manager, state="ending")] == ["P-1"]
    at("2027-03-02")
    assert sorted(row.code for row in compliance(cast.manager, state="missing")) == ["P-1", "P-2"]


def test_one_agreement_at_fault_does_not_stop_the_others(
    cast: Cast, at: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    template = make_template(cast)
    bad = make_active(cast, template)
    good = make_active(cast, template, partner=cast.other_partner)
    ended = agreement_watch.agreement_end

    def end(actor: Actor, agreement: Agreement, verb: str, last_day: dt.date) -> None:
        ended(actor, agreement, verb, last_day)
        if agreement.pk == bad.pk:
            raise StateError("Its papers are lost.")

    monkeypatch.setattr(agreement_watch, "agreement_end", end)
    assert at("2027-03-02") == 1
    at("2027-03-02")
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == ("active", "expired"), "of the one at fault nothing is left half done"
    told = Notice.objects.filter(kind="partners.agreement.watch_failed", user=cast.user(Role.CHANNEL_MANAGER))
    assert [(one.data["number"], one.data["reason"]) for one in told] == [(str(bad), "Its papers are lost.")]
    assert "could not be done" in caplog.text
    monkeypatch.undo()
    assert at("2027-03-02") == 1
    bad.refresh_from_db()
    assert bad.status == "expired"
