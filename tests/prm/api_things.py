"""An API of a few things, with which the kernel is tested; also the URLconf of these tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from rest_framework import serializers

from partners.models import Partner
from prm.api.models import IdempotencyRecord
from prm.api.operations import Call, Endpoint, lists, reads, writes
from prm.api.serializers import DecimalText, ExactDecimalField, Input, Output, Query
from prm.audit.models import AuditEntry
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError, TooLarge
from prm.identity.rights import Right
from prm.tenancy.context import tenant_context
from prm.testing.api import PROBLEM, ApiClient, make_key
from prm.testing.make import Cast

ERRORS: dict[str, Exception] = {
    "conflict": Conflict(),
    "state": StateError(),
    "too-large": TooLarge(),
    "not-found": NotFound(),
    "http404": Http404(),
    "invalid": Invalid(fields={"code": ["Taken."]}),
    "bug": RuntimeError("secret detail"),
}


class ThingQuery(Query):
    region = serializers.CharField()


class Address(Input):
    street = serializers.CharField(max_length=10)


class ThingInput(Input):
    name = serializers.CharField(max_length=20)
    amount = ExactDecimalField(max_digits=10, decimal_places=2)
    on = serializers.DateField(required=False)
    addresses = Address(many=True, required=False)


class ThingOutput(Output):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    at = serializers.DateTimeField(source="created_at")


class EffectOutput(Output):
    name = serializers.CharField()
    effects = serializers.IntegerField()
    amount = DecimalText()


class Things(Endpoint):
    @lists(
        "thing_list", Right.PARTNERS_VIEW, output=ThingOutput, query=ThingQuery,
        orderings={"name": ("name", "id"), "-at": ("-created_at", "-id"), "code": ("code",)},
    )  # fmt: skip
    def get(self, call: Call) -> QuerySet[Partner]:
        things = Partner.objects.all()
        return things.filter(region=call.query["region"]) if "region" in call.query else things

    @writes("thing_create", Right.PARTNERS_EDIT, output=EffectOutput, body=ThingInput, status=201)
    def post(self, call: Call) -> dict[str, Any]:
        name = call.data["name"]
        record(call.actor, f"probe.{name}")
        if name == "refuse":
            raise StateError
        if name == "break":
            raise RuntimeError
        effects = AuditEntry.objects.filter(action=f"probe.{name}").count()
        return {"name": name, "effects": effects, "amount": call.data["amount"]}


class Money(Endpoint):
    @writes("thing_pay", Right.PARTNERS_EDIT, output=Output, moves_money=True)
    def post(self, call: Call) -> dict[str, Any]:
        record(call.actor, "probe.paid")
        return {}


class Failing(Endpoint):
    @reads("thing_fail", Right.PARTNERS_VIEW, output=Output)
    def get(self, call: Call, kind: str) -> None:
        if kind == "deadlock":
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        raise ERRORS[kind]


urlpatterns = [
    path("api/v1/things/", Things.as_view()),
    path("api/v1/money/", Money.as_view()),
    path("api/v1/failing/<str:kind>/", Failing.as_view()),
]


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    return ApiClient(cast.tenant, make_key(cast))


def body(name: str = "one", **more: Any) -> dict[str, Any]:
    return {"name": name, "amount": "12.50"} | more


def effects(cast: Cast, name: str = "one") -> int:
    with tenant_context(cast.tenant):
        return AuditEntry.objects.filter(action=f"probe.{name}").count()


def records(cast: Cast) -> int:
    with tenant_context(cast.tenant):
        return IdempotencyRecord.objects.count()


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    found = response.json()
    assert (response.status_code, response.headers["Content-Type"], found["code"]) == (status, PROBLEM, code), found
    assert found["status"] == status
    assert found["type"] == "about:blank"
    assert found["title"]
    assert found["detail"]
    assert response.headers["Cache-Control"] == "no-store"
    return found
