"""What programs come to at a small vendor, in plain Python, by the specification's words line by line.

It shares with the engine nothing but the condition matcher and the calendar, which have tests of their own.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rebates.engine.conditions import matches
from rebates.engine.program import Program
from tests.rebates.small_vendor import Line, Vendor


@dataclass
class Reckoned:
    """(program, partner, period) → (measure, payout), the allocation of each, and the exceptions."""

    results: dict[tuple[str, str, str], tuple[Fraction, Decimal]]
    shares: dict[tuple[str, str, str], dict[str, Decimal]]
    exceptions: set[tuple[str, str, str]]


DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}


def reckon(vendor: Vendor, programs: list[Program], as_of: date | None = None) -> Reckoned:
    lines = {line.external_id: line for line in vendor.lines if as_of is None or line.sold_on <= as_of}
    reckoned = Reckoned({}, {}, set())
    for line in lines.values():
        if line.is_return and orphan(line, lines):
            reckoned.exceptions.add((line.external_id, "", orphan(line, lines)))
    for program in programs:
        found: dict[tuple[str, str, str], dict[str, Fraction]] = {}
        for line in lines.values():
            if line.is_return and orphan(line, lines):
                continue
            origin = lines[line.reverses] if line.is_return and program.returns == "restate" else line
            if not counts(vendor, program, origin, as_of):
                continue
            value = measure(vendor, program, line, origin)
            if isinstance(value, str):
                reckoned.exceptions.add((line.external_id, program.code, value))
                continue
            key = (program.code, line.partner, vendor.calendar.period(program.period, origin.sold_on).key)
            found.setdefault(key, {})[line.external_id] = value
        for key, values in found.items():
            total = sum(values.values(), Fraction(0))
            payout = rounded(raw_payout(program, total), DIGITS[program.currency])
            reckoned.results[key] = (total, payout)
            reckoned.shares[key] = spread(payout, values, DIGITS[program.currency])
    return reckoned


def orphan(line: Line, lines: dict[str, Line]) -> str:
    if not line.reverses:
        return "return_without_original"
    original = lines.get(line.reverses)
    if original is None:
        return "return_of_unknown_line"
    if original.is_return:
        return "return_of_a_return"
    if (original.partner, original.sku) != (line.partner, line.sku):
        return "return_of_another_partners_or_products_line"
    return ""


def counts(vendor: Vendor, program: Program, line: Line, as_of: date | None) -> bool:
    first, last = program.valid_from or date.min, program.valid_to or date.max
    if not first <= line.sold_on <= last:
        return False
    return matches(program.scope, lambda name: cell(vendor, program, line, name, as_of))


def cell(  # noqa: PLR0911 (one return for each field)
    vendor: Vendor, program: Program, line: Line, name: str, as_of: date | None
) -> Any:
    room, _, key = name.partition(".")
    if name == "partner.tier":
        day = line.sold_on
        if program.partner_as_of == "period_end":
            day = min(vendor.calendar.period(program.period, day).end, as_of or date.max)
        past = [(since, tier) for since, tier in vendor.tiers.get(line.partner, []) if since <= day]
        return max(past)[1] or None if past else None
    if room == "partner":
        kind, region, country, tags = vendor.partners[line.partner]
        return {"code": line.partner, "type": kind, "region": region, "country": country, "tags": tags}[key] or None
    if room == "product":
        product_line, category, brand, _cost = vendor.products[line.sku]
        return {"sku": line.sku, "line": product_line, "category": category, "brand": brand}[key] or None
    if name.startswith("sale.attr."):
        return dict(line.attrs).get(name.removeprefix("sale.attr.")) or None
    if key == "deal_registered":
        return bool(line.deal_ref)
    if key == "days_to_pay":
        return None if line.days_to_pay is None else Decimal(line.days_to_pay)
    return getattr(line, key, None) or None if key not in ("quantity", "net_amount") else getattr(line, key)


def rate(vendor: Vendor, source: str, target: str, day: date) -> Fraction | None:
    if source == target:
        return Fraction(1)
    known = [(since, r) for (a, b, since), r in vendor.rates.items() if (a, b) == (source, target) and since <= day]
    return Fraction(max(known)[1]) if known else None


def measure(vendor: Vendor, program: Program, line: Line, origin: Line) -> Fraction | str:
    if program.measure == "quantity":
        return Fraction(line.quantity)
    line_rate = rate(vendor, line.currency, program.currency, origin.sold_on)
    if line_rate is None:
        return f"no_rate {line.currency}->{program.currency} on {origin.sold_on}"
    amount = Fraction(line.net_amount) * line_rate
    if program.measure == "net_amount":
        return amount
    cost = vendor.products[line.sku][3]
    if cost is None:
        return "no_unit_cost"
    cost_rate = rate(vendor, vendor.base_currency, program.currency, origin.sold_on)
    if cost_rate is None:
        return f"no_rate {vendor.base_currency}->{program.currency} on {origin.sold_on}"
    return amount - Fraction(line.quantity) * Fraction(cost) * cost_rate


def raw_payout(program: Program, total: Fraction) -> Fraction:
    document = program.to_json()["calculation"]
    bands = [(Fraction(band["from"]), Fraction(band["rate"])) for band in document["bands"]]
    if total <= 0:
        return Fraction(0)
    if document["type"] == "retroactive":
        return total * max([(start, value) for start, value in bands if start <= total], default=(0, Fraction(0)))[1]
    ends = [start for start, _ in bands[1:]] + [total]
    return sum(
        (max(Fraction(0), min(end, total) - start) * value for (start, value), end in zip(bands, ends, strict=True)),
        Fraction(0),
    )


def rounded(value: Fraction, digits: int) -> Decimal:
    units = int(abs(value) * 10**digits + Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-digits)


def spread(payout: Decimal, values: dict[str, Fraction], digits: int) -> dict[str, Decimal]:
    """Largest remainder over the contributions; the payouts here are never negative."""
    units = int(payout.scaleb(digits))
    weights = dict(values)
    if sum(weights.values()) == 0:
        weights = {key: abs(value) for key, value in weights.items()}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, Fraction(1))
    total = sum(weights.values())
    shares = {key: units * weight / total for key, weight in weights.items()}
    floors = {key: share.numerator // share.denominator for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: (floors[key] - shares[key], key))
    for key in by_remainder[: units - sum(floors.values())]:
        floors[key] += 1
    return {key: Decimal(count).scaleb(-digits) for key, count in floors.items()}
