# ruff: noqa: S311 (worlds are to be repeated, not to be secret)
"""Small vendors and programs made to be difficult: the same seed gives the same world.

Days lie on the edges of periods, amounts on the edges of bands, numbers of lines sort otherwise than as numbers; rates,
costs, salespersons and originals are missing now and then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from tests.rebates.adversarial_programs import ProgramMaker
from tests.rebates.oracle import World
from tests.rebates.oracle.files import Row
from tests.rebates.oracle.periods import Calendar

DAYS = (
    "2022-12-31", "2023-01-01", "2023-01-31", "2023-03-31", "2023-04-01", "2023-06-30", "2023-07-01", "2023-10-15",
    "2023-12-31", "2024-01-01", "2024-01-15", "2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01", "2024-03-31",
    "2024-04-01", "2024-05-10", "2024-06-30", "2024-07-01", "2024-07-31", "2024-09-30", "2024-10-01", "2024-12-31",
    "2025-01-01", "2025-02-28",
)  # fmt: skip
AMOUNTS = ("100", "100.00", "50", "33.33", "200", "250.5", "0.01", "999.99", "500", "1000", "0", "166.665", "1")
QUANTITIES = ("1", "2", "3", "5", "10", "0", "0.5", "7", "2", "4")
CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY", "KWD")
SPOILT = (
    ("partner_code", "NOBODY"), ("sku", "NOTHING"), ("sold_on", "2024-02-30"), ("sold_on", "31/01/2024"),
    ("quantity", ""), ("net_amount", "1e3"), ("net_amount", "1,000.00"), ("currency", "EURO"), ("currency", ""),
)  # fmt: skip


@dataclass(frozen=True)
class WorldMaker:
    random: Random

    def world(self) -> World:
        random = self.random
        days = random.sample(DAYS, random.randint(3, 10))
        partners = self._partners()
        sales = self._sales(days, [row["code"] for row in partners])
        calendar = Calendar(random.choice((1, 1, 1, 2, 4, 7, 12)))
        programs = ProgramMaker(random, DAYS).programs()
        return World(
            partners=partners, products=self._products(), sales=sales, programs=programs, fx=self._rates(),
            targets=self._targets(programs, calendar, days),
            as_of=date.fromisoformat(random.choice(DAYS)) if random.random() < 0.25 else None,
            base_currency=random.choice(("USD", "USD", "EUR", "JPY")), fiscal_start_month=calendar.start_month,
        )  # fmt: skip

    def _partners(self) -> list[Row]:
        rows = []
        for code in ("A", "B", "C")[: self.random.choice((1, 2, 3, 3, 3, 3))]:
            row = {
                "code": code, "name": f"Partner {code}", "type": self.random.choice(("VAR", "shop")),
                "region": self.random.choice(("Europe", "APAC")), "country": self.random.choice(("DE", "CN")),
                "tags": self.random.choice(("", "key", "key;old", "keyed")),
            }  # fmt: skip
            history = self.random.sample(("", "2023-07-01", "2024-01-31", "2024-03-31", "2024-04-01"), 2)
            tiers = self.random.sample(("gold", "silver", ""), 2)
            changes = list(zip(tiers, history, strict=True))[: self.random.randint(0, 2)]
            rows += [row | {"tier": tier, "tier_from": since} for tier, since in changes] or [row]
        return rows

    def _products(self) -> list[Row]:
        costs = self.random.sample(("40", "0.5", "", "12.345", "0"), 3)
        names = (("R1", "Road", "Bikes", "Acme"), ("T1", "Touring", "Bikes", ""), ("H1", "Road", "Helmets", "Zeta"))
        return [
            {"sku": sku, "name": sku, "line": line, "category": category, "brand": brand, "unit_cost": cost}
            for (sku, line, category, brand), cost in zip(names, costs, strict=True)
        ]

    def _rates(self) -> list[Row]:
        rows = []
        for source in ("USD", "EUR", "JPY", "KWD"):
            for target in ("USD", "EUR", "JPY", "KWD"):
                for day in self.random.sample(("2022-01-01", "2024-01-01", "2024-02-01", "2024-06-30"), 2):
                    if source != target and self.random.random() < 0.75:
                        rate = self.random.choice(("1.1", "0.5", "2", "0.333333333333333", "7.25", "150"))
                        rows.append({"date": day, "from_currency": source, "to_currency": target, "rate": rate})
        return rows

    def _targets(self, programs: Sequence[dict[str, Any]], calendar: Calendar, days: Sequence[str]) -> list[Row]:
        keys = {
            (program["code"], partner, calendar.of(program["period"], date.fromisoformat(day)).key)
            for program in programs
            if program["calculation"]["type"] == "target"
            for partner in ("A", "B", "C")
            for day in days
        }
        return [
            dict(zip(("program_code", "partner_code", "period", "target"), (*key, target), strict=True))
            for key in sorted(keys)
            if self.random.random() < 0.8
            for target in [self.random.choice(("100", "200", "333.33", "1000", "5"))]
        ]

    def _sales(self, days: Sequence[str], partners: Sequence[str]) -> list[Row]:
        random = self.random
        names = [str(number) for number in random.sample(range(1, 40), 30)]
        currencies = random.choice((("USD",), ("USD", "USD", "EUR"), CURRENCIES))
        sales = [self._sale(names.pop(), days, partners, currencies) for _ in range(random.randint(2, 14))]
        returns = [self._return(names.pop(), sales, days) for _ in range(random.choice((0, 0, 1, 2, 3, 5)))]
        rows = sales + returns
        if random.random() < 0.15:
            again = dict(random.choice(rows))
            rows.append(again | random.choice(({}, {"quantity": "4"}, {"customer_name": "Other"}, {"channel": " "})))
        if random.random() < 0.15:
            column, text = random.choice(SPOILT)
            rows.append(self._sale(names.pop(), days, partners) | {column: text})
        random.shuffle(rows)
        return rows

    def _sale(
        self, name: str, days: Sequence[str], partners: Sequence[str], currencies: Sequence[str] = CURRENCIES
    ) -> Row:
        random = self.random
        return {
            "external_id": name, "partner_code": random.choice(partners),
            "sku": random.choice(("R1", "T1", "H1")), "sold_on": random.choice(days),
            "quantity": random.choice(QUANTITIES), "net_amount": random.choice(AMOUNTS),
            "currency": random.choice(currencies), "invoice_no": random.choice(("", "I1", "I2")),
            "customer_code": random.choice(("", "K1", "K1", "K2", "K3")),
            "customer_segment": random.choice(("", "school")),
            "customer_industry": random.choice(("", "steel", "Steel")),
            "channel": random.choice(("", "web", " web ", "shop")), "deal_ref": random.choice(("", "", "D1")),
            "days_to_pay": random.choice(("", "30", "30.0", "45", "-3")), "sold_by": random.choice(("", "Ann", "Bo")),
            "reverses": random.choice(("", "", "", "1")),
            "attr.grade": random.choice(("", "2", "10", "2.50", "abc")),
        }  # fmt: skip

    def _return(self, name: str, sales: Sequence[Row], days: Sequence[str]) -> Row:
        """Of a part, all or more than all; now and then of nothing, of the unknown or of something else."""
        random = self.random
        original = random.choice(sales)
        part = random.choice((0.5, 1, 1, 0.3, 2))
        row = original | {
            "external_id": name, "reverses": original["external_id"], "sold_on": random.choice(days),
            "quantity": _minus(original["quantity"], part), "net_amount": _minus(original["net_amount"], part),
        }  # fmt: skip
        odd = random.random()
        if odd < 0.3:
            customer = random.choice(("", "K2", "K9"))
            row |= {"currency": random.choice(CURRENCIES), "sold_by": "", "customer_code": customer}
        elif odd < 0.4:
            row |= {"channel": "web", "attr.grade": "", "invoice_no": "I2", "customer_segment": "school"}
        elif odd < 0.5:
            row |= random.choice((
                {"reverses": ""}, {"reverses": "UNKNOWN"}, {"reverses": name}, {"sku": "R1"}, {"partner_code": "A"},
                {"quantity": "0"},
            ))  # fmt: skip
        if random.random() < 0.3:
            # The same day: what a vendor books as a correction.
            row["sold_on"] = original["sold_on"]
        return row


def _minus(text: str, part: float) -> str:
    """Part of a number of at most three decimals, negated."""
    thousandths = round(float(text) * part * 1000)
    return f"-{thousandths // 1000}.{thousandths % 1000:03}"


def world_of(seed: int) -> World:
    return WorldMaker(Random(seed)).world()
