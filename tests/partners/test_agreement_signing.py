"""Signing: what is sent stays as it is, everybody in their turn, by link or in the portal, once."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from partners.models import Agreement, AgreementDocument, Signature
from partners.selectors.agreements import agreement_of_file, chain_of, file_of
from partners.services.agreement_signing import (
    Proof,
    agreement_countersign,
    agreement_decline_by_link,
    agreement_sign,
    agreement_sign_by_link,
    agreement_view_by_link,
    signer_of_link,
)
from partners.services.agreements import (
    agreement_resend,
    agreement_send,
    agreement_signer_change,
    agreement_update,
    agreement_void,
)
from prm.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    StateError,
)
from prm.files.services import file_open
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from prm.workflow.models import Transition
from tests.partners.agreement_world import (
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

pytestmark = pytest.mark.usefixtures("second_of_march")
WATCH = Actor.system("partners.watch")
START = dt.date(2026, 3, 2)


def topics(agreement: Agreement) -> list[str]:
    rows = Message.objects.filter(payload__agreement_id=str(agreement.pk)).order_by("created_at", "id")
    return [row.topic.removeprefix("partners.agreement.") for row in rows]


def code_of(do: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as caught:
        do(**given)
    return str(caught.value.code)


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
    signed = link_of("new@blue.test")
    assert signer_of_link(signed).name == "New Person"
    at("2026-05-10", watch=False)
    assert code_of(signer_of_link, token=signed) == "link_expired"


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


def test_the_vendors_name_stands_on_its_signature(cast: Cast) -> None:
    agreement = make_active(cast)
    signature = agreement.signatures.get(position=2)
    assert (signature.text, signature.email) == (INK_VENDOR.name, cast.manager.label)
