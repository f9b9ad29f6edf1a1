"""Servers on this machine that answer as DocuSign and e签宝 document it, and refuse what is not signed as they ask."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNED = b"%PDF-1.7\nsigned at the service\n%%EOF\n"
SECRET = "app-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


class Server(ThreadingHTTPServer):
    """`asked` are the requests as (method, path, body); `broken` answers 500 to all."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[tuple[str, str, Any]] = []
        self.envelopes: dict[str, str] = {}
        self.broken = False

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_args: Any) -> None:
        """Silence."""

    def _take(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.broken:
            return self._say(500, b"{}")
        status, content = self.answer(method, self.path, body)
        return self._say(status, content if isinstance(content, bytes) else json.dumps(content).encode())

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        raise NotImplementedError

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def do_PUT(self) -> None:
        self._take("PUT")


class DocuSignHandler(Handler):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/oauth/token":
            return self._token(body)
        if self.headers.get("Authorization") != "Bearer the-token":
            return 401, {"errorCode": "USER_AUTHENTICATION_FAILED"}
        read = json.loads(body) if body else None
        self.server.asked.append((method, path, read))
        root = "/restapi/v2.1/accounts/acc-1/envelopes"
        if (method, path) == ("POST", root):
            # The same transaction makes one envelope.
            reference = read["transactionId"]
            self.server.envelopes.setdefault(reference, f"env-{len(self.server.envelopes) + 1}")
            return 201, {"envelopeId": self.server.envelopes[reference], "status": "sent"}
        if method == "PUT":
            return 200, {}
        return (200, SIGNED) if path.endswith("/documents/combined") else (404, {})

    def _token(self, body: bytes) -> tuple[int, Any]:
        assertion = body.decode().partition("assertion=")[2]
        signed, _dot, signature = assertion.rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        KEY.public_key().verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return 200, {"access_token": "the-token", "token_type": "Bearer", "expires_in": 3600}


class ESignHandler(Handler):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if path.startswith("/upload"):
            digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            return (200, {"errCode": 0}) if self.headers["Content-MD5"] == digest else (400, {"errCode": -1})
        if path == "/signed.pdf":
            return 200, SIGNED
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() if body else ""
        text = "\n".join([method, "*/*", digest, "application/json; charset=UTF-8", "", path])
        expected = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha256")).decode()
        if self.headers.get("X-Tsign-Open-Ca-Signature") != expected:
            return 401, {"code": 401, "message": "INVALID_SIGNATURE"}
        self.server.asked.append((method, path, json.loads(body) if body else None))
        data: Any = {}
        if path == "/v3/files/file-upload-url":
            data = {"fileId": "file-1", "fileUploadUrl": f"{self.server.url}/upload?x=1"}
        elif path == "/v3/sign-flow/create-by-file":
            data = {"signFlowId": "flow-1"}
        elif path.endswith("/file-download-url"):
            data = {"files": [{"fileId": "file-1", "downloadUrl": f"{self.server.url}/signed.pdf"}]}
        return 200, {"code": 0, "message": "成功", "data": data}


class RedirectHandler(Handler):
    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        self.server.asked.append((method, path, None))
        return 302, {}


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[Server]:
    server = Server(handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
