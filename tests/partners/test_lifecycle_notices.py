"""What partners are told when something of theirs is held, ends or is ready, once each; and where a term comes from."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from partners import terms
from partners.data_export_work import data_export_run
from partners.handlers import data_exports as data_handlers
from partners.handlers import lifecycle as handlers
from partners.handlers.terms import term_follow
from partners.models import DataExport, Partner
from partners.services.data_exports import data_export_request
from partners.services.exits import exit_cancel, exit_finish, exit_start
from partners.services.suspensions import suspension_lift, suspension_start
from prm.identity.rights import Role
from prm.identity.services import membership_deactivate, membership_move
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_member

NOW = "2026-11-23T04:00:00Z"
TODAY = dt.date(2026, 11, 23)
TWICE = range(2)


@pytest.fixture
def acme(cast: Cast):
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def payloads(topic: str) -> list[dict[str, str]]:
    return [message.payload for message in Message.objects.filter(topic=topic).order_by("created_at")]


def told(kind: str) -> list[str]:
    return [notice.user.email if notice.user else notice.email for notice in Notice.objects.filter(kind=kind)]


def test_a_suspension_is_told_when_it_begins_and_when_it_is_over(acme: Cast) -> None:
    row = suspension_start(
        actor=acme.manager, partner_id=acme.partner.pk, scope="payouts", reason_code="other", reason="Papers"
    )
    for _time in TWICE:
        handlers.suspension_changed(payloads("partners.suspension.started")[0])
    suspension_lift(actor=acme.manager, suspension_id=row.pk, reason="Came")
    handlers.suspension_changed(payloads("partners.suspension.lifted")[0])
    administrator = acme.user(Role.PARTNER_ADMINISTRATOR).email
    assert told("partners.suspension.started") == told("partners.suspension.lifted") == [administrator]
    assert Notice.objects.get(kind="partners.suspension.started").data["reason"] == "Papers"


def test_leaving_staying_and_the_link_at_the_end(acme: Cast) -> None:
    administrator = acme.user(Role.PARTNER_ADMINISTRATOR).email
    order = {"reason_code": "merger", "reason": "Sold", "last_day": TODAY}
    first = exit_start(actor=acme.manager, partner_id=acme.partner.pk, **order)
    for _time in TWICE:
        handlers.exit_changed(payloads("partners.exit.started")[0])
    exit_cancel(actor=acme.manager, exit_id=first.pk, reason="Stays")
    handlers.exit_changed(payloads("partners.exit.cancelled")[0])
    assert told("partners.exit.started") == told("partners.exit.cancelled") == [administrator]
    second = exit_start(actor=acme.manager, partner_id=acme.partner.pk, **order)
    exit_finish(actor=acme.administrator, exit_id=second.pk, reason="Done")
    export = DataExport.objects.get()
    data_export_run(acme.tenant, export.pk)
    data_handlers.finished(payloads("partners.data_export.finished")[0])
    notice = Notice.objects.get(kind="partners.data_export.link")
    assert (notice.email, notice.user) == (administrator, None)
    assert "token" not in notice.data
    export.refresh_from_db()
    kept = export.token_hash
    assert len(kept) == 64
    data_handlers.finished(payloads("partners.data_export.finished")[0])
    export.refresh_from_db()
    assert export.token_hash == kept


def test_the_link_goes_to_nobody_who_had_left_before(acme: Cast) -> None:
    former = make_member(acme.tenant, Role.PARTNER_ADMINISTRATOR, acme.partner, email="former@blue.test")
    membership_deactivate(actor=acme.administrator, membership_id=former.pk, reason="Left")
    moved = make_member(acme.tenant, Role.PARTNER_ADMINISTRATOR, acme.partner, email="moved@blue.test")
    membership_move(actor=acme.administrator, membership_id=moved.pk, partner_id=acme.other_partner.pk)
    leaving = exit_start(
        actor=acme.manager, partner_id=acme.partner.pk, reason_code="merger", reason="Sold", last_day=TODAY
    )  # fmt: skip
    exit_finish(actor=acme.administrator, exit_id=leaving.pk, reason="Done")
    data_export_run(acme.tenant, DataExport.objects.get().pk)
    data_handlers.finished(payloads("partners.data_export.finished")[0])
    assert told("partners.data_export.link") == [acme.user(Role.PARTNER_ADMINISTRATOR).email]


def test_an_archive_that_is_being_made_becomes_that_of_the_exit(acme: Cast) -> None:
    export = data_export_request(actor=acme.partner_administrator, partner_id=acme.partner.pk)
    leaving = exit_start(
        actor=acme.manager, partner_id=acme.partner.pk, reason_code="merger", reason="Sold", last_day=TODAY
    )  # fmt: skip
    exit_finish(actor=acme.administrator, exit_id=leaving.pk, reason="Done")
    assert DataExport.objects.get() == export
    data_export_run(acme.tenant, export.pk)
    data_handlers.finished(payloads("partners.data_export.finished")[0])
    assert told("partners.data_export.link") == [acme.user(Role.PARTNER_ADMINISTRATOR).email]
    assert told("partners.data_export.ready") == []


def test_who_asked_for_the_archive_is_told(acme: Cast) -> None:
    export = data_export_request(actor=acme.partner_administrator, partner_id=acme.partner.pk)
    data_export_run(acme.tenant, export.pk)
    for _time in TWICE:
        data_handlers.finished(payloads("partners.data_export.finished")[0])
    assert told("partners.data_export.ready") == [acme.user(Role.PARTNER_ADMINISTRATOR).email]


def test_a_manager_who_asked_for_the_archive_is_led_to_the_exit(acme: Cast) -> None:
    leaving = exit_start(
        actor=acme.manager, partner_id=acme.partner.pk, reason_code="merger", reason="Sold", last_day=TODAY
    )  # fmt: skip
    export = data_export_request(actor=acme.manager, partner_id=acme.partner.pk, exit=leaving)
    data_export_run(acme.tenant, export.pk)
    data_handlers.finished(payloads("partners.data_export.finished")[0])
    notice = Notice.objects.get(kind__startswith="partners.data_export")
    assert (notice.kind, notice.data["exit_id"]) == ("partners.data_export.packed", str(leaving.pk))
    assert notice.user_id == acme.manager.id


def test_a_term_follows_what_is_in_force(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[dt.date | None] = [None, dt.date(2027, 1, 31), dt.date(2027, 6, 30)]
    monkeypatch.setattr(terms, "_sources", [])
    for day in days:
        terms.register(lambda _partner_id, day=day: day)
    term_follow({"agreement_id": "x", "partner_id": str(acme.partner.pk)})
    assert Partner.objects.get(pk=acme.partner.pk).renewal_on == dt.date(2027, 6, 30)
    monkeypatch.setattr(terms, "_sources", [])
    term_follow({"agreement_id": "x", "partner_id": str(acme.partner.pk)})
    assert Partner.objects.get(pk=acme.partner.pk).renewal_on == dt.date(2027, 6, 30)
