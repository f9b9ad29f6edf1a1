"""A tier scheme as a value: tiers from the lowest to the highest, their criteria and benefits, and the rules."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.metrics import WindowSpec
from prm.money import plain

Document = dict[str, Any]


class Upgrade(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    NEXT_MONTH = "next_month", _("On the first day of the next month")
    NEXT_QUARTER = "next_quarter", _("On the first day of the next fiscal quarter")
    NEXT_YEAR = "next_year", _("On the first day of the next fiscal year")


class Downgrade(models.TextChoices):
    PERSON = "person", _("A person decides")
    AUTOMATIC = "automatic", _("By itself, once the grace period is over")


class BenefitKind(models.TextChoices):
    DISCOUNT = "discount", _("Discount")
    REBATE = "rebate", _("Rebate")
    FUNDS = "funds", _("Market development funds")
    LEADS = "leads", _("Leads")
    SUPPORT = "support", _("Support")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def __str__(self) -> str:
        """In the reader's language, else in the other one."""
        first, second = (self.zh, self.en) if (get_language() or "").startswith("zh") else (self.en, self.zh)
        return first or second

    def to_json(self) -> Document:
        return {"en": self.en, "zh-hans": self.zh}


@dataclass(frozen=True, slots=True)
class Key:
    """A metric over a window: what a value is asked for and kept under."""

    metric: str
    window: WindowSpec

    def __str__(self) -> str:
        length = f":{self.window.length}" if self.window.length else ""
        return f"{self.metric}:{self.window.kind.value}{length}"


@dataclass(frozen=True, slots=True)
class Criterion:
    """`points` of 0: must be met. Else what it counts towards the pass mark."""

    key: Key
    at_least: Decimal | None
    at_most: Decimal | None
    points: int = 0

    @property
    def is_must(self) -> bool:
        return self.points == 0

    def is_met(self, value: Decimal | None) -> bool:
        """What is not known is not met."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def to_json(self) -> Document:
        found: Document = {"metric": self.key.metric, "window": self.key.window.kind.value}
        if self.key.window.length:
            found["length"] = self.key.window.length
        for name in ("at_least", "at_most"):
            value = getattr(self, name)
            if value is not None:
                found[name] = plain(value)
        return found | ({"points": self.points} if self.points else {})


@dataclass(frozen=True, slots=True)
class Benefit:
    kind: BenefitKind
    text: Words
    value: Decimal | None = None

    def to_json(self) -> Document:
        found: Document = {"kind": self.kind.value, "text": self.text.to_json()}
        return found | ({"value": plain(self.value)} if self.value is not None else {})


@dataclass(frozen=True, slots=True)
class Tier:
    """`code` is what the tier history and the rebate programs call it."""

    code: str
    name: Words
    criteria: tuple[Criterion, ...]
    pass_mark: int = 0
    benefits: tuple[Benefit, ...] = ()

    @property
    def musts(self) -> list[Criterion]:
        return [one for one in self.criteria if one.is_must]

    @property
    def weighted(self) -> list[Criterion]:
        return [one for one in self.criteria if not one.is_must]

    def to_json(self) -> Document:
        found: Document = {
            "code": self.code,
            "name": self.name.to_json(),
            "criteria": [one.to_json() for one in self.criteria],
            "benefits": [one.to_json() for one in self.benefits],
        }
        return found | ({"pass_mark": self.pass_mark} if self.pass_mark else {})


@dataclass(frozen=True, slots=True)
class Rules:
    """`risk_days`, then `grace_days`, then a decision, then `appeal_days` until it takes effect.

    `warnings` are days before the end of the grace period. Until `keep_until` partners keep the tier that they had
    when the scheme was published; for `minimum_stay_days` after an upgrade nobody is at risk.
    """

    upgrade: Upgrade = Upgrade.AT_ONCE
    downgrade: Downgrade = Downgrade.PERSON
    risk_days: int = 30
    grace_days: int = 60
    appeal_days: int = 14
    minimum_stay_days: int = 90
    warnings: tuple[int, ...] = (60, 30, 14, 7)
    keep_until: dt.date | None = None

    def to_json(self) -> Document:
        return {
            "upgrade": self.upgrade.value,
            "downgrade": self.downgrade.value,
            "risk_days": self.risk_days,
            "grace_days": self.grace_days,
            "appeal_days": self.appeal_days,
            "minimum_stay_days": self.minimum_stay_days,
            "warnings": list(self.warnings),
            "keep_until": self.keep_until.isoformat() if self.keep_until else None,
        }


@dataclass(frozen=True, slots=True)
class Scheme:
    tiers: tuple[Tier, ...]
    rules: Rules = Rules()

    def rank(self, code: str) -> int:
        """1 for the lowest tier; 0 for none, and for a tier that the scheme does not know."""
        return next((rank for rank, tier in enumerate(self.tiers, 1) if tier.code == code), 0)

    def tier(self, rank: int) -> Tier | None:
        return self.tiers[rank - 1] if 1 <= rank <= len(self.tiers) else None

    def named(self, code: str) -> Tier | None:
        return self.tier(self.rank(code))

    def figures(self) -> list[Key]:
        """What has to be known of a partner, each once, in the order of the document."""
        return list(dict.fromkeys(criterion.key for _tier, criterion in self.criteria()))

    def criteria(self) -> Iterator[tuple[Tier, Criterion]]:
        for tier in self.tiers:
            for criterion in tier.criteria:
                yield tier, criterion

    def to_json(self) -> Document:
        return {"tiers": [one.to_json() for one in self.tiers], "rules": self.rules.to_json()}

    def fingerprint(self) -> str:
        """The same for schemes that say the same."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()
