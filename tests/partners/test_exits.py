"""A partner leaves: notice, checks, waivers by a second person, its data, and an end that takes its access at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.test import Client

from partners import exits as registry
from partners.data_export_work import data_export_run, expired_remove
from partners.exits import ExitCheck
from partners.models import DataExport, Exit, ExitWaiver, Partner
from partners.selectors.exits import exit_checklist, exit_get, exit_list
from partners.services import data_exports, exits
from partners.services.partners import partner_change_status
from partners.services.suspensions import suspension_start
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.models import Invitation, Membership
from prm.identity.rights import Role
from prm.identity.services import invitation_create, membership_move
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import PASSWORD, Cast, make_member, make_partner

NOW = "2026-11-23T04:00:00Z"
TODAY = dt.date(2026, 11, 23)
LEAVE = {"reason_code": "performance", "reason": "Sold nothing", "last_day": TODAY}


@pytest.fixture
def acme(cast: Cast):
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How much two checks of a test find: one that blocks and one that only tells."""
    found = {"blocks": 0, "tells": 3}
    checks = [
        ExitCheck("tests.blocks", 1, "Blocking", blocks=True, count=lambda _id: found["blocks"]),
        ExitCheck(
            "tests.tells", 2, "Telling", blocks=False, count=lambda _id: found["tells"], link="/x/%(partner_id)s/"
        ),
    ]
    monkeypatch.setattr(registry, "_checks", {check.code: check for check in checks})
    return found


def start(acme: Cast, **more) -> Exit:
    return exits.exit_start(actor=acme.manager, partner_id=acme.partner.pk, **LEAVE | more)


def state(acme: Cast) -> str:
    return Partner.objects.get(pk=acme.partner.pk).status


def finish(acme: Cast, found: Exit) -> Exit:
    return exits.exit_finish(actor=acme.administrator, exit_id=found.pk, reason="All done")


def test_an_exit_waits_for_its_checks_and_its_last_day(acme: Cast, left: dict[str, int]) -> None:
    left["blocks"] = 2
    found = start(acme, last_day=TODAY + dt.timedelta(days=30))
    assert (state(acme), found.before, found.notice_on) == ("exiting", "active", TODAY)
    with pytest.raises(StateError) as early:
        finish(acme, found)
    assert early.value.code == "too_early"
    with time_machine.travel("2026-12-23T04:00:00Z", tick=False):
        with pytest.raises(Conflict) as blocked:
            finish(acme, found)
        assert blocked.value.code == "exit_blocked"
        assert "Blocking" in str(blocked.value.message)
        left["blocks"] = 0
        finish(acme, found)
    assert state(acme) == "ended"
    found.refresh_from_db()
    assert (found.status, found.close_reason) == ("finished", "All done")
    assert found.checklist == [
        {"code": "tests.blocks", "count": 0, "blocks": True},
        {"code": "tests.tells", "count": 3, "blocks": False},
    ]
    topics = list(Message.objects.filter(topic__startswith="partners.exit").values_list("topic", flat=True))
    assert sorted(topics) == ["partners.exit.finished", "partners.exit.started"]


def test_a_second_person_waives_and_more_of_it_blocks_again(acme: Cast, left: dict[str, int]) -> None:
    left["blocks"] = 2
    found = start(acme)
    call = {"exit_id": found.pk, "check_code": "tests.blocks", "reason": "Written off"}
    with pytest.raises(Forbidden) as same:
        exits.exit_waive(actor=acme.manager, **call)
    assert same.value.code == "same_person"
    with pytest.raises(Forbidden):
        exits.exit_waive(actor=Actor.system("robot"), **call)
    with pytest.raises(Invalid):
        exits.exit_waive(actor=acme.administrator, **call | {"reason": " "})
    for code in ("tests.tells", "tests.unknown"):
        with pytest.raises(NotFound):
            exits.exit_waive(actor=acme.administrator, **call | {"check_code": code})
    exits.exit_waive(actor=acme.administrator, **call)
    states = exit_checklist(acme.manager, found.pk)
    assert [(one.check.code, one.count, one.is_done) for one in states] == [
        ("tests.blocks", 2, True), ("tests.tells", 3, True),
    ]  # fmt: skip
    assert states[1].link == f"/x/{acme.partner.pk}/"
    left["blocks"] = 3
    assert not exit_checklist(acme.manager, found.pk)[0].is_done
    with pytest.raises(Conflict):
        finish(acme, found)
    left["blocks"] = 1
    finish(acme, found)
    with pytest.raises(StateError):
        exits.exit_waive(actor=acme.administrator, **call)


def test_the_database_wants_a_second_person_too(acme: Cast) -> None:
    found = start(acme)
    person = acme.manager.id
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitWaiver.objects.create(
            exit=found, check_code="x", count=1, reason="y", started_by_id=person, waived_by_id=person
        )  # fmt: skip


def test_who_stays_is_as_before_and_what_was_held_stays_held(acme: Cast, left: dict[str, int]) -> None:
    found = start(acme)
    exits.exit_cancel(actor=acme.manager, exit_id=found.pk, reason="We agreed again")
    assert state(acme) == "active"
    with pytest.raises(StateError):
        exits.exit_cancel(actor=acme.manager, exit_id=found.pk, reason="Again")
    suspension_start(
        actor=acme.manager, partner_id=acme.partner.pk, scope="all", reason_code="conduct", reason="Broke rules"
    )  # fmt: skip
    second = start(acme)
    assert (second.before, state(acme)) == ("suspended", "exiting")
    exits.exit_cancel(actor=acme.manager, exit_id=second.pk, reason="Stays")
    assert state(acme) == "suspended"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason_code": "mood"}, "reason_code"),
        ({"reason": ""}, "reason"),
        ({"last_day": TODAY - dt.timedelta(days=1)}, "last_day"),
        ({"last_day": TODAY + dt.timedelta(days=2000)}, "last_day"),
    ],
)
def test_wrong_notices_are_refused_by_field(acme: Cast, changes, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        start(acme, **changes)
    assert list(caught.value.fields) == [field]
    assert state(acme) == "active"


def test_who_may_and_who_sees(acme: Cast, rival_cast: Cast) -> None:
    for actor in (acme.finance, acme.actor(Role.MARKETING), acme.partner_administrator):
        with pytest.raises(Forbidden):
            exits.exit_start(actor=actor, partner_id=acme.partner.pk, **LEAVE)
    with pytest.raises(NotFound):
        exits.exit_start(actor=acme.manager, partner_id=rival_cast.partner.pk, **LEAVE)
    found = start(acme)
    with pytest.raises(StateError):
        start(acme)
    assert exit_get(acme.partner_administrator, found.pk) == found
    with pytest.raises(Forbidden):
        exit_checklist(acme.partner_administrator, found.pk)
    other = exits.exit_start(actor=acme.manager, partner_id=acme.other_partner.pk, **LEAVE)
    with pytest.raises(NotFound):
        exit_get(acme.partner_administrator, other.pk)
    assert exit_list(acme.manager, status="open").count() == 2


def test_another_last_day_needs_a_reason(acme: Cast) -> None:
    found = start(acme)
    later = TODAY + dt.timedelta(days=10)
    with pytest.raises(Invalid):
        exits.exit_reschedule(actor=acme.manager, exit_id=found.pk, last_day=later, reason="")
    assert exits.exit_reschedule(actor=acme.manager, exit_id=found.pk, last_day=later, reason="Stock").last_day == later


def test_an_end_by_hand_asks_for_an_exit_while_anything_is_open(acme: Cast, left: dict[str, int]) -> None:
    left["blocks"] = 1
    call = {"actor": acme.manager, "partner_id": acme.partner.pk, "reason": "gone", "verb": "end"}
    with pytest.raises(Conflict) as caught:
        partner_change_status(**call)
    assert caught.value.code == "exit_needed"
    assert not Exit.objects.exists()
    left["blocks"] = 0
    start(acme)
    with pytest.raises(Conflict):
        partner_change_status(**call)
    with pytest.raises(NotFound):
        partner_change_status(**call | {"verb": "stay"})


def test_an_end_by_hand_packs_the_partners_data_as_any_exit(acme: Cast, left: dict[str, int]) -> None:
    partner_change_status(actor=acme.manager, partner_id=acme.partner.pk, verb="end", reason="Closed down")
    found = Exit.objects.get()
    assert (state(acme), found.status, found.before, found.last_day) == ("ended", "finished", "active", TODAY)
    assert found.administrator_ids == [str(acme.user(Role.PARTNER_ADMINISTRATOR).pk)]
    assert [one["code"] for one in found.checklist] == ["tests.blocks", "tests.tells"]
    export = DataExport.objects.get()
    assert (export.exit_id, export.status) == (found.pk, "queued")
    assert not Membership.objects.filter(partner=acme.partner, is_active=True).exists()
    with pytest.raises(StateError):
        partner_change_status(actor=acme.manager, partner_id=acme.partner.pk, verb="end", reason="Again")
    assert Exit.objects.count() == 1


def test_at_the_end_the_next_request_is_refused_everywhere(acme: Cast, left: dict[str, int]) -> None:
    user = acme.user(Role.PARTNER_ADMINISTRATOR)
    client = Client(SERVER_NAME="acme.localhost")
    signed_in = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert signed_in.status_code == 302
    assert client.get("/p/").status_code == 200
    assert client.get("/api/v1/partners/").status_code == 200
    assert UserSession.objects.filter(user=user).exists()
    invited = invitation_create(
        actor=acme.partner_administrator, email="new@blue.test", role=Role.PARTNER_SALES.value,
        partner_id=acme.partner.pk,
    )  # fmt: skip
    finish(acme, start(acme))
    assert client.get("/p/").status_code == 302
    assert client.get("/api/v1/partners/").status_code == 401
    assert not UserSession.objects.filter(user=user).exists()
    assert not Membership.objects.filter(partner=acme.partner, is_active=True).exists()
    assert Invitation.objects.get(pk=invited.pk).revoked_at is not None
    with pytest.raises(Invalid):
        membership_move(
            actor=acme.administrator, partner_id=acme.partner.pk,
            membership_id=make_member(acme.tenant, Role.PARTNER_SALES, acme.other_partner, email="li@stone.test").pk,
        )  # fmt: skip
    # Even a place that somebody gives back opens nothing.
    Membership.objects.filter(user=user).update(is_active=True)
    again = Client(SERVER_NAME="acme.localhost")
    again.force_login(user)
    assert again.get("/p/").status_code == 404
    assert again.get("/api/v1/partners/").status_code == 401


def test_who_works_elsewhere_too_stays_signed_in_there(acme: Cast, left: dict[str, int]) -> None:
    user = acme.user(Role.PARTNER_SALES)
    Membership.objects.create(user=user, role=Role.PARTNER_SALES, partner=acme.other_partner)
    client = Client(SERVER_NAME="acme.localhost")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    finish(acme, start(acme))
    page = client.get("/p/")
    assert page.status_code == 200
    assert page.wsgi_request.membership.partner_id == acme.other_partner.pk


def archive_of(export: DataExport) -> dict[str, bytes]:
    export.refresh_from_db()
    with file_open(export.file) as content:
        whole = content.read()
    assert hashlib.sha256(whole).hexdigest() == export.sha256
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_archive_has_the_partners_own_data_and_nobody_elses(acme: Cast) -> None:
    make_partner(acme.tenant, "P-3", name="Secret Rival")
    export = data_exports.data_export_request(actor=acme.partner_administrator, partner_id=acme.partner.pk)
    with pytest.raises(Conflict):
        data_exports.data_export_request(actor=acme.manager, partner_id=acme.partner.pk)
    with pytest.raises(StateError):
        data_exports.data_export_download(actor=acme.partner_administrator, export_id=export.pk)
    data_export_run(acme.tenant, export.pk)
    found = archive_of(export)
    assert json.loads(found["company.json"])["code"] == "P-1"
    assert {"people.csv", "sales.csv", "statement_lines.csv", "payments.csv", "tiers.csv", "checksums.txt"} <= set(
        found
    )
    assert not any(b"Secret Rival" in content or b"Stone Bridge" in content for content in found.values())
    sums = dict(line.split("  ")[::-1] for line in found["checksums.txt"].decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in found.items() if name in sums}
    assert data_exports.data_export_download(actor=acme.partner_administrator, export_id=export.pk).sha256
    for actor in (acme.actor(Role.PARTNER_SALES), acme.finance):
        with pytest.raises(Forbidden):
            data_exports.data_export_download(actor=actor, export_id=export.pk)


def test_after_the_end_a_link_opens_the_archive_until_it_expires(acme: Cast, left: dict[str, int]) -> None:
    finish(acme, start(acme))
    export = DataExport.objects.get(partner=acme.partner)
    data_export_run(acme.tenant, export.pk)
    data_export_run(acme.tenant, export.pk)
    _export, first = data_exports.data_export_link(export_id=export.pk)
    _export, token = data_exports.data_export_link(export_id=export.pk)
    assert data_exports.data_export_by_link(token=token).name.startswith("P-1-2026-11-23")
    for wrong in (first, "", "x" * 43):
        with pytest.raises(NotFound):
            data_exports.data_export_by_link(token=wrong)
    with time_machine.travel("2026-12-24T04:00:00Z", tick=False):
        with pytest.raises(NotFound):
            data_exports.data_export_by_link(token=token)
        assert expired_remove() == 1
    export.refresh_from_db()
    assert (export.file_id, export.token_hash, len(export.sha256)) == (None, "", 64)
