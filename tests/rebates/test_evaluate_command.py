# ruff: noqa: E501 (tables of cases read better with one case in a line)
"""`rebates_evaluate`: outputs, refused rows, unusable input, nothing left behind."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

pytestmark = pytest.mark.django_db

PARTNERS = """code,name,type,region,country,tags,tier,tier_from
B,Beta,VAR,Europe,DE,key;old,silver,
B,Beta,VAR,Europe,DE,key;old,gold,2024-02-01
A,Alpha,VAR,Europe,DE,,,
"""
PRODUCTS = "sku,name,line,category,unit_cost\nR1,Road one,Road,Bikes,40\nT1,Touring one,Touring,Bikes,\n"
FX = "date,from_currency,to_currency,rate\n2024-01-01,EUR,USD,1.1\n2024-02-01,EUR,USD,1.2\n"
SALES = """external_id,partner_code,sku,sold_on,quantity,net_amount,currency,reverses
1,A,R1,2024-01-10,10,1000.00,USD,
10,A,R1,2024-01-31,10,1000.00,EUR,
9,A,R1,2024-02-01,10,1000.00,EUR,
11,B,T1,2024-01-31,1,500.00,USD,
12,B,R1,2024-02-01,1,500.00,USD,
13,A,R1,2024-04-02,-1,-100.00,USD,1
14,A,R1,2024-04-02,-1,-100.00,USD,
15,A,R1,2024-02-02,5,50,JPY,
"""


def program(**changes: Any) -> dict[str, Any]:
    return {
        "code": "Q", "currency": "USD", "period": "quarter",
        "calculation": {"type": "retroactive", "bands": [{"rate": "0.01"}, {"from": "3000", "rate": "0.1"}]},
    } | changes  # fmt: skip


class Run:
    def __init__(self, directory: Path, capsys: Any) -> None:
        self.directory, self.capsys = directory, capsys
        self.out = directory / "out"
        self.files = {"partners.csv": PARTNERS, "products.csv": PRODUCTS, "sales.csv": SALES, "fx.csv": FX}
        self.programs: Any = [program()]

    def __call__(self, **options: Any) -> dict[str, Any]:
        for name, text in self.files.items():
            (self.directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        programs = self.programs if isinstance(self.programs, str) else json.dumps(self.programs)
        (self.directory / "programs.json").write_text(programs)
        files = {name: self.directory / f"{name}.csv" for name in ("partners", "products", "sales", "fx")}
        call_command(
            "rebates_evaluate", **(files | {"programs": self.directory / "programs.json", "out": self.out} | options)
        )
        report = json.loads(self.capsys.readouterr().out)
        assert isinstance(report, dict)
        return report

    def read(self, name: str) -> list[list[str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture
def run(tmp_path: Path, capsys: Any) -> Run:
    return Run(tmp_path, capsys)


def test_outputs(run: Run) -> None:
    report = run()
    assert run.read("accruals.csv") == [
        ["Q", "A", "2024-Q1", "3200", "320.00", "USD", ""],
        ["Q", "B", "2024-Q1", "1000", "10.00", "USD", ""],
    ]
    assert run.read("lines.csv") == [
        ["Q", "1", "100.00"], ["Q", "10", "110.00"], ["Q", "11", "5.00"], ["Q", "12", "5.00"], ["Q", "13", "-10.00"],
        ["Q", "9", "120.00"],
    ]  # fmt: skip
    assert run.read("exceptions.csv") == [
        ["14", "", "return_without_original"],
        ["15", "Q", "no_rate JPY->USD on 2024-02-02"],
    ]
    assert report["sales"] == {"rows": 8, "accepted": 8, "skipped": 0, "refused": 0}
    assert (report["programs"], report["accruals"], report["lines"], report["exceptions"]) == (1, 2, 6, 2)
    assert {"sales", "evaluate", "lines", "total"} <= report["seconds"].keys()


def test_outputs_are_sorted_by_code_point(run: Run) -> None:
    run.programs = [program(code=code) for code in ("b", "B", "é", "Z", "10", "9")]
    run()
    codes = [row[0] for row in run.read("accruals.csv")]
    assert codes == sorted(codes)
    for name in ("accruals.csv", "lines.csv", "exceptions.csv"):
        rows = run.read(name)
        assert rows == sorted(rows)


def test_tier_on_the_day_of_sale_and_at_period_end(run: Run) -> None:
    gold = {"field": "partner.tier", "op": "eq", "value": "gold"}
    run.programs = [program(code="SALE", scope=gold), program(code="END", scope=gold, partner_as_of="period_end")]
    run()
    assert [row[:4] for row in run.read("accruals.csv")] == [
        ["END", "B", "2024-Q1", "1000"],
        ["SALE", "B", "2024-Q1", "500"],
    ]
    run(as_of=date(2024, 1, 31))
    assert run.read("accruals.csv") == []


def test_margin_needs_a_cost_and_quantity_needs_no_rate(run: Run) -> None:
    run.programs = [program(code="M", measure="margin"), program(code="N", measure="quantity")]
    run()
    rows = {(row[0], row[1]): row[3] for row in run.read("accruals.csv")}
    # A: 3200 less 29 units at 40, the returned one given back; B: the line without a cost does not count.
    assert rows == {("M", "A"): "2040", ("M", "B"): "460", ("N", "A"): "34", ("N", "B"): "2"}
    assert run.read("exceptions.csv") == [
        ["11", "M", "no_unit_cost"], ["14", "", "return_without_original"], ["15", "M", "no_rate JPY->USD on 2024-02-02"],
    ]  # fmt: skip


def test_fiscal_year_and_base_currency(run: Run) -> None:
    run.programs = [program(code="M", measure="margin", period="year", currency="USD")]
    run(fiscal_start_month=2, base_currency="EUR")
    # To the end of January: 1000 + 1100 - 100 less 19 units at 40 EUR × 1.1; from February at 1.2.
    rows = {tuple(row[:3]): row[3] for row in run.read("accruals.csv")}
    assert rows == {("M", "A", "2024"): "1164", ("M", "A", "2025"): "720", ("M", "B", "2025"): "452"}


def test_refused_rows_are_listed_and_the_rest_counts(run: Run) -> None:
    run.files["sales.csv"] = SALES + (
        "20,A,R1,31/02/2024,1,5,USD,\n21,X,R1,2024-01-10,1,5,USD,\n22,A,NOPE,2024-01-10,1,5,USD,\n23,A,R1,2024-01-10,,5,USD,\n"
        "24,A,R1,2024-01-10,1,1e3,USD,\n25,A,R1,2024-01-10,1,5,EURO,\n1,A,R1,2024-01-10,10,1001.00,USD,\n"
        f"26,A,R1,2024-01-10,1,{'9' * 100_000},USD,\n1,A,R1,2024-01-10,10.0,1000,USD,\n"
    )
    report = run()
    assert report["sales"] == {"rows": 17, "accepted": 8, "skipped": 1, "refused": 8}
    refused = [row for row in run.read("exceptions.csv") if row[2].startswith("refused: ")]
    assert [row[:2] for row in refused] == [["1", ""], *[[str(i), ""] for i in range(20, 27)]]
    assert [row[3] for row in run.read("accruals.csv")] == ["3200", "1000"]


def test_refused_rows_of_other_files_are_counted(run: Run) -> None:
    run.files["partners.csv"] = PARTNERS + "A,Other name,VAR,Europe,DE,,,\nC,Gamma,VAR,Europe,Germany,,,\n"
    run.files["fx.csv"] = FX + "2024-01-01,EUR,USD,1.3\n2024-01-01,EUR,GBP,0\n2024-01-01,EUR,USD,1.10\n"
    report = run()
    assert report["partners"]["refused"] == 2
    assert report["fx"] == {"rows": 5, "accepted": 2, "skipped": 1, "refused": 2}
    assert [row[3] for row in run.read("accruals.csv")] == ["3200", "1000"]


def test_targets_are_checked(run: Run, tmp_path: Path) -> None:
    targets = tmp_path / "targets.csv"
    targets.write_text(
        "program_code,partner_code,period,target\nQ,A,2024-Q1,100\nQ,A,2024-Q1,100.0\nQ,A,2024-Q1,200\nQ,A,2024-Q5,1\nQ,Z,2024-Q1,1\nQ,B,2024-Q1,0\n"
    )
    assert run(targets=targets)["targets"] == {"rows": 6, "accepted": 1, "skipped": 1, "refused": 4}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sales.csv": "external_id,partner_code\n1,A\n"}, "sales.csv: These columns are missing: sku, sold_on, quantity, net_amount, currency"),
        ({"sales.csv": ""}, "sales.csv: The file is empty."),
        ({"partners.csv": b"code,name\n\xc3\x28\xff\xff\n"}, "partners.csv: "),
        ({"products.csv": b"PK\x03\x04garbage"}, "products.csv: "),
    ],
)  # fmt: skip
def test_unusable_files(run: Run, change: dict[str, Any], message: str) -> None:
    run.files |= change
    with pytest.raises(CommandError) as caught:
        run()
    assert caught.value.returncode == 2
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not run.out.exists()


@pytest.mark.parametrize(
    ("programs", "message"),
    [
        ("[", "programs.json: $: This is not JSON: line 1, column 2."),
        ([program(), program(code="R", period="week")], "programs.json: $[1].period: Unknown value."),
        (
            [program(calculation={"type": "spiff", "amount": 1}, measure="net_amount")],
            "programs.json: $[0].measure: Unknown value. Possible: quantity.",
        ),
    ],
)
def test_a_refused_program_file_writes_nothing(run: Run, programs: Any, message: str) -> None:
    run.programs = programs
    with pytest.raises(CommandError) as caught:
        run()
    assert caught.value.returncode == 2
    assert message in str(caught.value)
    assert not run.out.exists()


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run(sales=tmp_path / "nowhere.csv")
    assert caught.value.returncode == 2
    assert str(caught.value).endswith("nowhere.csv: No such file or directory")


def test_an_output_that_can_not_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError) as caught:
        run(out=tmp_path / "file" / "out")
    assert caught.value.returncode == 2


def test_nothing_is_left_behind(run: Run) -> None:
    tables = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
    rows = "SELECT (SELECT count(*) FROM commerce_saleline), (SELECT count(*) FROM partners_partner)"
    with connection.cursor() as cursor:
        cursor.execute(tables)
        before = cursor.fetchone()
        run()
        cursor.execute(tables)
        assert cursor.fetchone() == before
        cursor.execute(rows)
        assert cursor.fetchone() == (0, 0)
    run()
    assert [path.name for path in sorted(run.out.iterdir())] == ["accruals.csv", "exceptions.csv", "lines.csv"]


def test_an_empty_program_list_and_header_only_sales(run: Run) -> None:
    run.programs = []
    assert run()["accruals"] == 0
    run.programs = [program()]
    run.files["sales.csv"] = SALES.splitlines()[0] + "\n"
    assert run()["accruals"] == 0
    assert run.read("lines.csv") == []
