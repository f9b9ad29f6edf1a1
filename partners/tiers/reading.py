"""From a document to a scheme: everything that is wrong with it is told at once, each fault with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from partners.metrics import WindowKind, WindowSpec
from partners.metrics.registry import known
from partners.metrics.windows import LONGEST
from partners.tiers.scheme import (
    Benefit,
    BenefitKind,
    Criterion,
    Downgrade,
    Key,
    Rules,
    Scheme,
    Tier,
    Upgrade,
    Words,
)
from prm.errors import Invalid, Text
from prm.money import parse_decimal

MOST_TIERS, MOST_CRITERIA, MOST_BENEFITS, MOST_KEYS = 8, 12, 20, 20
CODE = re.compile(r"\S(.{0,98}\S)?")
LIMIT = Decimal(10) ** 14
Choice = TypeVar("Choice", bound=TextChoices)
T = TypeVar("T")
DAYS = {"risk_days": 365, "grace_days": 365, "appeal_days": 90, "minimum_stay_days": 730}


class Faults:
    """Collects what is wrong, by JSON path."""

    def __init__(self) -> None:
        self.found: dict[str, list[Text]] = {}

    def add(self, path: str, text: Text) -> None:
        self.found.setdefault(path, []).append(text)

    def raise_any(self) -> None:
        """Raises `Invalid` with `fields` by path."""
        if self.found:
            raise Invalid(_("The tier scheme cannot be accepted as it is."), fields=self.found)


def scheme_read(document: object) -> Scheme:
    """Raises `Invalid`; its `fields` are keyed by path, such as `$.tiers[1].criteria[0].at_least`."""
    faults = Faults()
    found = _Reader(faults).scheme(document)
    faults.raise_any()
    return found


def scheme_of(document: object) -> Scheme:
    """A document that was accepted before."""
    return scheme_read(document)


class _Reader:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def scheme(self, document: object) -> Scheme:
        root = self._object(document, "$", {"tiers", "rules"})
        tiers = self._list(root.get("tiers"), "$.tiers", MOST_TIERS, self._tier)
        if not tiers:
            self.faults.add("$.tiers", _("A scheme has at least one tier."))
        self._once([tier.code for tier in tiers if tier.code], "$.tiers[{}].code", _("Another tier has this code."))
        scheme = Scheme(tuple(tiers), self._rules(root.get("rules") or {}))
        if len(scheme.figures()) > MOST_KEYS:
            self.faults.add("$.tiers", _("At most %(most)d different figures.") % {"most": MOST_KEYS})
        return scheme

    def _tier(self, value: object, path: str) -> Tier:
        body = self._object(value, path, {"code", "name", "criteria", "pass_mark", "benefits"})
        code = self._text(body.get("code"), f"{path}.code")
        if code and not CODE.fullmatch(code):
            self.faults.add(f"{path}.code", _("1 to 100 characters."))
        criteria = self._list(body.get("criteria") or [], f"{path}.criteria", MOST_CRITERIA, self._criterion)
        self._once([str(one.key) for one in criteria], path + ".criteria[{}]", _("This figure is asked for already."))
        return Tier(
            code=code,
            name=self._words(body.get("name"), f"{path}.name"),
            criteria=tuple(criteria),
            pass_mark=self._whole(body.get("pass_mark", 0), f"{path}.pass_mark", 0, 1000),
            benefits=tuple(
                self._list(body.get("benefits") or [], f"{path}.benefits", MOST_BENEFITS, self._benefit)
            ),
        )  # fmt: skip

    def _criterion(self, value: object, path: str) -> Criterion:
        names = {"metric", "window", "length", "at_least", "at_most", "points"}
        body = self._object(value, path, names)
        code = self._text(body.get("metric"), f"{path}.metric")
        if code and not known(code):
            self.faults.add(f"{path}.metric", _("There is no figure “%(code)s”.") % {"code": code})
        limits = {name: self._number(body.get(name), f"{path}.{name}") for name in ("at_least", "at_most")}
        if all(body.get(name) in (None, "") for name in limits):
            self.faults.add(f"{path}.at_least", _("Say how much it has to be, at least or at most."))
        points = self._whole(body.get("points", 0), f"{path}.points", 0, 1000)
        return Criterion(Key(code, self._window(body, path)), limits["at_least"], limits["at_most"], points)

    def _window(self, body: dict[str, Any], path: str) -> WindowSpec:
        kind = self._choice(body.get("window", WindowKind.AS_OF.value), f"{path}.window", WindowKind)
        longest = LONGEST.get(kind, 0)
        if not longest:
            return WindowSpec(kind)
        return WindowSpec(kind, self._whole(body.get("length"), f"{path}.length", 1, longest))

    def _benefit(self, value: object, path: str) -> Benefit:
        body = self._object(value, path, {"kind", "text", "value"})
        return Benefit(
            self._choice(body.get("kind", BenefitKind.OTHER.value), f"{path}.kind", BenefitKind),
            self._words(body.get("text"), f"{path}.text"),
            self._number(body.get("value"), f"{path}.value"),
        )

    def _rules(self, value: object) -> Rules:
        body = self._object(value, "$.rules", {"upgrade", "downgrade", "warnings", "keep_until", *DAYS})
        usual = Rules()
        days = {
            name: self._whole(body.get(name, getattr(usual, name)), f"$.rules.{name}", 0, most)
            for name, most in DAYS.items()
        }
        return Rules(
            upgrade=self._choice(body.get("upgrade", usual.upgrade.value), "$.rules.upgrade", Upgrade),
            downgrade=self._choice(body.get("downgrade", usual.downgrade.value), "$.rules.downgrade", Downgrade),
            warnings=self._warnings(body.get("warnings", usual.warnings), days),
            keep_until=self._day(body.get("keep_until"), "$.rules.keep_until"),
            **days,
        )

    def _warnings(self, value: object, days: dict[str, int]) -> tuple[int, ...]:
        found = self._list(value, "$.rules.warnings", 10, lambda one, path: self._whole(one, path, 1, 365))
        longest = days["risk_days"] + days["grace_days"]
        if not [one for one in found if one <= longest]:
            text = _("At least one warning has to come before the decision, that is within %(days)d days.")
            self.faults.add("$.rules.warnings", text % {"days": longest})
        return tuple(sorted(set(found), reverse=True))

    # Values

    def _object(self, value: object, path: str, names: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.faults.add(path, _("Here an object is expected."))
            return {}
        for name in value.keys() - names:
            self.faults.add(f"{path}.{name}", _("This is not known here."))
        return value

    def _list(self, value: object, path: str, most: int, read: Callable[[object, str], T]) -> list[T]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.faults.add(path, _("Here a list is expected."))
            return []
        if len(value) > most:
            self.faults.add(path, _("At most %(most)d.") % {"most": most})
        return [read(one, f"{path}[{index}]") for index, one in enumerate(value[:most])]

    def _text(self, value: object, path: str, most: int = 400) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > most or "\0" in text:
            self.faults.add(path, _("Write 1 to %(most)d characters.") % {"most": most})
        return text

    def _words(self, value: object, path: str) -> Words:
        body = self._object(value, path, {"en", "zh-hans"})
        found = [body.get(name) or "" for name in ("en", "zh-hans")]
        if not all(isinstance(one, str) and len(one) <= 400 for one in found) or not any(map(str.strip, found)):
            self.faults.add(path, _("Write a text of at most 400 characters in at least one language."))
            return Words("", "")
        return Words(found[0].strip(), found[1].strip())

    def _number(self, value: object, path: str) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            number = parse_decimal(str(value)) if isinstance(value, str | int | Decimal) else None
        except ValueError:
            number = None
        if number is None or isinstance(value, bool) or abs(number) >= LIMIT:
            self.faults.add(path, _("Write a number such as 1234.50."))
            return None
        return number

    def _whole(self, value: object, path: str, least: int, most: int) -> int:
        text = str(value)
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,6}", text) or not least <= int(text) <= most:
            self.faults.add(
                path, _("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
            )
            return max(least, 1)
        return int(text)

    def _choice(self, value: object, path: str, choices: type[Choice]) -> Choice:
        if value not in choices.values:
            text = _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)}
            self.faults.add(path, text)
            return next(iter(choices))
        return choices(value)

    def _day(self, value: object, path: str) -> dt.date | None:
        if value is None or value == "":
            return None
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.faults.add(path, _("Write a day such as 2026-01-31."))
            return None

    def _once(self, values: Iterable[str], path: str, text: Text) -> None:
        seen = set[str]()
        for index, value in enumerate(values):
            if value in seen:
                self.faults.add(path.format(index), text)
            seen.add(value)
