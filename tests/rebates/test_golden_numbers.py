"""Every worked number that a program can say, through the production engine; the docs give reasons for the others."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tests.rebates.engine_run import Engine
from tests.rebates.golden import PRINTED, WORKED, Golden

DOC = Path(__file__).resolve().parents[2] / "docs" / "rebate-examples.md"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("golden", PRINTED, ids=lambda golden: golden.name)
def test_numbers_of_the_examples(engine: Engine, golden: Golden, research_numbers: dict[str, list[Fraction]]) -> None:
    assert golden.read([engine(world) for world in golden.worlds]) == research_numbers[golden.name]


@pytest.mark.parametrize("golden", WORKED, ids=lambda golden: golden.name)
def test_numbers_of_other_peoples_documents(engine: Engine, golden: Golden, worked: dict[str, list[Fraction]]) -> None:
    assert golden.read([engine(world) for world in golden.worlds]) == worked[golden.name]


def test_what_is_not_tested_is_explained(
    research_numbers: dict[str, list[Fraction]], worked: dict[str, list[Fraction]]
) -> None:
    """Each example either is a test or stands in the table, never both and never neither."""
    text = DOC.read_text(encoding="utf-8").replace("\\*", "*")
    cells = [row.split("|")[1].strip() for row in text.splitlines() if row.startswith("| ")]
    explained = {
        name for cell in cells if cell != "Example" for part in cell.split(";") for name in _names(part.strip())
    }
    tested = {golden.name for golden in (*PRINTED, *WORKED)}
    assert tested | explained == research_numbers.keys() | worked.keys()
    assert not tested & explained


def _names(part: str) -> list[str]:
    """One name, or several that begin alike: `order (1, 2), (2, 1)`, or ids: `WE05, WE07`."""
    if re.fullmatch(r"WE\d\d(, WE\d\d)*", part):
        return part.split(", ")
    orders = re.findall(r"\([1-4](?:, [1-4]){3}\)", part)
    return [f"{part.split(orders[0], maxsplit=1)[0]}{order}" for order in orders] if orders else [part]
