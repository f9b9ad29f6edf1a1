"""Real reseller sales through `rebates_evaluate`, against a computation in plain Python over the same CSV files."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db

BANDS = {
    "ROAD-Q": [("0", "0.02"), ("25000", "0.035"), ("100000", "0.05")],
    "EUROPE-M": [("1000", "0.01"), ("20000", "0.03")],
    "TOP-TIERS-Q": [("0", "0.005"), ("60000", "0.015")],
    "POUND-M": [("500", "0.0125"), ("15000", "0.0225")],
}
PROGRAMS: list[dict[str, Any]] = [
    {
        "code": "ROAD-Q", "currency": "USD", "period": "quarter",
        "scope": {"field": "product.line", "op": "eq", "value": "Road"},
        "calculation": {"type": "marginal"},
    },
    {
        "code": "EUROPE-M", "currency": "USD", "period": "month", "valid_from": "2011-06-15",
        "scope": {"all": [
            {"field": "partner.region", "op": "in", "value": ["Europe", "Pacific"]},
            {"not": {"field": "product.category", "op": "eq", "value": "Clothing"}},
        ]},
        "calculation": {"type": "retroactive"},
    },
    {
        "code": "TOP-TIERS-Q", "currency": "USD", "period": "quarter", "valid_to": "2012-11-30",
        "scope": {"any": [
            {"field": "partner.tier", "op": "in", "value": ["gold", "platinum"]},
            {"field": "sale.quantity", "op": "gte", "value": 20},
        ]},
        "calculation": {"type": "retroactive"},
    },
    {
        "code": "POUND-M", "currency": "GBP", "period": "month",
        "scope": {"field": "sale.currency", "op": "in", "value": ["GBP", "EUR"]},
        "calculation": {"type": "marginal"},
    },
]  # fmt: skip
for program in PROGRAMS:
    program["calculation"]["bands"] = [{"from": start, "rate": rate} for start, rate in BANDS[program["code"]]]

Row = dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def in_scope(code: str, sale: Row, partner: Row, product: Row) -> bool:
    if code == "ROAD-Q":
        return product["line"] == "Road"
    if code == "EUROPE-M":
        in_region = partner["region"] in ("Europe", "Pacific")
        return in_region and product["category"] != "Clothing" and sale["sold_on"] >= "2011-06-15"
    if code == "TOP-TIERS-Q":
        return (partner["tier"] in ("gold", "platinum") or int(sale["quantity"]) >= 20) and sale[
            "sold_on"
        ] <= "2012-11-30"
    return sale["currency"] in ("GBP", "EUR")


def payout(code: str, measure: Fraction) -> Decimal:
    """Written without the engine: slices for the marginal programs, one rate for the others; half up to cents."""
    bands = [(Fraction(start), Fraction(rate)) for start, rate in BANDS[code]]
    if code in ("ROAD-Q", "POUND-M"):
        tops = [start for start, _ in bands[1:]] + [max(measure, bands[-1][0])]
        raw = sum(
            (
                max(min(measure, top) - start, Fraction(0)) * rate
                for (start, rate), top in zip(bands, tops, strict=True)
            ),
            Fraction(0),
        )
    else:
        reached = [rate for start, rate in bands if measure >= start]
        raw = measure * reached[-1] if reached else Fraction(0)
    return Decimal(int(raw * 100 + Fraction(1, 2))).scaleb(-2)


def expected(data: Path) -> tuple[dict[tuple[str, str, str], tuple[Fraction, Decimal]], set[tuple[str, str, str]]]:
    partners = {row["code"]: row for row in rows(data / "partners.csv")}
    products = {row["sku"]: row for row in rows(data / "products.csv")}
    rates: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in rows(data / "fx.csv"):
        rates[row["from_currency"]].append((row["date"], Fraction(row["rate"])))
    measures: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    exceptions = set()
    for sale in rows(data / "sales.csv"):
        for program in PROGRAMS:
            code, currency = program["code"], program["currency"]
            if not in_scope(code, sale, partners[sale["partner_code"]], products[sale["sku"]]):
                continue
            if sale["currency"] == currency:
                rate = Fraction(1)
            elif currency == "GBP":  # the file has rates to USD only
                exceptions.add((sale["external_id"], code, f"no_rate {sale['currency']}->GBP on {sale['sold_on']}"))
                continue
            else:
                rate = max((day, value) for day, value in rates[sale["currency"]] if day <= sale["sold_on"])[1]
            year, month, _ = sale["sold_on"].split("-")
            key = f"{year}-{month}" if program["period"] == "month" else f"{year}-Q{(int(month) + 2) // 3}"
            measures[code, sale["partner_code"], key] += Fraction(sale["net_amount"]) * rate
    return {key: (measure, payout(key[0], measure)) for key, measure in measures.items()}, exceptions


def test_four_programs_over_two_years_agree_to_the_cent(shared_data: Path, tmp_path: Path, capsys: Any) -> None:
    data = shared_data / "adventureworks"
    programs = tmp_path / "programs.json"
    programs.write_text(json.dumps(PROGRAMS))
    call_command(
        "rebates_evaluate", partners=data / "partners.csv", products=data / "products.csv", sales=data / "sales.csv",
        fx=data / "fx.csv", programs=programs, out=tmp_path / "out",
    )  # fmt: skip
    report = json.loads(capsys.readouterr().out)
    assert report["sales"] == {"rows": 32315, "accepted": 32315, "skipped": 0, "refused": 0}

    results, exceptions = expected(data)
    accruals = {(r["program_code"], r["partner_code"], r["period"]): r for r in rows(tmp_path / "out" / "accruals.csv")}
    assert accruals.keys() == results.keys()
    assert {key: row["payout"] for key, row in accruals.items()} == {
        key: str(paid) for key, (_, paid) in results.items()
    }
    for key, (measure, _) in results.items():
        assert abs(Fraction(accruals[key]["measure"]) - measure) <= Fraction(5, 10**7)
    assert len(results) > 2_000 and len({key[0] for key in results}) == 4  # noqa: PT018 (the data is what it was)

    found = {(r["external_id"], r["program_code"], r["reason"]) for r in rows(tmp_path / "out" / "exceptions.csv")}
    assert found == exceptions

    shares: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(tmp_path / "out" / "lines.csv"):
        shares[row["program_code"]] += Decimal(row["payout"])
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (code, _, _), (_, paid) in results.items():
        totals[code] += paid
    assert shares == totals


def test_as_of_leaves_out_what_was_sold_later(shared_data: Path, tmp_path: Path, capsys: Any) -> None:
    data = shared_data / "adventureworks"
    programs = tmp_path / "programs.json"
    programs.write_text(json.dumps(PROGRAMS[:1]))
    call_command(
        "rebates_evaluate", partners=data / "partners.csv", products=data / "products.csv", sales=data / "sales.csv",
        fx=data / "fx.csv", programs=programs, out=tmp_path / "out", as_of=date(2011, 6, 30),
    )  # fmt: skip
    capsys.readouterr()
    periods = {row["period"] for row in rows(tmp_path / "out" / "accruals.csv")}
    assert periods == {"2010-Q4", "2011-Q1", "2011-Q2"}
