"""Certificates: of people, counted for companies day by day; awarded, imported, moved, revoked, expired, warned of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine

from partners.agreement_values import months_after
from partners.handlers import certificates as handlers
from partners.models import Certificate, ExpiryWarning, Person, WorkPlace
from partners.selectors.certificates import certificate_get, certificate_list, certified_people, person_list
from partners.selectors.endings import endings_of
from partners.services.certificates import (
    certificate_award,
    certificate_revoke,
    certificates_expire,
    certificates_warn,
    certification_save,
)
from partners.services.people import person_move
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.identity.services import membership_deactivate, membership_reactivate
from prm.imports.models import Import
from prm.imports.services import import_undo
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.importing import Importer, counts, faults
from prm.testing.make import Cast
from tests.partners.ladder import document, evaluate, publish, tier

NOW = "2026-07-01T04:00:00Z"
TODAY = dt.date(2026, 7, 1)
SYSTEM = Actor.system("tests")


@pytest.fixture
def acme(cast: Cast) -> Any:
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        for code, months in (("net", 24), ("sec", 12), ("life", None)):
            certification_save(
                actor=cast.manager, code=code, name_en=code.title(), level="expert", validity_months=months
            )
        yield cast


def award(cast: Cast, email: str, code: str = "net", issued: str = "2026-01-15", **more: Any) -> Certificate:
    fields = {"partner_id": cast.partner.pk, "name": email.split("@", maxsplit=1)[0]}
    return certificate_award(
        actor=cast.manager, email=email, certification=code, issued_on=dt.date.fromisoformat(issued), **fields | more
    )


def counted(cast: Cast, day: str, partner: Any = None) -> dict[str, int]:
    company = partner or cast.partner
    return dict(certified_people(cast.manager, partner_id=company.pk, day=dt.date.fromisoformat(day)))


def run(topic: str, handler: Any) -> None:
    for message in Message.objects.filter(topic=topic).order_by("created_at"):
        handler(message.payload)


def test_a_certificate_counts_from_its_issue_to_its_last_day(acme: Cast) -> None:
    made = award(acme, " Li@Blue.example ", version="3.1", score=Decimal("87.5"), course="Routing")
    award(acme, "li@blue.example", "sec", "2026-03-01")
    award(acme, "han@blue.example", "sec", "2026-03-01", expires_on=dt.date(2026, 8, 31))
    assert (made.expires_on, made.status, made.person.email) == (dt.date(2028, 1, 15), "valid", "li@blue.example")
    assert counted(acme, "2026-01-14") == {}
    assert counted(acme, "2026-01-15") == {"net": 1, "": 1}
    assert counted(acme, "2026-03-01") == {"net": 1, "sec": 2, "": 2}
    assert counted(acme, "2026-09-01") == {"net": 1, "sec": 1, "": 1}
    assert counted(acme, "2028-01-16") == {}
    assert counted(acme, "2026-03-01", acme.other_partner) == {}
    payload = Message.objects.get(topic="partners.certificate.awarded", payload__certificate_id=str(made.pk)).payload
    assert (payload["partner_id"], payload["since"]) == (str(acme.partner.pk), "2026-01-15")


def test_the_last_day_of_a_short_month(acme: Cast) -> None:
    assert months_after(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert months_after(dt.date(2026, 8, 31), 6) == dt.date(2027, 2, 28)
    assert award(acme, "a@b.example", "life").expires_on is None
    assert award(acme, "a@b.example", "sec", "2024-01-01").status == "expired"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"code": "unknown"}, "certification"),
        ({"issued": "2026-07-02"}, "issued_on"),
        ({"expires_on": dt.date(2026, 1, 14)}, "expires_on"),
        ({"partner_id": None}, "partner"),
        ({"score": Decimal(-1)}, "score"),
        ({"status": "valid"}, "status"),
    ],
)
def test_what_makes_no_sense_is_refused(acme: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        award(acme, **{"email": "li@blue.example"} | changes)
    assert list(caught.value.fields) == [field]


def test_evidence_is_judged_by_its_content(acme: Cast) -> None:
    good = award(acme, "a@b.example", evidence=("../../a.pdf", BytesIO(b"%PDF-1.7\n%%EOF\n")))
    assert good.evidence is not None
    assert good.evidence.name == "a.pdf"
    with pytest.raises(Invalid):
        award(acme, "a@b.example", "sec", evidence=("a.pdf", BytesIO(b"<html><script>alert(1)</script>")))


def test_who_may_see_and_do_what(acme: Cast) -> None:
    own, foreign = award(acme, "a@b.example"), award(acme, "c@d.example", partner_id=acme.other_partner.pk)
    assert list(certificate_list(acme.partner_administrator)) == [own]
    assert certificate_get(acme.actor(Role.PARTNER_SALES), own.pk).partner_id == acme.partner.pk
    with pytest.raises(NotFound):
        certificate_get(acme.partner_administrator, foreign.pk)
    with pytest.raises(NotFound):
        certified_people(acme.partner_administrator, partner_id=acme.other_partner.pk)
    with pytest.raises(Forbidden):
        certificate_list(acme.actor(Role.PARTNER_FINANCE))
    for actor in (acme.partner_administrator, acme.finance):
        with pytest.raises(Forbidden):
            certificate_revoke(actor=actor, certificate_id=own.pk, reason="no")


def test_the_same_certificate_twice_and_a_person_counted_elsewhere(acme: Cast) -> None:
    award(acme, "a@b.example")
    with pytest.raises(Conflict):
        award(acme, "a@b.example")
    with pytest.raises(Conflict) as caught:
        award(acme, "a@b.example", "sec", partner_id=acme.other_partner.pk)
    assert caught.value.code == "counted_elsewhere"
    assert Person.objects.count() == Certificate.objects.count() == 1


def test_revoking_has_a_reason_and_counts_from_today(acme: Cast) -> None:
    certificate = award(acme, "a@b.example")
    with pytest.raises(Invalid):
        certificate_revoke(actor=acme.manager, certificate_id=certificate.pk, reason=" ")
    certificate_revoke(actor=acme.manager, certificate_id=certificate.pk, reason="Forged")
    with pytest.raises(StateError):
        certificate_revoke(actor=acme.manager, certificate_id=certificate.pk, reason="Forged")
    assert (counted(acme, "2026-06-30"), counted(acme, "2026-07-01")) == ({"net": 1, "": 1}, {})
    run("partners.certificate.revoked", handlers.certificate_revoked)
    assert Notice.objects.filter(kind="partners.certificate.revoked", data__reason="Forged").count() == 2


def test_certificates_go_with_the_person(acme: Cast) -> None:
    person = award(acme, "a@b.example").person
    person_move(
        actor=acme.manager,
        person_id=person.pk,
        partner_id=acme.other_partner.pk,
        valid_from=dt.date(2026, 4, 1),
        reason="Changed jobs",
    )
    assert counted(acme, "2026-03-31") == {"net": 1, "": 1}
    assert counted(acme, "2026-04-01") == {}
    assert counted(acme, "2026-04-01", acme.other_partner) == {"net": 1, "": 1}
    [message] = Message.objects.filter(topic="partners.certificate.moved")
    assert message.payload["since"] == "2026-04-01"
    assert set(message.payload["partner_ids"]) == {str(acme.partner.pk), str(acme.other_partner.pk)}
    person_move(actor=acme.manager, person_id=person.pk, reason="Left", partner_id=None)
    assert counted(acme, "2026-07-01", acme.other_partner) == {}
    with pytest.raises(Invalid):
        person_move(actor=acme.manager, person_id=person.pk, partner_id=None, reason=" ")
    with pytest.raises(Invalid):
        person_move(
            actor=acme.manager, person_id=person.pk, reason="Left", partner_id=None, valid_from=dt.date(2026, 7, 2)
        )


def test_places_follow_memberships(acme: Cast) -> None:
    member = acme.members[Role.PARTNER_SALES]
    award(acme, member.user.email, partner_id=None)
    person = Person.objects.get()
    assert (person.user_id, person.name) == (member.user_id, "partner_sales")
    with time_machine.travel("2026-08-01T04:00:00Z"):
        membership_deactivate(actor=acme.manager, membership_id=member.pk, reason="Left")
        run("identity.membership.changed", handlers.membership_changed)
        assert counted(acme, "2026-07-31") == {"net": 1, "": 1}
        assert counted(acme, "2026-08-01") == {}
        run("identity.membership.changed", handlers.membership_changed)
        assert WorkPlace.objects.count() == 2
    with time_machine.travel("2026-09-01T04:00:00Z"):
        membership_reactivate(actor=acme.manager, membership_id=member.pk)
        run("identity.membership.changed", handlers.membership_changed)
        assert counted(acme, "2026-09-01") == {"net": 1, "": 1}


def test_warnings_are_sent_once_each_and_not_of_what_was_renewed(acme: Cast) -> None:
    award(acme, acme.user(Role.PARTNER_SALES).email, "sec", "2025-08-30")  # ends 2026-08-30
    award(acme, "out@side.example", "sec", "2025-07-20")  # ends 2026-07-20, and was renewed
    award(acme, "out@side.example", "sec", "2026-06-20")
    award(acme, "other@side.example", "sec", "2025-07-20")
    assert certificates_warn(actor=SYSTEM) == 2
    assert certificates_warn(actor=SYSTEM) == 0
    assert sorted(ExpiryWarning.objects.values_list("days", flat=True)) == [30, 60]
    for _twice in range(2):
        run("partners.certificates.expiring", handlers.certificates_expiring)
    told = sorted(Notice.objects.values_list("kind", "user__email", "email", "data__days"), key=str)
    administrator, sales = (acme.user(role).email for role in (Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES))
    assert told == [
        ("partners.certificate.expiring", administrator, "", 19),
        ("partners.certificate.expiring", administrator, "", 60),
        ("partners.certificate.expiring_own", sales, "", 60),
        ("partners.certificate.expiring_own", None, "other@side.example", 19),
    ]
    lost = Notice.objects.get(user__email=administrator, data__days=19).data
    assert (lost["before"], lost["after"], lost["expires_on"]) == (3, 2, "2026-07-20")
    dates = {"2026-07-31": 30, "2026-08-16": 14, "2026-08-23": 7, "2026-08-30": None}
    for day, days in dates.items():
        with time_machine.travel(f"{day}T04:00:00Z"):
            certificates_expire(actor=SYSTEM)
            assert certificates_warn(actor=SYSTEM) == (0 if days is None else 1), day


def test_however_many_end_each_is_warned_of_and_expires(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.services.certificates.BATCH", 2)
    for number in range(5):
        award(acme, f"early{number}@b.example", "sec", "2025-08-20")  # ends 2026-08-20
    assert certificates_warn(actor=SYSTEM) == 5
    for number in range(5):
        award(acme, f"late{number}@b.example", "sec", "2025-08-20")
    assert (certificates_warn(actor=SYSTEM), certificates_warn(actor=SYSTEM)) == (5, 0)
    assert set(ExpiryWarning.objects.values_list("days", flat=True)) == {60}
    with time_machine.travel("2026-08-21T04:00:00Z"):
        assert certificates_expire(actor=SYSTEM) == 10
    assert not Certificate.objects.filter(status="valid").exists()


def test_what_is_over_is_told_once(acme: Cast) -> None:
    certificate = award(acme, acme.user(Role.PARTNER_SALES).email, "sec", "2025-07-01")
    assert certificates_expire(actor=SYSTEM) == 0
    with time_machine.travel("2026-07-01T16:30:00Z"):  # the 2nd in Shanghai
        assert (certificates_expire(actor=SYSTEM), certificates_expire(actor=SYSTEM)) == (1, 0)
    certificate.refresh_from_db()
    assert certificate.status == "expired"
    run("partners.certificate.expired", handlers.certificate_expired)
    assert Notice.objects.filter(kind="partners.certificate.expired").count() == 2


def test_the_simulator_says_what_ends_and_what_follows(acme: Cast) -> None:
    award(acme, "a@b.example", "sec", "2025-07-20")
    award(acme, "c@d.example", "sec", "2025-07-20")
    award(acme, "e@f.example")
    [step] = endings_of(acme.partner_administrator, partner_id=acme.partner.pk)
    assert (step.last_day, [one.who for one in step.change.endings]) == (dt.date(2026, 7, 20), ["a", "c"])
    assert (dict(step.change.before), dict(step.change.after)) == ({"sec": 2, "net": 1, "": 3}, {"net": 1, "": 1})
    assert [(one.kind, str(one.text)) for one in step.effects] == [("count", "Certified people: 1 instead of 3")]


def test_a_tier_that_goes_with_certificates_is_named_once(acme: Cast) -> None:
    day = {"metric": "certified_people", "window": "as_of"}
    ladder = document(tier("silver", day | {"at_least": "1"}), tier("gold", day | {"at_least": "3"}))
    ending = [award(acme, f"{name}@b.example", "sec", "2025-07-20") for name in ("a", "c")]
    award(acme, "e@f.example")
    publish(acme.administrator, ladder)
    evaluate()
    [step] = endings_of(acme.partner_administrator, partner_id=acme.partner.pk)
    assert [(one.kind, str(one.text)) for one in step.effects] == [
        ("count", "Certified people: 1 instead of 3"), ("tier", "Tier Silver instead of Gold"),
    ]  # fmt: skip
    certificates_warn(actor=SYSTEM)
    run("partners.certificates.expiring", handlers.certificates_expiring)
    told = Notice.objects.filter(kind="partners.certificate.expiring_tier")
    assert {one.data["tier"] for one in told} == {"Tier Silver instead of Gold"}
    assert told.count() == 2
    # Gold is not reached any more today: the next end takes nothing of it.
    certificate_revoke(actor=acme.manager, certificate_id=ending[0].pk, reason="Forged")
    evaluate()
    [step] = endings_of(acme.partner_administrator, partner_id=acme.partner.pk)
    assert [one.kind for one in step.effects] == ["count"]


CSV = "email,partner_code,certification,issued_on,name,score,expires_on\n"


def test_certificates_come_from_a_file(acme: Cast, importer: Importer) -> None:
    award(acme, "known@b.example")
    result = importer.now("certificates", CSV + "\n".join([
        "Li@Alpha.example,A,net,2026-02-01,李雷,87.5,",
        "li@alpha.example,A,sec,2026-02-01,,,2026-12-31",
        "li@alpha.example,B,life,2026-02-01,,,",
        "known@b.example,A,sec,2026-02-01,,,",
        "known@b.example,P-1,sec,2026-02-01,,,",
        "nobody,A,net,2026-02-01,,,",
        "han@alpha.example,A,unknown,2026-02-01,,,",
        "han@alpha.example,A,net,2026-08-01,,,",
        "han@alpha.example,A,net,2026-02-01,,,2026-01-01",
        "old@alpha.example,A,sec,2020-02-29,,,",
    ]))  # fmt: skip
    assert counts(result) == (10, 4, 0, 6)
    assert faults(result) == [
        (4, "partner_code", "contradicts_row"),
        (5, "partner_code", "counted_elsewhere"),
        (7, "email", "not_an_email"),
        (8, "certification", "unknown_certification"),
        (9, "issued_on", "in_future"),
        (10, "expires_on", "ends_before_start"),
    ]
    person = Person.objects.get(email="li@alpha.example")
    assert person.name == "李雷"
    rows = Certificate.objects.filter(person=person).order_by("certification__code")
    assert [(row.score, row.expires_on) for row in rows] == [
        (Decimal("87.50"), dt.date(2028, 2, 1)), (None, dt.date(2026, 12, 31)),
    ]  # fmt: skip
    old = Certificate.objects.get(person__email="old@alpha.example")
    assert (old.status, old.expires_on) == ("expired", dt.date(2021, 2, 28))
    assert not Person.objects.filter(email="han@alpha.example").exists()


def test_an_import_of_certificates_can_be_taken_back(acme: Cast, importer: Importer) -> None:
    row = "li@alpha.example,A,net,2026-02-01,,,\n"
    done = importer.run("certificates", CSV + row)
    assert Message.objects.filter(topic="partners.certificate.imported").count() == 1
    assert counts(importer.now("certificates", CSV + row)) == (1, 0, 1, 0)
    import_undo(actor=acme.administrator, import_id=done.pk)
    assert (Person.objects.count(), Certificate.objects.count(), WorkPlace.objects.count()) == (0, 0, 0)
    assert Import.objects.get(pk=done.pk).status == "undone"


def test_lists_know_where_people_work_today(acme: Cast) -> None:
    award(acme, "a@b.example")
    assert [one.partner_name for one in person_list(acme.manager)] == ["Blue Harbour"]
    assert [one.partner_id for one in certificate_list(acme.manager, search="A@B")] == [acme.partner.pk]
    assert list(certificate_list(acme.manager, ends_until=dt.date(2028, 1, 14))) == []
    assert certificate_list(acme.manager, ends_until=dt.date(2028, 1, 15)).count() == 1
