"""A tenant's colour ramp from one hex colour.

Every pair that carries text keeps WCAG AA: text 4.5:1, marks 3:1. The tenant's colour is moved towards black or white
only as far as that needs, so that an amber brand stays amber where it can.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Rgb = tuple[int, int, int]
DEFAULT = "#2d5be3"
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
INK: Rgb = (16, 20, 27)
LIGHT_SURFACES: tuple[Rgb, ...] = (WHITE, (247, 248, 250), (241, 243, 246), (233, 236, 241))
DARK_SURFACES: tuple[Rgb, ...] = ((20, 23, 28), (10, 12, 16), (26, 30, 37), (36, 42, 51))
NIGHT_DIM: Rgb = (185, 195, 209)

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def parse(color: str) -> Rgb:
    """`#rrggbb` to a triple; anything else is the product's own colour."""
    text = color if _HEX.fullmatch(color) else DEFAULT
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def to_hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def luminance(rgb: Rgb) -> float:
    """Relative luminance of WCAG 2."""
    channels = [c / 255 for c in rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: Rgb, b: Rgb) -> float:
    """Contrast ratio of WCAG 2, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """`share` of `a` in `b`."""
    return tuple(round(x * share + y * (1 - share)) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _until(color: Rgb, towards: Rgb, good: Callable[[Rgb], bool]) -> Rgb:
    """`color` moved towards another in 2 per cent steps until it is good."""
    for step in range(51):
        candidate = mix(towards, color, step / 50)
        if good(candidate):
            return candidate
    return towards


def _readable(surfaces: tuple[Rgb, ...], ratio: float) -> Callable[[Rgb], bool]:
    return lambda c: all(contrast(c, s) >= ratio for s in surfaces)


def _text_on(color: Rgb) -> Rgb:
    return WHITE if contrast(color, WHITE) >= 4.5 else INK


def _fill(color: Rgb, towards: Rgb, surface: Rgb) -> Rgb:
    """A button's colour: readable text on it, and a visible edge against the page for every brand but the palest."""

    def good(c: Rgb) -> bool:
        return contrast(c, _text_on(c)) >= 4.5 and contrast(c, surface) >= (1.5 if towards == BLACK else 2.2)

    return _until(color, towards, good)


def light(brand: Rgb) -> dict[str, str]:
    """Custom properties of the light theme."""
    pale = luminance(brand) > 0.42
    fill = _fill(brand, BLACK, WHITE) if pale else _until(brand, BLACK, lambda c: contrast(c, WHITE) >= 4.5)
    text_on = _text_on(fill)
    # Hover goes away from its text, so it never loses contrast.
    hover = mix(BLACK, fill, 0.14) if text_on == WHITE else mix(WHITE, fill, 0.16)
    soft = mix(brand, WHITE, 0.1)
    text = _until(brand, BLACK, _readable((*LIGHT_SURFACES, soft), 4.5))
    mark = _until(brand, BLACK, _readable((WHITE,), 3.0))
    return {
        "brand": to_hex(fill),
        "brand-hover": to_hex(hover),
        "on-brand": to_hex(text_on),
        "brand-text": to_hex(text),
        "brand-soft": to_hex(soft),
        "brand-line": to_hex(mix(brand, WHITE, 0.28)),
        "night-glow": to_hex(_glow(brand)),
        "c1": to_hex(mark),
    }


def dark(brand: Rgb) -> dict[str, str]:
    """Custom properties of the dark theme."""
    surface = DARK_SURFACES[0]
    fill = _fill(brand, WHITE, surface)
    text_on = _text_on(fill)
    hover = mix(BLACK, fill, 0.1) if text_on == WHITE else mix(WHITE, fill, 0.16)
    soft = mix(brand, surface, 0.2)
    text = _until(brand, WHITE, _readable((*DARK_SURFACES, soft), 4.5))
    mark = _until(brand, WHITE, _readable((surface,), 3.6))
    return {
        "brand": to_hex(fill),
        "brand-hover": to_hex(hover),
        "on-brand": to_hex(text_on),
        "brand-text": to_hex(text),
        "brand-soft": to_hex(soft),
        "brand-line": to_hex(mix(brand, surface, 0.42)),
        "night-glow": to_hex(_glow(brand)),
        "c1": to_hex(mark),
    }


def _glow(brand: Rgb) -> Rgb:
    """The corner of the wallet card: the dim text above it stays readable even for a yellow brand."""
    return _until(brand, BLACK, lambda c: contrast(c, NIGHT_DIM) >= 4.5)


def _block(selector: str, properties: dict[str, str]) -> str:
    body = "".join(f"--{name}:{value};" for name, value in properties.items())
    return f"{selector}{{{body}}}"


@lru_cache(maxsize=256)
def stylesheet(color: str) -> str:
    """The tenant's stylesheet; unlayered, so it wins over the tokens."""
    brand = parse(color)
    night = dark(brand)
    return "\n".join(
        [
            _block(":root", light(brand)),
            "@media screen{",
            _block(':root[data-theme="dark"]', night),
            "}",
            "@media screen and (prefers-color-scheme:dark){",
            _block(':root:not([data-theme="light"])', night),
            "}",
            "",
        ]
    )
