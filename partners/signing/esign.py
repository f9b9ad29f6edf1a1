"""e签宝 (open.esign.cn), API v3: requests signed with the app's secret, sign flows by file, signed callbacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from partners.signing.base import COMPLETED, DECLINED, VOIDED, CallbackRefused, Event, Order, SigningFailed
from partners.signing.http import call

STATES = {"2": COMPLETED, "3": VOIDED, "5": VOIDED, "7": DECLINED}
"""Of a sign flow: 2 done, 3 called back, 5 out of time, 7 refused."""
ACCEPT, JSON = "*/*", "application/json; charset=UTF-8"


class ESign:
    """Values: `base_url`, `app_id`; secrets: `app_secret`, which signs requests and callbacks alike."""

    code = "esign"
    values = ("base_url", "app_id")
    secrets = ("app_secret",)

    def __init__(self, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._base, self._app, self._secret = values["base_url"].rstrip("/"), values["app_id"], secrets["app_secret"]

    def create(self, order: Order) -> str:
        file_id = self._upload(order)
        signers = [
            {
                "signerType": 0, "signConfig": {"signOrder": one.order},
                "psnSignerInfo": {"psnAccount": one.email, "psnInfo": {"psnName": one.name}},
                "signFields": [{"fileId": file_id, "signFieldType": 0,
                                "normalSignFieldConfig": {"freeMode": True}}],
            }
            for one in order.parties
        ]  # fmt: skip
        body = {
            "docs": [{"fileId": file_id, "fileName": order.file_name}], "signers": signers,
            "signFlowConfig": {"signFlowTitle": order.title[:100], "autoFinish": True, "notifyUrl": order.callback},
        }  # fmt: skip
        return _text(self._call("POST", "/v3/sign-flow/create-by-file", body), "signFlowId")

    def void(self, envelope: str, reason: str) -> None:
        self._call("POST", f"/v3/sign-flow/{envelope}/revoke", {"revokeReason": reason[:50]})

    def download(self, envelope: str) -> bytes:
        files = self._call("GET", f"/v3/sign-flow/{envelope}/file-download-url").get("files") or [{}]
        return call("GET", _text(files[0], "downloadUrl"), headers={"Accept": "application/pdf"})

    def read_callback(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Event:
        """The signature covers the time stamp, the values of the query in the order of their names, and the body."""
        lower = {name.lower(): value for name, value in headers.items()}
        stamp = lower.get("x-tsign-open-timestamp", "")
        signed = (stamp + "".join(query[name] for name in sorted(query))).encode() + body
        expected = hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), lower.get("x-tsign-open-signature", "").lower().encode()):
            raise CallbackRefused
        try:
            told: Any = json.loads(body)
            state = str(told.get("signFlowStatus", "")) if told.get("action") == "SIGN_FLOW_COMPLETE" else ""
            return Event(str(told["signFlowId"]), STATES.get(state, ""), str(told.get("statusDescription") or ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CallbackRefused from error

    def _upload(self, order: Order) -> str:
        digest = _md5(order.document)
        asked = {
            "contentMd5": digest, "contentType": "application/pdf", "convertToPDF": False,
            "fileName": order.file_name, "fileSize": len(order.document),
        }  # fmt: skip
        place = self._call("POST", "/v3/files/file-upload-url", asked)
        headers = {"Content-Type": "application/pdf", "Content-MD5": digest}
        call("PUT", _text(place, "fileUploadUrl"), headers=headers, body=order.document)
        return _text(place, "fileId")

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        digest = _md5(sent) if sent else ""
        signed = "\n".join([method, ACCEPT, digest, JSON, "", path])
        signature = base64.b64encode(hmac.digest(self._secret.encode(), signed.encode(), hashlib.sha256)).decode()
        headers = {
            "X-Tsign-Open-App-Id": self._app, "X-Tsign-Open-Auth-Mode": "Signature",
            "X-Tsign-Open-Ca-Timestamp": str(int(time.time() * 1000)), "X-Tsign-Open-Ca-Signature": signature,
            "Accept": ACCEPT, "Content-Type": JSON, **({"Content-MD5": digest} if digest else {}),
        }  # fmt: skip
        try:
            answer = json.loads(call(method, self._base + path, headers=headers, body=sent or None))
        except ValueError as error:
            raise SigningFailed(_("The signing service answered something that can't be read.")) from error
        if not isinstance(answer, dict) or answer.get("code") != 0:
            said = str(answer.get("message", "")) if isinstance(answer, dict) else ""
            raise SigningFailed(_("The signing service refused: %(said)s") % {"said": said[:200]})
        return answer.get("data") or {}


def _md5(content: bytes) -> str:
    """As the interface wants it, against damage on the way; nobody's secret hangs on it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise SigningFailed(_("The signing service answered something that can't be read."))
    return value
