"""Agreements that are signed at a signing service, against servers that behave as the services document."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from partners.models import Agreement, Signature
from partners.selectors.agreements import agreement_of_file, chain_of
from partners.selectors.signing import service_of
from partners.services.agreement_signing import agreement_countersign, agreement_sign_by_link
from partners.services.agreements import agreement_signer_change, agreement_void
from partners.services.signing import signing_settings_set
from partners.services.signing_todo import WATCH, agreement_service_retry, service_again, service_ask
from partners.services.signing_work import service_work
from partners.signing.base import Order, SigningFailed
from partners.signing.docusign import DocuSign
from partners.signing.http import call, host_allowed
from partners.states.agreements import MOST_TRIES, ServiceTodo
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.outbox.models import Delivery
from prm.outbox.registry import handler_named
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.partners.agreement_world import PROOF, TWO, make_active, make_sent, make_template
from tests.partners.signing_servers import (
    PEM,
    SECRET,
    SIGNED,
    DocuSignHandler,
    ESignHandler,
    RedirectHandler,
    Server,
    serving,
)

HMAC_KEY = "connect-key"
WHO = {"signer_name": "Ada Vendor", "signer_email": "ada@acme.test"}


@pytest.fixture(autouse=True)
def _inside(cast: Cast) -> Iterator[None]:
    with time_machine.travel("2026-03-02T02:00:00Z", tick=True), tenant_context(cast.tenant):
        yield


def docusign(cast: Cast, server: Server, **changes: str) -> Any:
    values = {
        "base_url": server.url, "auth_url": server.url, "account_id": "acc-1", "integration_key": "ik",
        "user_id": "u-1",
    }  # fmt: skip
    return signing_settings_set(
        actor=cast.administrator, provider="docusign", values=values | changes,
        secrets={"private_key": PEM, "hmac_key": HMAC_KEY}, **WHO,
    )  # fmt: skip


def esign(cast: Cast, server: Server) -> Any:
    return signing_settings_set(
        actor=cast.administrator, provider="esign", values={"base_url": server.url, "app_id": "app-1"},
        secrets={"app_secret": SECRET}, **WHO,
    )  # fmt: skip


@pytest.fixture
def server(request: pytest.FixtureRequest, settings: Any) -> Iterator[Server]:
    handler = getattr(request, "param", DocuSignHandler)
    with serving(handler) as running:
        settings.PRM_SIGNING_PLAIN_HOSTS = [running.host]
        yield running


def delivered() -> None:
    """What the messages to this app bring about that are due; once each, and then the calls of the service."""
    while True:
        due = Delivery.objects.filter(done_at=None, due_at__lte=clock.now())
        rows = due.filter(handler__startswith="partners.handlers.agreements")
        one = rows.select_related("message").order_by("message_id").first()
        if one is None:
            break
        handler_named(one.handler)(one.message.payload)
        Delivery.objects.filter(pk=one.pk).update(done_at="2026-03-02T02:00:00Z")
    for agreement in Agreement.objects.exclude(service_todo=""):
        service_work(require_tenant(), agreement.pk)


def tell(cast: Cast, provider: str, body: bytes, **headers: str) -> int:
    client = cast.client(None)
    answer = client.post(f"/signing/{provider}/callback/", body, content_type="application/json", headers=headers)
    return answer.status_code


def connect(event: str, envelope: str = "env-1", key: str = HMAC_KEY, **summary: str) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"event": event, "data": {"envelopeId": envelope, "envelopeSummary": summary}}).encode()
    signature = base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()
    return body, {"X-DocuSign-Signature-1": signature}


def test_from_envelope_to_agreement_in_force(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast, make_template(cast, signers=TWO))
    assert (agreement.provider, Notice.objects.filter(email="mei@blue.test").exists()) == ("docusign", False)
    delivered()
    service_work(cast.tenant, agreement.pk)
    service_ask(agreement_id=agreement.pk, todo=ServiceTodo.HAND_OVER)
    delivered()
    agreement.refresh_from_db()
    assert (agreement.envelope, agreement.service_todo) == ("env-1", "")
    [(_post, _path, sent)] = server.asked
    assert [(one["email"], one["routingOrder"]) for one in sent["recipients"]["signers"]] == [
        ("mei@blue.test", "1"), ("li@blue.test", "2"), ("ada@acme.test", "3"),
    ]  # fmt: skip
    content = base64.b64decode(sent["documents"][0]["documentBase64"])
    assert hashlib.sha256(content).hexdigest() == agreement.documents.get().sha256
    assert sent["eventNotification"]["url"].endswith("/signing/docusign/callback/")
    body, headers = connect("envelope-completed")
    assert tell(cast, "docusign", body, **headers) == 200
    assert tell(cast, "docusign", body, **headers) == 200
    delivered()
    agreement.refresh_from_db()
    assert (agreement.status, str(agreement.active_from)) == ("active", "2026-03-02")
    assert agreement.signed_file is not None
    assert agreement.signed_file.sha256 == hashlib.sha256(SIGNED).hexdigest()
    assert list(Signature.objects.order_by("position").values_list("name", "method")) == [
        ("Mei Chen", "provider"), ("Li Wei", "provider"), ("Ada Vendor", "provider"),
    ]  # fmt: skip
    assert chain_of(agreement)
    assert agreement_of_file(agreement.signed_file.sha256).is_signed


def test_callbacks_that_are_not_the_services(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    delivered()
    body, headers = connect("envelope-completed", key="another key")
    assert tell(cast, "docusign", body, **headers) == 403
    assert tell(cast, "docusign", body) == 403
    good, headers = connect("envelope-completed")
    assert tell(cast, "docusign", good + b" ", **headers) == 403
    assert tell(cast, "esign", good, **headers) == 403
    assert tell(cast, "nothing", good, **headers) == 403
    unread = b"[]"
    signature = base64.b64encode(hmac.digest(HMAC_KEY.encode(), unread, "sha256")).decode()
    assert tell(cast, "docusign", unread, **{"X-DocuSign-Signature-1": signature}) == 403
    other, headers = connect("envelope-completed", envelope="env-9")
    assert tell(cast, "docusign", other, **headers) == 200
    delivered()
    agreement.refresh_from_db()
    assert agreement.status == "sent"


@pytest.mark.parametrize(("event", "status"), [("envelope-declined", "declined"), ("envelope-voided", "voided")])
def test_what_ends_at_the_service_ends_here_with_a_reason(cast: Cast, server: Server, event: str, status: str) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    delivered()
    body, headers = connect(event, voidedReason="Wrong name")
    assert tell(cast, "docusign", body, **headers) == 200
    agreement.refresh_from_db()
    assert (agreement.status, agreement.end_reason) == (status, "Wrong name")
    assert set(agreement.signers.values_list("status", flat=True)) == {"released"}
    delivered()
    assert [method for method, _path, _body in server.asked] == ["POST"], "nothing is called back that is over there"


def test_what_is_voided_here_is_called_back_there(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    delivered()
    with pytest.raises(Conflict):
        agreement_countersign(actor=cast.manager, agreement_id=agreement.pk, proof=PROOF)
    agreement_void(actor=cast.manager, agreement_id=agreement.pk, reason="A mistake")
    delivered()
    method, path, body = server.asked[-1]
    assert (method, path.rpartition("/")[2], body) == (
        "PUT",
        "env-1",
        {"status": "voided", "voidedReason": "A mistake"},
    )


def test_a_service_that_is_down_is_asked_again(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    with pytest.raises(StateError):
        agreement_service_retry(actor=cast.manager, agreement_id=agreement.pk)
    server.broken = True
    delivered()
    service_work(cast.tenant, agreement.pk)
    agreement.refresh_from_db()
    assert (agreement.envelope, agreement.service_todo, agreement.service_tries) == ("", "hand_over", 2)
    assert agreement.service_error == "The signing service answered 500."
    assert service_again(agreement) == dt.timedelta(minutes=2)
    page = cast.client(Role.CHANNEL_MANAGER).get(f"/m/agreements/{agreement.pk}/").content.decode()
    assert "nobody has been asked to sign" in page
    assert "The signing service answered 500." in page
    assert f"/m/agreements/{agreement.pk}/retry/" in page
    server.broken = False
    with pytest.raises(Forbidden):
        agreement_service_retry(actor=cast.finance, agreement_id=agreement.pk)
    agreement_service_retry(actor=cast.manager, agreement_id=agreement.pk)
    delivered()
    agreement.refresh_from_db()
    assert (agreement.envelope, agreement.service_todo, agreement.service_error) == ("env-1", "", "")


def test_the_watch_asks_later_and_later(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    server.broken = True
    delivered()
    waiting = Delivery.objects.filter(done_at=None, message__topic=WATCH)
    assert [one.due_at > clock.now() for one in waiting] == [True]
    Agreement.objects.update(service_tries=40)
    agreement.refresh_from_db()
    assert service_again(agreement) == dt.timedelta(hours=1)
    Agreement.objects.update(service_tries=MOST_TRIES)
    agreement_service_retry(actor=cast.manager, agreement_id=agreement.pk)
    assert Delivery.objects.filter(message__topic=WATCH, message__payload__once=False).exists(), "watched anew"
    agreement_void(actor=cast.manager, agreement_id=agreement.pk, reason="Given up")
    delivered()
    agreement.refresh_from_db()
    assert (agreement.service_todo, server.asked) == ("", []), "what was never there is not called back"


def test_a_call_holds_no_lock_and_is_made_once(cast: Cast, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service takes its time the agreement is voided and the work sent again: one envelope, called back."""
    docusign(cast, server)
    agreement = make_sent(cast)
    create = DocuSign.create

    def slow(self: DocuSign, order: Order) -> str:
        service_work(cast.tenant, agreement.pk)
        agreement_void(actor=cast.manager, agreement_id=agreement.pk, reason="A mistake")
        return create(self, order)

    monkeypatch.setattr(DocuSign, "create", slow)
    delivered()
    agreement.refresh_from_db()
    assert (agreement.status, agreement.envelope, agreement.service_todo) == ("voided", "env-1", "call_back")
    delivered()
    agreement.refresh_from_db()
    assert agreement.service_todo == ""
    assert [method for method, _path, _body in server.asked] == ["POST", "PUT"]


def test_signers_at_a_service_are_not_changed_here(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    agreement = make_sent(cast)
    with pytest.raises(StateError) as refused:
        agreement_signer_change(
            actor=cast.manager, agreement_id=agreement.pk, position=1, name="Bo Li", email="bo@blue.test"
        )
    assert refused.value.code == "at_service"


def flow(status: int, secret: str = SECRET, action: str = "SIGN_FLOW_COMPLETE") -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"action": action, "signFlowId": "flow-1", "signFlowStatus": status}).encode()
    signature = hmac.new(secret.encode(), b"1772416800000" + body, hashlib.sha256).hexdigest()
    return body, {"X-Tsign-Open-TIMESTAMP": "1772416800000", "X-Tsign-Open-SIGNATURE": signature}


@pytest.mark.parametrize("server", [ESignHandler], indirect=True)
def test_esign_from_file_to_agreement_in_force(cast: Cast, server: Server) -> None:
    esign(cast, server)
    agreement = make_sent(cast)
    delivered()
    agreement.refresh_from_db()
    assert agreement.envelope == "flow-1"
    assert [path for _method, path, _body in server.asked] == [
        "/v3/files/file-upload-url", "/v3/sign-flow/create-by-file",
    ]  # fmt: skip
    made = server.asked[-1][2]
    assert [one["psnSignerInfo"]["psnAccount"] for one in made["signers"]] == ["mei@blue.test", "ada@acme.test"]
    assert made["signFlowConfig"]["notifyUrl"].endswith("/signing/esign/callback/")
    forged, headers = flow(2, secret="guessed")
    assert tell(cast, "esign", forged, **headers) == 403
    news, headers = flow(2, action="SIGN_MISSON_COMPLETE")
    assert tell(cast, "esign", news, **headers) == 200
    delivered()
    agreement.refresh_from_db()
    assert agreement.status == "sent"
    done, headers = flow(2)
    assert tell(cast, "esign", done, **headers) == 200
    delivered()
    agreement.refresh_from_db()
    assert agreement.status == "active"


@pytest.mark.parametrize("server", [ESignHandler], indirect=True)
def test_esign_refusals(cast: Cast, server: Server) -> None:
    esign(cast, server)
    agreement = make_sent(cast)
    delivered()
    refused, headers = flow(7)
    assert tell(cast, "esign", refused, **headers) == 200
    agreement.refresh_from_db()
    assert agreement.status == "declined"
    signing_settings_set(
        actor=cast.administrator, provider="esign", values={"base_url": server.url, "app_id": "app-1"},
        secrets={"app_secret": "another"}, **WHO,
    )  # fmt: skip
    with pytest.raises(SigningFailed):
        service_of("esign").void("flow-1", "x")


def test_only_allowed_hosts_are_called(cast: Cast, settings: Any) -> None:
    allowed = {
        "https://eu.docusign.net/restapi": True, "https://account.docusign.com": True, "https://openapi.esign.cn": True,
        "http://eu.docusign.net": False, "https://eu.docusign.net:8443": False, "https://docusign.net.evil.test": False,
        "https://evildocusign.net": False, "https://u:p@eu.docusign.net": False, "https://169.254.169.254": False,
        "http://127.0.0.1:6379": False, "file:///etc/passwd": False, "": False,
    }  # fmt: skip
    assert {url: host_allowed(url) for url in allowed} == allowed
    with pytest.raises(SigningFailed) as caught:
        call("GET", "http://127.0.0.1:1/", headers={})
    assert caught.value.code == "host_not_allowed"
    with serving(RedirectHandler) as running:
        settings.PRM_SIGNING_PLAIN_HOSTS = [running.host]
        with pytest.raises(SigningFailed):
            call("GET", f"{running.url}/", headers={})
        assert len(running.asked) == 1


def test_settings_are_checked_and_sealed(cast: Cast, server: Server) -> None:
    found = docusign(cast, server)
    assert HMAC_KEY not in found.secrets_sealed
    assert "PRIVATE KEY" not in found.secrets_sealed
    # Empty secrets keep those that are there.
    signing_settings_set(
        actor=cast.administrator, provider="docusign", values=found.values, secrets={"hmac_key": ""}, **WHO
    )
    body, headers = connect("envelope-completed")
    assert service_of("docusign").read_callback(headers, {}, body).envelope == "env-1"
    with pytest.raises(Invalid) as caught:
        signing_settings_set(
            actor=cast.administrator, provider="esign", values={"base_url": "https://evil.test"}, secrets={}
        )
    assert set(caught.value.fields) == {"app_id", "app_secret", "base_url", "signer_name", "signer_email"}
    with pytest.raises(Forbidden):
        signing_settings_set(actor=cast.actor(Role.CHANNEL_MANAGER), provider="builtin", values={}, secrets={})
    there = make_sent(cast)
    delivered()
    signing_settings_set(actor=cast.administrator, provider="builtin", values={}, secrets={})
    here = make_active(cast, there.version.template, partner=cast.other_partner)
    assert dict(Agreement.objects.values_list("provider", "status")) == {"docusign": "sent", "builtin": "active"}
    body, headers = connect("envelope-completed")
    assert tell(cast, "docusign", body, **headers) == 200
    delivered()
    there.refresh_from_db()
    assert (there.status, here.status) == ("active", "active")


def test_nobody_signs_here_what_is_signed_there(cast: Cast, server: Server) -> None:
    docusign(cast, server)
    make_sent(cast)
    # Nobody was given a link, and an empty one opens nothing.
    with pytest.raises(NotFound):
        agreement_sign_by_link(token="", proof=PROOF)
    assert not Notice.objects.filter(kind__startswith="partners.agreement.sign_asked").exists()
