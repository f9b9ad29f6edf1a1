"""Agreements from the template to the end, through services."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from partners.models import (
    Agreement,
    AgreementDocument,
    AgreementTemplateVersion,
    Entitlement,
    Partner,
    Signature,
)
from partners.selectors.agreements import agreement_of_file, chain_of, compliance, file_of, template_for
from partners.selectors.entitlements import entitlements_of, is_entitled
from partners.services import agreement_watch
from partners.services.agreement_life import agreement_notice_give, agreement_terminate
from partners.services.agreement_signing import (
    Proof,
    agreement_countersign,
    agreement_decline_by_link,
    agreement_sign,
    agreement_sign_by_link,
    agreement_view_by_link,
    signer_of_link,
)
from partners.services.agreement_templates import (
    template_create,
    template_draft_save,
    template_import,
    template_publish,
)
from partners.services.agreement_watch import agreements_watch
from partners.services.agreements import (
    agreement_amend,
    agreement_renew,
    agreement_resend,
    agreement_send,
    agreement_signer_change,
    agreement_update,
    agreement_void,
)
from prm.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, StateError
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.outbox.registry import handler_named, handlers_of
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_partner
from prm.workflow.models import Transition
from tests.partners.agreement_world import (
    CONTENT,
    DAY,
    INK,
    INK_VENDOR,
    LI,
    MEI,
    PROOF,
    STROKES,
    TWO,
    countersign,
    link_of,
    make_active,
    make_draft,
    make_sent,
    make_template,
    sign,
)

WATCH = Actor.system("partners.watch")
START = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _inside(cast: Cast) -> Iterator[Any]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False) as clock, tenant_context(cast.tenant):
        yield clock


@pytest.fixture
def at(_inside: Any) -> Any:
    """Move the clock to noon of a day at the vendor, and let the watch run."""

    def move(day: str | dt.date, *, watch: bool = True) -> int:
        _inside.move_to(dt.datetime.fromisoformat(f"{day}T04:00:00+00:00"))
        return agreements_watch(actor=WATCH) if watch else 0

    return move


def topics(agreement: Agreement) -> list[str]:
    rows = Message.objects.filter(payload__agreement_id=str(agreement.pk)).order_by("created_at", "id")
    return [row.topic.removeprefix("partners.agreement.") for row in rows]


def test_unknown_variables_are_refused_with_their_place(cast: Cast) -> None:
    template = template_create(actor=cast.manager, code="T", name="T")
    wrong = CONTENT | {"body_en": "Fine\n\nDear {{ partner }}, {{vendor_name", "body_zh": "好\n\n{{partner_nam}}"}
    with pytest.raises(Invalid) as caught:
        template_draft_save(actor=cast.manager, template_id=template.pk, content=wrong)
    assert caught.value.fields == {
        "body_en": [
            "Line 3, character 6: “partner” is no known variable.",
            "Line 3, character 21: these braces have no partner.",
        ],
        "body_zh": ["Line 3, character 1: “partner_nam” is no known variable."],
    }
    lopsided = CONTENT | {"body_en": "One\n\nTwo", "body_zh": "一"}
    with pytest.raises(Invalid) as caught:
        template_draft_save(actor=cast.manager, template_id=template.pk, content=lopsided)
    assert list(caught.value.fields) == ["body_zh"]
    assert AgreementTemplateVersion.objects.count() == 0


def test_published_versions_never_change(cast: Cast) -> None:
    template = make_template(cast)
    version = template.versions.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementTemplateVersion.objects.filter(pk=version.pk).update(body_en="Other")
    template_draft_save(actor=cast.manager, template_id=template.pk, content=CONTENT | {"title_en": "Second"})
    second = template_publish(actor=cast.manager, template_id=template.pk)
    assert (second.number, template.versions.count()) == (2, 2)
    with pytest.raises(Conflict):
        template_publish(actor=cast.manager, template_id=template.pk)
    with pytest.raises(Conflict):
        template_create(actor=cast.manager, code="RES", name="Again")
    with pytest.raises(Forbidden):
        template_create(actor=cast.partner_administrator, code="X", name="X")


def test_a_template_fits_by_type_and_region(cast: Cast) -> None:
    for code, named in {
        "ALL": {}, "EAST": {"region": "East"}, "RESELLER": {"partner_type": "reseller"},
        "BOTH": {"partner_type": "reseller", "region": "North"}, "NDA": {"is_offered": False},
    }.items():  # fmt: skip
        make_template(cast, code, **named)
    template_create(actor=cast.manager, code="A", name="Unpublished", partner_type="reseller", region="East")
    chosen = {
        (type_, region): template_for(Partner(type=type_, region=region)).code  # type: ignore[union-attr]
        for type_, region in [("reseller", "East"), ("reseller", "North"), ("isv", "East"), ("isv", "West")]
    }
    assert chosen == {
        ("reseller", "East"): "RESELLER",
        ("reseller", "North"): "BOTH",
        ("isv", "East"): "EAST",
        ("isv", "West"): "ALL",
    }  # fmt: skip


def test_sending_freezes_the_text_and_asks_the_first_signer(cast: Cast) -> None:
    template = make_template(cast, signers=TWO)
    draft = make_draft(cast, template, values={})
    assert (draft.starts_on, draft.ends_on, str(draft)) == (START, dt.date(2027, 3, 1), "A-00001")
    with pytest.raises(Invalid) as caught:
        agreement_send(actor=cast.manager, agreement_id=draft.pk)
    assert caught.value.fields == {"values": ["These variables have no value yet: minimum_order."]}
    agreement_update(actor=cast.manager, agreement_id=draft.pk, values={"minimum_order": "5"}, starts_on=START + DAY)
    agreement = agreement_send(actor=cast.manager, agreement_id=draft.pk)
    document = AgreementDocument.objects.get()
    assert document.title_zh == "经销协议 A-00001"
    assert document.body_en == (
        "# 1. Parties\n\nAcme and Blue Harbour agree as follows.\n\n- Territory: East\n"
        "- Term: 3 March 2026 to 2 March 2027\n\nMinimum order: 5."
    )
    assert "期限：2026年3月3日至2027年3月2日" in document.body_zh
    with file_open(document.file) as paper:
        content = paper.read()
    assert content.startswith(b"%PDF-")
    assert document.sha256 == document.file.sha256
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementDocument.objects.update(body_en="Other")
    with pytest.raises(StateError):
        agreement_update(actor=cast.manager, agreement_id=agreement.pk, title_en="Other")
    states = list(agreement.signers.values_list("email", "status"))
    assert states == [("mei@blue.test", "asked"), ("li@blue.test", "waiting"), ("", "waiting")]
    assert [notice.kind for notice in Notice.objects.filter(email="mei@blue.test")] == [
        "partners.agreement.sign_asked_by_link"
    ]


def test_everybody_signs_in_order_and_it_is_in_force(cast: Cast) -> None:
    agreement = make_sent(cast, make_template(cast, signers=TWO))
    mei = link_of()
    sign(proof=replace(PROOF, ink=replace(INK, strokes=STROKES)))
    agreement.refresh_from_db()
    assert (agreement.status, agreement.signed_at) == ("viewed", None)
    with pytest.raises(Conflict) as caught:
        agreement_sign_by_link(token=mei, proof=PROOF)
    assert caught.value.code == "already_signed"
    with pytest.raises(Conflict) as caught:
        agreement_countersign(actor=cast.manager, agreement_id=agreement.pk, proof=PROOF)
    assert caught.value.code == "not_your_turn"
    sign("li@blue.test")
    agreement.refresh_from_db()
    assert agreement.status == "signed"
    countersign(cast, agreement)
    assert (agreement.status, agreement.active_from, agreement.active_to) == ("active", START, dt.date(2027, 3, 1))
    first, second, third = Signature.objects.order_by("position")
    document = AgreementDocument.objects.get()
    assert (first.previous, second.previous, third.previous) == (document.sha256, first.digest, second.digest)
    assert (first.method, first.ip, first.user_agent, third.method) == ("drawn", "203.0.113.9", "Test/1.0", "typed")
    assert "sign it electronically" in first.consent
    assert chain_of(agreement)
    signed = agreement_of_file(file_of(agreement).sha256)
    assert (signed.agreement, signed.is_signed, signed.chain_holds) == (agreement, True, True)
    sent = agreement_of_file(document.sha256)
    assert (sent.agreement, sent.is_signed) == (agreement, False)
    assert agreement_of_file("0" * 64).agreement is None
    assert topics(agreement) == ["drafted", "sent", "viewed", "signed", "countersigned", "activated"]
    rows = Transition.objects.filter(target_id=str(agreement.pk)).order_by("at", "id")
    assert list(rows.values_list("verb", flat=True)) == [
        "send", "view", "sign", "countersign", "activate",
    ]  # fmt: skip


def test_a_changed_signature_breaks_the_chain(cast: Cast, admin_db: Any) -> None:
    agreement = make_active(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.update(name="Somebody else")
    signature = Signature.objects.order_by("position").first()
    assert signature is not None
    signature.name = "Somebody else"
    from partners.signature_chain import chain_holds

    rest = list(Signature.objects.filter(position=2))
    document = AgreementDocument.objects.get().sha256
    assert not chain_holds([signature, *rest], document)
    assert not chain_holds(rest, document)
    assert chain_holds(Signature.objects.all(), document)
    assert chain_of(agreement)


@pytest.mark.parametrize(
    ("ink", "field"),
    [
        (replace(INK, name=" "), "name"),
        (replace(INK, has_read=False), "has_read"),
        (replace(INK, consents=False), "consents"),
        (replace(INK, strokes=[[1, 2, 3]]), "strokes"),
        (replace(INK, strokes=[[1, 2, 3, 4, 5, 6, 700, 8, 9, 10, 11, 12]]), "strokes"),
        (replace(INK, strokes="<svg>"), "strokes"),
        (replace(INK, strokes=[["a", 1] * 10]), "strokes"),
        (replace(INK, strokes=[[float("nan"), 1.0] * 10]), "strokes"),
    ],
)
def test_what_a_signature_needs(cast: Cast, ink: Any, field: str) -> None:
    make_sent(cast)
    with pytest.raises(Invalid) as caught:
        agreement_sign_by_link(token=link_of(), proof=Proof(ink))
    assert list(caught.value.fields) == [field]
    assert Signature.objects.count() == 0


def code_of(do: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as caught:
        do(**given)
    return str(caught.value.code)


def test_links_that_open_nothing(cast: Cast, at: Any) -> None:
    agreement = make_sent(cast, make_template(cast, signers=TWO))
    old = link_of()
    assert code_of(agreement_view_by_link, token="forged") == "not_found"
    agreement_resend(actor=cast.manager, agreement_id=agreement.pk)
    assert code_of(agreement_sign_by_link, token=old, proof=PROOF) == "not_found"
    at("2026-04-02", watch=False)
    assert code_of(agreement_sign_by_link, token=link_of(), proof=PROOF) == "link_expired"
    agreement_signer_change(
        actor=cast.manager, agreement_id=agreement.pk, position=1, name="New Person", email="New@blue.test"
    )
    assert sign("new@blue.test").signatures.get().name == "New Person"
    li = link_of("li@blue.test")
    agreement_void(actor=cast.manager, agreement_id=agreement.pk, reason="Wrong partner")
    assert code_of(agreement_sign_by_link, token=li, proof=PROOF) == "agreement_closed"
    assert code_of(agreement_decline_by_link, token=li, reason="No") == "agreement_closed"
    agreement.refresh_from_db()
    assert (agreement.status, agreement.end_reason) == ("voided", "Wrong partner")
    assert list(agreement.signers.values_list("status", flat=True)) == ["signed", "released", "released"]


def test_declining_and_voiding_carry_a_reason(cast: Cast) -> None:
    agreement = make_sent(cast)
    assert code_of(agreement_decline_by_link, token=link_of(), reason=" ") == "invalid"
    assert code_of(agreement_void, actor=cast.manager, agreement_id=agreement.pk, reason="") == "invalid"
    agreement_decline_by_link(token=link_of(), reason="The term is too long")
    agreement.refresh_from_db()
    assert (agreement.status, agreement.end_reason) == ("declined", "The term is too long")
    row = Transition.objects.get(target_id=str(agreement.pk), verb="decline")
    assert (row.reason, row.actor_label) == ("The term is too long", "Mei Chen <mei@blue.test>")
    assert code_of(agreement_void, actor=cast.manager, agreement_id=agreement.pk, reason="x") == "wrong_state"


def test_members_sign_in_the_portal(cast: Cast) -> None:
    own = cast.user(Role.PARTNER_ADMINISTRATOR)
    agreement = make_sent(cast, signers=[{"name": "Own Person", "email": own.email}])
    assert not Notice.objects.filter(email=own.email).exists()
    assert Notice.objects.filter(user=own, kind="partners.agreement.sign_asked").count() == 1
    finance = cast.actor(Role.PARTNER_FINANCE)
    with pytest.raises(Forbidden):
        agreement_sign(actor=finance, agreement_id=agreement.pk, proof=PROOF)
    agreement_sign(actor=cast.partner_administrator, agreement_id=agreement.pk, proof=PROOF)
    agreement.refresh_from_db()
    assert agreement.status == "signed"
    with pytest.raises(Forbidden):
        agreement_countersign(actor=cast.partner_administrator, agreement_id=agreement.pk, proof=PROOF)
    with pytest.raises(Forbidden):
        agreement_countersign(actor=WATCH, agreement_id=agreement.pk, proof=PROOF)


def test_another_partners_and_another_vendors_agreement_does_not_exist(cast: Cast, rival_cast: Cast) -> None:
    other = make_sent(cast, partner=cast.other_partner)
    draft = make_draft(cast, other.version.template)
    for actor, pk in [
        (cast.partner_administrator, other.pk), (cast.partner_administrator, draft.pk), (rival_cast.manager, other.pk),
    ]:  # fmt: skip
        tenant = rival_cast.tenant if actor == rival_cast.manager else cast.tenant
        with tenant_context(tenant), pytest.raises(NotFound):
            agreement_void(actor=actor, agreement_id=pk, reason="x") if actor == rival_cast.manager else agreement_sign(
                actor=actor, agreement_id=pk, proof=PROOF
            )


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


def warned(user: Any) -> list[tuple[str, str]]:
    kinds = ["partners.agreement.expiring", "partners.agreement.renewing"]
    rows = Notice.objects.filter(user=user, kind__in=kinds).order_by("created_at")
    return [(row.kind.rpartition(".")[2], str(row.data.get("days", row.data.get("notice_on")))) for row in rows]


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


def follow(cast: Cast, *topics_told: str) -> dt.date | None:
    """The partner's term once its handler has heard of all that was told."""
    for message in Message.objects.filter(topic__in=[f"partners.agreement.{one}" for one in topics_told]):
        for name in handlers_of(message.topic):
            if name.endswith("term_follow"):
                handler_named(name)(message.payload)
    return Partner.objects.get(pk=cast.partner.pk).renewal_on


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


def run(topic: str, payload: dict[str, str]) -> None:
    for name in handlers_of(topic):
        if name.startswith("partners."):
            handler_named(name)(payload)


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


def test_a_template_travels_as_json(cast: Cast) -> None:
    document = {"code": "COPY", "name": "Copy", "partner_type": "isv", "content": CONTENT}
    template = template_import(actor=cast.manager, document=document)
    draft = template.versions.get()
    assert (draft.title_zh, draft.term_months, draft.entitlements) == (
        CONTENT["title_zh"], 12, CONTENT["entitlements"],
    )  # fmt: skip
    for wrong in ({}, {"content": []}, {"code": "C", "name": "N", "content": {"signers": "x"}}, []):
        with pytest.raises((Invalid, Conflict)):
            template_import(actor=cast.manager, document=wrong)  # type: ignore[arg-type]


def test_a_value_is_never_read_as_markup_or_as_a_variable(cast: Cast) -> None:
    agreement = make_sent(cast, values={"minimum_order": "{{vendor_name}}\n# <b>Big</b>"})
    document = AgreementDocument.objects.get(agreement=agreement)
    assert document.body_en.endswith("Minimum order: {{vendor_name}} # <b>Big</b>.")


def test_two_names_and_one_address(cast: Cast) -> None:
    template = make_template(cast, signers=TWO)
    with pytest.raises(Invalid):
        make_draft(cast, template, signers=[MEI, LI | {"email": "MEI@blue.test"}])
    with pytest.raises(Invalid):
        make_draft(cast, template, signers=[MEI | {"email": "no address"}])
    draft = make_draft(cast, template, signers=[MEI])
    with pytest.raises(Invalid) as caught:
        agreement_send(actor=cast.manager, agreement_id=draft.pk)
    assert list(caught.value.fields) == ["signers"]


def test_nobody_is_put_into_two_places(cast: Cast) -> None:
    agreement = make_sent(cast, make_template(cast, signers=TWO))
    with pytest.raises(Invalid) as caught:
        agreement_signer_change(
            actor=cast.manager, agreement_id=agreement.pk, position=1, name="Li Wei", email="LI@blue.test"
        )
    assert caught.value.fields == {"email": ["li@blue.test signs twice."]}
    assert agreement.signers.get(position=1).email == "mei@blue.test"
    agreement_signer_change(
        actor=cast.manager, agreement_id=agreement.pk, position=1, name="Chen Mei", email="mei@blue.test"
    )
    assert agreement.signers.get(position=1).name == "Chen Mei"


def test_signers_by_link_get_the_signed_document(cast: Cast, at: Any) -> None:
    agreement = make_sent(cast, make_template(cast, signers=TWO))
    sign()
    old = link_of()
    sign("li@blue.test")
    countersign(cast, agreement)
    kinds = Notice.objects.filter(kind="partners.agreement.activated_by_link").order_by("email")
    assert list(kinds.values_list("email", flat=True)) == ["li@blue.test", "mei@blue.test"]
    assert code_of(signer_of_link, token=old) == "not_found"
    link = link_of()
    client = cast.client(None)
    answer = client.get(f"/sign/{link}/agreement.pdf")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert hashlib.sha256(content).hexdigest() == agreement.signed_file.sha256
    page = client.get(f"/sign/{link}/").content.decode()
    assert "Li Wei" in page
    assert ("mei@blue.test" in page, "li@blue.test" in page, cast.manager.label in page) == (True, False, False)
    assert page.count("203.0.113.9") == 1
    at("2026-03-31", watch=False)
    assert client.get(f"/sign/{link}/").status_code == 200
    at("2026-04-02", watch=False)
    assert client.get(f"/sign/{link}/").status_code == 410


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


def test_the_vendors_name_stands_on_its_signature(cast: Cast) -> None:
    agreement = make_active(cast)
    signature = agreement.signatures.get(position=2)
    assert (signature.text, signature.email) == (INK_VENDOR.name, cast.manager.label)
