"""Programs of every type, with every qualifier, limit, policy and stacking rule; valid, and made to be difficult."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Object = dict[str, Any]

TYPES = (
    "marginal", "retroactive", "rolling", "total", "per_unit", "milestone", "line_rate", "growth", "target",
    "new_customer", "spiff",
)  # fmt: skip
NEVER_YEAR_TO_DATE = {"line_rate", "spiff", "new_customer"}
TEXTS: dict[str, tuple[str, ...]] = {
    "product.sku": ("R1", "T1"), "product.line": ("Road", "road", "Touring"), "product.category": ("Bikes",),
    "product.brand": ("Acme", "Zeta"), "partner.code": ("A", "B"), "partner.tier": ("gold", "silver"),
    "partner.type": ("VAR", "shop"), "partner.region": ("Europe",), "partner.country": ("DE",),
    "sale.channel": ("web", "shop"), "sale.currency": ("USD", "EUR"), "sale.customer_code": ("K1", "K2"),
    "sale.customer_segment": ("school",), "sale.customer_industry": ("steel", "Steel"), "sale.attr.grade": ("2", "abc"),
    "sale.attr.none": ("x",),
}  # fmt: skip
NUMBERS: dict[str, tuple[Any, ...]] = {
    "sale.days_to_pay": (30, "30.0", 45), "sale.quantity": (1, 2, "5"), "sale.net_amount": ("100", 33.33, 0),
}  # fmt: skip
ORDERINGS = ("gt", "gte", "lt", "lte")
DISTINCT = (
    "product.line", "product.sku", "product.brand", "sale.customer_code", "sale.quantity", "sale.days_to_pay",
    "sale.attr.grade", "partner.tier", "sale.new_customer", "sale.currency",
)  # fmt: skip


@dataclass(frozen=True)
class ProgramMaker:
    random: Random
    days: Sequence[str]

    def programs(self) -> list[Object]:
        """A few alone, and a group under one rule."""
        random = self.random
        codes = random.sample(("P1", "P2", "P10", "Q", "a", "Z9"), random.randint(1, 5))
        programs = [self.program(code) for code in codes]
        if len(programs) > 1 and random.random() < 0.6:
            self._grouped(programs[: random.randint(2, len(programs))], random.choice(("best", "priority", "stack")))
        return programs

    def _grouped(self, members: Sequence[Object], rule: str) -> None:
        random = self.random
        period, returns = members[0]["period"], members[0].get("returns")
        same_currency = random.random() < 0.6
        for program in members:
            program["stacking"] = {"group": "g", "rule": rule}
            if rule == "priority":
                program.pop("returns", None)
                if returns:
                    program["returns"] = returns
                if random.random() < 0.7:
                    program["stacking"]["priority"] = random.randint(0, 2)
            if rule == "best":
                program["period"] = period
                program.pop("accumulate", None)
                program["currency"] = members[0]["currency"] if same_currency else program["currency"]

    def program(self, code: str) -> Object:
        random = self.random
        kind = random.choice(TYPES)
        program: Object = {
            "code": code, "currency": random.choice(("USD", "USD", "EUR", "JPY", "KWD")),
            "period": random.choice(("month", "quarter", "quarter", "half_year", "year")),
            "calculation": self.calculation(kind),
        }  # fmt: skip
        if kind not in ("per_unit", "spiff"):
            program |= self._maybe(0.4, {"measure": random.choice(("quantity", "margin", "net_amount"))})
        previous = program["calculation"].get("baseline") == "previous_period"
        if kind not in NEVER_YEAR_TO_DATE and not previous:
            program |= self._maybe(0.35, {"accumulate": "year_to_date"})
        program |= self._maybe(0.4, {"scope": self.condition()})
        program |= self._maybe(0.25, {"qualifiers": [self.qualifier() for _ in range(random.randint(1, 2))]})
        program |= self._maybe(0.7, {"returns": random.choice(("restate", "forward", "at_sale_rate", "at_sale_rate"))})
        program |= self._maybe(0.3, {"partner_as_of": "period_end"})
        program |= self._maybe(0.25, {"valid_from": random.choice(self.days)})
        program |= self._maybe(0.2, {"valid_to": self._after(program.get("valid_from"))})
        return program | self._limits()

    def _after(self, day: str | None) -> str:
        return self.random.choice([other for other in self.days if day is None or other >= day])

    def _maybe(self, chance: float, more: Object) -> Object:
        return more if self.random.random() < chance else {}

    def _limits(self) -> Object:
        random = self.random
        cap = self._maybe(0.5, {"per_period": random.choice(("5", "20", "20", "0", "12.345", 1))})
        cap |= self._maybe(0.5, {"program_total": random.choice(("10", "30.005", "0", 77, "100", "200"))})
        minimum = {"amount": random.choice(("5", 20)), "otherwise": random.choice(("carry", "forfeit"))}
        return self._maybe(0.4, {"cap": cap} if cap else {}) | self._maybe(0.2, {"minimum_payout": minimum})

    # Calculations

    def calculation(self, kind: str) -> Object:
        random = self.random
        if kind in ("marginal", "retroactive", "rolling", "total"):
            return {"type": kind, "bands": self.bands("rate")}
        if kind == "per_unit":
            mode = random.choice(("marginal", "retroactive"))
            return {"type": kind, "mode": mode, "bands": self.bands("amount", ("0", "2", "5", "10"))}
        if kind == "milestone":
            cumulative = self._maybe(0.5, {"cumulative": random.random() < 0.7})
            return {"type": kind, "bands": self.bands("amount"), **cumulative}
        if kind == "line_rate":
            rates = [{"when": self.condition(), "rate": self.rate()} for _ in range(random.randint(1, 3))]
            return {"type": kind, "rates": rates}
        if kind == "spiff":
            return {"type": kind, "amount": random.choice(("5", "0.333", 2, "0"))}
        maker = {"growth": self._growth, "target": self._target, "new_customer": self._new_customer}[kind]
        return {"type": kind, **maker()}

    def rate(self) -> Any:
        return self.random.choice(("0.1", "0.02", 0.05, "0.5", "0", "0.333", "0.25"))

    def bands(self, name: str, starts: Sequence[str] = ("0", "0.01", "100", "200", "250.5", "1000")) -> list[Object]:
        random = self.random
        chosen = sorted(random.sample(starts, random.randint(1, 3)), key=float)
        rates = ("0.1", "0.02", 0.05, "0", "0.333", "0.5", "0.25")
        amounts = ("1", "10", "0.335", 3, "25", "0")
        bands: list[Object] = [
            {"from": start, name: random.choice(amounts if name == "amount" else rates)} for start in chosen
        ]
        if chosen[0] == "0" and random.random() < 0.5:
            del bands[0]["from"]
        return bands

    def _growth(self) -> Object:
        random = self.random
        return {
            "baseline": random.choice(("same_period_last_year", "previous_period")),
            "bands": self.bands("rate", ("0", "0.1", "0.5", "1")),
            **self._maybe(0.5, {"pay_on": random.choice(("all", "excess"))}),
            **self._maybe(0.5, {"without_baseline": random.choice(("exclude", "first_band"))}),
        }

    def _target(self) -> Object:
        random = self.random
        pay_on = self._maybe(0.5, {"pay_on": random.choice(("all", "excess"))})
        if random.random() < 0.5:
            return {"bands": self.bands("rate", ("0", "0.5", "1", "1.2")), **pay_on}
        points = sorted(random.sample(("0", "0.5", "0.8", "1", "1.2"), random.randint(1, 3)), key=float)
        curve = [{"attainment": point, "factor": random.choice(("0", "0.5", "1", "1.5"))} for point in points]
        return {"rate": self.rate(), "curve": curve, **pay_on}

    def _new_customer(self) -> Object:
        random = self.random
        more = self._maybe(0.4, {"cap_per_customer": random.choice(("5", "20", "0.5"))})
        more |= self._maybe(0.4, {"min_first_order": random.choice(("100", "50", "0"))})
        if random.random() < 0.5:
            return {"amount": random.choice(("10", "3.335")), **more}
        return {"rate": self.rate(), "window_days": random.choice((1, 31, 90, 400)), **more}

    # Conditions and qualifiers

    def condition(self, depth: int = 0) -> Object:
        random = self.random
        kind = random.random()
        if depth < 2 and kind < 0.35:
            parts = [self.condition(depth + 1) for _ in range(random.choice((0, 1, 2, 2, 3)))]
            return {random.choice(("all", "any")): parts}
        if depth < 2 and kind < 0.5:
            return {"not": self.condition(depth + 1)}
        return {} if kind < 0.55 else self.test()

    def test(self) -> Object:
        random = self.random
        kind = random.random()
        if kind < 0.1:
            field = random.choice((*TEXTS, *NUMBERS, "partner.tags", "sale.new_customer"))
            return {"field": field, "op": "is_null", "value": random.random() < 0.5}
        if kind < 0.2:
            return {"field": "partner.tags", "op": "contains", "value": random.choice(("key", "old"))}
        if kind < 0.3:
            field = random.choice(("sale.new_customer", "sale.deal_registered"))
            return {"field": field, "op": random.choice(("eq", "ne")), "value": random.random() < 0.5}
        if kind < 0.5:
            return self._numeric()
        field = random.choice(list(TEXTS))
        op = random.choice(("eq", "ne", "in", "not_in"))
        return {"field": field, "op": op, "value": self._operand(op, TEXTS[field])}

    def _numeric(self) -> Object:
        random = self.random
        field = random.choice((*NUMBERS, "sale.attr.grade"))
        if field == "sale.attr.grade":
            op = random.choice((*ORDERINGS, "between"))
            values: tuple[Any, ...] = (2, "2.5", "10")
        else:
            op = random.choice((*ORDERINGS, "between", "eq", "ne", "in", "not_in"))
            values = NUMBERS[field]
        if op == "between":
            low, high = sorted(random.choices(values, k=2), key=float)
            return {"field": field, "op": op, "value": [low, high]}
        return {"field": field, "op": op, "value": self._operand(op, values)}

    def _operand(self, op: str, values: Sequence[Any]) -> Any:
        if op in ("in", "not_in"):
            return self.random.sample(values, self.random.randint(1, len(values)))
        return self.random.choice(values)

    def qualifier(self) -> Object:
        random = self.random
        kinds: tuple[Object, ...] = (
            {"type": "min_measure", "value": random.choice(("100", 5, "200.00"))},
            {"type": "mix", "scope": self.condition(1), "min_share": random.choice(("0.5", "0.25", 1))},
            {"type": "distinct", "field": random.choice(DISTINCT), "min": random.choice((1, 2))},
            {"type": "tier", "in": random.choice((["gold"], ["silver", "gold"]))},
            {"type": "certified_people", "min": 1},
            {"type": "certified_people", "certification": "EXPERT", "min": 1},
            {"type": "agreement_signed"},
            {"type": "no_overdue"},
        )
        return random.choices(kinds, weights=(4, 4, 4, 4, 1, 1, 1, 2))[0]
