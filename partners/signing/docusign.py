"""DocuSign, eSignature REST API 2.1: JWT grant, envelopes, Connect messages in JSON signed with HMAC."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.utils.translation import gettext as _

from partners.signing.base import COMPLETED, DECLINED, VOIDED, CallbackRefused, Event, Order, SigningFailed
from partners.signing.http import call, call_json

WORDS = {"envelope-completed": COMPLETED, "envelope-declined": DECLINED, "envelope-voided": VOIDED}
EVENTS = ("completed", "declined", "voided")
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class DocuSign:
    """The user of `user_id` has consented to the integration; `hmac_key` is that of the Connect configuration."""

    code = "docusign"
    values = ("base_url", "auth_url", "account_id", "integration_key", "user_id")
    secrets = ("private_key", "hmac_key")

    def __init__(self, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._values, self._secrets = values, secrets
        self._envelopes = f"{values['base_url'].rstrip('/')}/restapi/v2.1/accounts/{values['account_id']}/envelopes"

    def create(self, order: Order) -> str:
        signers = [
            {
                "email": one.email, "name": one.name, "recipientId": str(place), "routingOrder": str(one.order),
                "tabs": {"signHereTabs": [{"anchorString": one.name, "anchorIgnoreIfNotPresent": "true"}]},
            }
            for place, one in enumerate(order.parties, start=1)
        ]  # fmt: skip
        document = {
            "documentBase64": base64.b64encode(order.document).decode(), "name": order.file_name,
            "fileExtension": "pdf", "documentId": "1",
        }  # fmt: skip
        told = {
            "url": order.callback, "requireAcknowledgment": "true", "includeHMAC": "true",
            "eventData": {"version": "restv2.1", "format": "json"},
            "envelopeEvents": [{"envelopeEventStatusCode": one} for one in EVENTS],
        }  # fmt: skip
        body = {
            "emailSubject": order.title[:100], "transactionId": order.reference, "status": "sent",
            "documents": [document], "recipients": {"signers": signers}, "eventNotification": told,
        }  # fmt: skip
        envelope = call_json("POST", self._envelopes, headers=self._headers(), body=body).get("envelopeId")
        if not isinstance(envelope, str) or not envelope:
            raise SigningFailed(_("The signing service answered something that can't be read."))
        return envelope

    def void(self, envelope: str, reason: str) -> None:
        body = {"status": "voided", "voidedReason": reason[:200]}
        call_json("PUT", f"{self._envelopes}/{envelope}", headers=self._headers(), body=body)

    def download(self, envelope: str) -> bytes:
        headers = self._headers() | {"Accept": "application/pdf"}
        return call("GET", f"{self._envelopes}/{envelope}/documents/combined", headers=headers)

    def read_callback(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Event:
        expected = base64.b64encode(hmac.digest(self._secrets["hmac_key"].encode(), body, hashlib.sha256)).decode()
        given = [value for name, value in headers.items() if name.lower().startswith("x-docusign-signature-")]
        if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given):
            raise CallbackRefused
        try:
            told: Any = json.loads(body)
            data = told["data"]
            reason = str(data.get("envelopeSummary", {}).get("voidedReason") or "")
            return Event(str(data["envelopeId"]), WORDS.get(str(told["event"]), ""), reason)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CallbackRefused from error

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json", "Accept": "*/*"}

    def _token(self) -> str:
        body = urlencode({"grant_type": GRANT, "assertion": self._assertion()}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = call("POST", f"{self._values['auth_url'].rstrip('/')}/oauth/token", headers=headers, body=body)
        try:
            return str(json.loads(answer)["access_token"])
        except (ValueError, KeyError, TypeError) as error:
            raise SigningFailed(_("The signing service did not let us in.")) from error

    def _assertion(self) -> str:
        now = int(time.time())
        audience = self._values["auth_url"].split("://", 1)[-1].rstrip("/")
        claims = {
            "iss": self._values["integration_key"], "sub": self._values["user_id"], "aud": audience, "iat": now,
            "exp": now + 600, "scope": "signature impersonation",
        }  # fmt: skip
        parts = [_encoded(json.dumps(one).encode()) for one in ({"alg": "RS256", "typ": "JWT"}, claims)]
        key = serialization.load_pem_private_key(self._secrets["private_key"].encode(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 (the settings were checked)
        signature = key.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
        return ".".join([*parts, _encoded(signature)])


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
