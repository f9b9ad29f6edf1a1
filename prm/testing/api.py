"""A client of the REST API, with an API key or as a signed-in member, that speaks JSON and never follows redirects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.test import Client

from prm.identity.models import User
from prm.identity.rights import KEY_SCOPES, Right
from prm.identity.services.api_keys import api_key_create
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast

ROOT = "/api/v1/"
PROBLEM = "application/problem+json"


def make_key(cast: Cast, scopes: Sequence[Right] = KEY_SCOPES, name: str = "ERP") -> str:
    """The token of a new key of the vendor."""
    with tenant_context(cast.tenant):
        return api_key_create(actor=cast.administrator, name=name, scopes=[str(scope) for scope in scopes]).token


class ApiClient:
    """`client.get("partners/", region="East")`; server errors come back as answers, as they would over the wire."""

    def __init__(self, tenant: Tenant, token: str = "", user: User | None = None, **headers: str) -> None:
        self.client = Client(SERVER_NAME=f"{tenant.slug}.localhost", raise_request_exception=False)
        self.headers = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(ROOT + path, query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        more = {"Idempotency-Key": key} if key is not None else {}
        return self._send("POST", path, body, more | headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("PATCH", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(method, ROOT + path, data, "application/json", headers=self.headers | headers)
