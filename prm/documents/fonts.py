"""Noto Sans SC in two weights, cut to the characters of one document."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib.instancer import instantiateVariableFont

SOURCE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
WEIGHTS = {"": 400, "B": 700}
# Typesetting by rules that a statement does not need; without them cutting is ten times as fast.
UNUSED = ("GSUB", "GPOS", "BASE", "STAT", "VVAR", "vhea", "vmtx")
ALWAYS = "".join(map(chr, range(0x20, 0x7F)))
ZERO_WIDTH = "uni200B"


@lru_cache(maxsize=64)
def fonts_for(characters: frozenset[str]) -> dict[str, bytes]:
    """fpdf2's style letter → a TrueType file with these characters and ASCII."""
    font = TTFont(str(files("justmytype_intl_cjk").joinpath(SOURCE)), lazy=True, recalcTimestamp=False)
    for table in UNUSED:
        if table in font:
            del font[table]
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True, hinting=False))
    subsetter.populate(text=ALWAYS + "".join(sorted(characters)))
    subsetter.subset(font)
    whole = _saved(font)
    return {style: _saved(_weighing(whole, weight)) for style, weight in WEIGHTS.items()}


def fonts_write(folder: Path, characters: frozenset[str]) -> dict[str, Path]:
    """The files of `fonts_for` in a folder; fpdf2 reads fonts from files."""
    paths = {}
    for style, content in fonts_for(characters).items():
        paths[style] = folder / f"noto{style}.ttf"
        paths[style].write_bytes(content)
    return paths


def _weighing(content: bytes, weight: int) -> TTFont:
    font = instantiateVariableFont(TTFont(BytesIO(content), recalcTimestamp=False), {"wght": weight})
    _add_zero_width_space(font)
    return font


def _add_zero_width_space(font: TTFont) -> None:
    """Where lines may break; the font has none, and what a font lacks is drawn as an empty box."""
    font.setGlyphOrder([*font.getGlyphOrder(), ZERO_WIDTH])
    font["glyf"][ZERO_WIDTH] = Glyph()
    font["hmtx"][ZERO_WIDTH] = (0, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x200B] = ZERO_WIDTH


def _saved(font: TTFont) -> bytes:
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()
