"""One row of any tenant model, made by introspection: what tests over all models stand on.

Required fields get plain values by their type; models whose rows need more say so in `SPECIAL`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.models import AccountSettings, RecruitmentSettings
from prm.db.models import TenantForeignKey, TenantRow
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.ledger.models import Account, Entry
from prm.ledger.services import Posting, post
from rebates.models import ReviewSettings

_numbers = itertools.count(1)


def tenant_models() -> list[type[TenantRow]]:
    """Every concrete model with a tenant, sorted by label."""
    found = [model for model in apps.get_models() if issubclass(model, TenantRow)]
    return sorted(found, key=lambda model: model._meta.label)


def make_row(model: type[Any] | str, **given: Any) -> Any:
    """Save one row for the active tenant. `given` overrides fields; references are made as they are needed."""
    if isinstance(model, str):
        model = apps.get_model(model)
    special = SPECIAL.get(model._meta.label)
    if special is not None:
        given = special() | given
    if "_made" in given:
        return given["_made"]
    values = {field.name: _value(field) for field in model._meta.concrete_fields if _is_needed(field, given)}
    return model._default_manager.create(**values | given)


def _is_needed(field: models.Field[Any, Any], given: dict[str, Any]) -> bool:
    if field.name in given or field.attname in given or field.primary_key or field.name == "tenant":
        return False
    return not (field.null or field.has_default() or getattr(field, "auto_now", False) or _is_stamp(field))


def _is_stamp(field: Any) -> bool:
    return getattr(field, "auto_now_add", False) or getattr(field, "generated", False)


def _value(field: Any) -> Any:
    number = next(_numbers)
    if isinstance(field, TenantForeignKey):
        return make_row(field.related_model)
    if isinstance(field, models.ForeignKey):
        if field.related_model is not User:
            raise TypeError(f"no idea what {field} refers to")
        return User.objects.create_user(f"person{number}-{uuid4().hex[:8]}@example.test")
    if field.choices:
        return field.choices[0][0]
    for kind, value in VALUES.items():
        if isinstance(field, kind):
            return value(number)
    if isinstance(field, models.CharField):
        return "CNY" if "currency" in field.name else f"{number:x}-{uuid4().hex}"[: field.max_length]
    raise TypeError(f"no idea what to put into {field}")


VALUES: dict[type[Any], Callable[[int], Any]] = {
    models.EmailField: lambda number: f"person{number}@example.test",
    models.DateTimeField: lambda number: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number),
    models.DateField: lambda number: dt.date(2026, 1, 1) + dt.timedelta(days=number % 20_000),
    models.DecimalField: lambda _number: Decimal(1),
    models.BooleanField: lambda _number: False,
    models.IntegerField: lambda number: number % 30_000,
    models.UUIDField: lambda _number: uuid4(),
    models.JSONField: lambda _number: {},
    ArrayField: lambda _number: [],
    models.TextField: lambda number: f"text {number}",
}


def _entry() -> dict[str, Any]:
    posting = Posting(Account.EXPENSE, Account.ACCRUED, Decimal(1), "CNY")
    journal = post(
        "test", key=uuid4().hex, actor=Actor.system("tests"), effective_on=dt.date(2026, 1, 1), postings=[posting],
        cause_type="tests", cause_id="1",
    )  # fmt: skip
    return {"_made": Entry.objects.filter(journal=journal).first()}


def _review_settings() -> dict[str, Any]:
    """One row a tenant, if it is there already or not."""
    return {"_made": ReviewSettings.objects.get_or_create()[0]}


def _recruitment_settings() -> dict[str, Any]:
    return {"_made": RecruitmentSettings.objects.get_or_create()[0]}


def _account_settings() -> dict[str, Any]:
    return {"_made": AccountSettings.objects.get_or_create()[0]}


SPECIAL: dict[str, Callable[[], dict[str, Any]]] = {
    "ledger.Entry": _entry,
    "partners.CompanyKey": lambda: {"partner": make_row("partners.Partner")},
    "partners.DuplicateCandidate": lambda: {"partner": make_row("partners.Partner")},
    "partners.RecruitmentSettings": _recruitment_settings,
    "partners.AccountSettings": _account_settings,
    "partners.BankAccount": lambda: {"partner": make_row("partners.Partner")},
    "partners.PlanConsent": lambda: {"side": "partner"},
    "partners.PlanGoal": lambda: {"currency": "", "metric": ""},
    "ledger.BookLock": lambda: {"status": "refused"},
    "rebates.ExitReserve": lambda: {"booked_period_key": "2026-Q3", "release_period_key": "2026-Q4"},
    "partners.ScorecardLine": lambda: {"target": Decimal(2), "floor": Decimal(1)},
    "partners.ScoreSnapshot": lambda: {"month": dt.date(2026, 1, 1)},
    "rebates.Rebuild": lambda: {"status": "done"},
    "rebates.WhatIfRun": lambda: {"periods": 4},
    "rebates.LeakageRun": lambda: {"status": "done", "finished_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    "rebates.Dispute": lambda: {"claimed": Decimal(2)},
    "rebates.BankResultLine": lambda: {"payment": make_row("rebates.Payment")},
    "rebates.ReviewSettings": _review_settings,
    "rebates.Payment": lambda: {"gross": Decimal(2), "clawback": Decimal(-1), "amount": Decimal(1)},
    "partners.TierWarning": lambda: {"by_hand": "Told"},
    "commerce.ExchangeRate": lambda: {"from_currency": "EUR", "to_currency": "CNY"},
}
