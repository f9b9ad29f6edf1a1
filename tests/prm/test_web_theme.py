"""The tenant's colours: readable whatever the tenant chose, and the two dark blocks never drift apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prm.web import theme

CSS = Path(__file__).resolve().parents[2] / "prm" / "web" / "static" / "css"
BRANDS = [
    "#2d5be3",  # the product's own
    "#ff6a00",
    "#ffd400",
    "#7fdbff",
    "#000000",
    "#ffffff",
    "#0b3d2e",
    "#e4002b",
    "#7a00ff",
    "#808080",
    "#00ff00",
]


@pytest.mark.parametrize("color", BRANDS)
def test_every_pair_with_text_keeps_aa(color: str) -> None:
    for ramp, surfaces in ((theme.light, theme.LIGHT_SURFACES), (theme.dark, theme.DARK_SURFACES)):
        made = {name: theme.parse(value) for name, value in ramp(theme.parse(color)).items()}
        for fill in ("brand", "brand-hover"):
            assert theme.contrast(made[fill], made["on-brand"]) >= 4.5, (color, ramp.__name__, fill)
        for surface in (*surfaces, made["brand-soft"]):
            assert theme.contrast(made["brand-text"], surface) >= 4.5, (color, ramp.__name__, surface)
        assert theme.contrast(made["c1"], surfaces[0]) >= 3, (color, ramp.__name__)
        for text in (theme.NIGHT_DIM, theme.WHITE):
            assert theme.contrast(made["night-glow"], text) >= 4.5, (color, ramp.__name__)


def test_a_readable_brand_is_left_as_it_is() -> None:
    assert theme.light(theme.parse("#2d5be3"))["brand"] == "#2d5be3"
    # Yellow keeps its hue and takes dark text instead of turning brown.
    assert theme.light(theme.parse("#ffd400"))["on-brand"] == theme.to_hex(theme.INK)


@pytest.mark.parametrize("broken", ["", "red", "#12345", "#1234567", "#00000g", "};*{display:none}"])
def test_a_broken_colour_is_the_products_own(broken: str) -> None:
    assert theme.parse(broken) == theme.parse(theme.DEFAULT)
    assert "}*" not in theme.stylesheet(broken)


def test_known_contrasts() -> None:
    assert theme.contrast(theme.BLACK, theme.WHITE) == pytest.approx(21)
    assert theme.contrast((118, 118, 118), theme.WHITE) == pytest.approx(4.54, abs=0.01)


def test_the_two_dark_blocks_are_equal() -> None:
    text = (CSS / "tokens.css").read_text()
    blocks = re.findall(r"/\* dark:start \*/(.*?)/\* dark:end \*/", text, re.DOTALL)
    assert len(blocks) == 2
    first, second = ([line.strip() for line in block.splitlines() if line.strip()] for block in blocks)
    assert first == second
    assert len(first) > 30


def _tokens(block: str) -> dict[str, theme.Rgb]:
    return {name: theme.parse(value) for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block)}


def test_the_tokens_keep_aa() -> None:
    text = (CSS / "tokens.css").read_text()
    light = _tokens(text[: text.index("dark:start")])
    dark = light | _tokens(text[text.index("dark:start") : text.index("dark:end")])
    for tokens in (light, dark):
        for surface in ("bg", "surface", "sunken", "hover", "side-bg"):
            for ink in ("ink", "ink-2", "ink-3", "brand-text"):
                assert theme.contrast(tokens[ink], tokens[surface]) >= 4.5, (ink, surface)
        for tone in ("ok", "warn", "bad", "info"):
            for surface in ("surface", f"{tone}-soft"):
                assert theme.contrast(tokens[tone], tokens[surface]) >= 4.5, (tone, surface)
            assert theme.contrast(tokens["ink"], tokens[f"{tone}-soft"]) >= 4.5
        # The edge of an input is a mark, not text.
        assert theme.contrast(tokens["field"], tokens["surface"]) >= 3


def test_the_tokens_default_is_the_ramp_of_the_default() -> None:
    text = (CSS / "tokens.css").read_text()
    light = _tokens(text[: text.index("dark:start")])
    assert theme.to_hex(light["brand"]) == theme.DEFAULT
    assert theme.contrast(light["brand"], light["on-brand"]) >= 4.5
