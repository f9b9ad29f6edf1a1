"""Cut the interface font down to what the pages use: Inter, Latin, upright, weights 400 to 700, as one woff2."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

TARGET = Path(__file__).resolve().parents[2] / "static" / "build"
# Latin with diacritics, punctuation, currency signs, arrows and the minus. Han text is set in the system's fonts.
UNICODES = ",".join(
    [
        "U+0020-007E,U+00A0-017F,U+2010-2015,U+2018-201E,U+2020-2022,U+2026",
        "U+2030,U+2032-2033,U+20A0-20BF,U+2190-2193,U+2212",
    ]
)
FEATURES = ["kern", "liga", "calt", "tnum", "case", "ccmp", "locl", "mark", "mkmk"]
CSS = """@font-face {
  font-family: "Inter";
  font-style: normal;
  font-weight: 400 700;
  font-display: swap;
  src: url("inter.woff2") format("woff2");
  unicode-range: U+0020-007E, U+00A0-017F, U+2010-2026, U+2030-2033, U+20A0-20BF, U+2190-2193, U+2212;
}
"""


class Command(BaseCommand):
    help = "Build the font that the pages use. Without it they are set in the system's fonts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build again although the result exists")

    def handle(self, *, force: bool, verbosity: int, **_options: Any) -> None:
        font, sheet = TARGET / "inter.woff2", TARGET / "fonts.css"
        if font.exists() and sheet.exists() and sheet.read_text() == CSS and not force:
            return
        TARGET.mkdir(parents=True, exist_ok=True)
        _subset(font)
        sheet.write_text(CSS)
        if verbosity:
            self.stdout.write(f"{font.name}: {font.stat().st_size:,} bytes")


def _keep_hyphens_narrow(font: Any) -> None:
    """Tabular figures must line up; the hyphens of dates and minus signs beside them must not be as wide as a digit."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            mapping = getattr(getattr(table, "ExtSubTable", table), "mapping", None)
            if mapping and mapping.get("hyphen", "").endswith(".tf"):
                del mapping["hyphen"]


def _subset(target: Path) -> None:
    from fontTools.subset import Options, Subsetter, parse_unicodes
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    options = Options(layout_features=FEATURES, notdef_outline=True)
    font = TTFont(str(files("fontpkg_inter").joinpath("files/Inter[opsz,wght].ttf")))
    _keep_hyphens_narrow(font)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(UNICODES))
    subsetter.subset(font)
    whole = BytesIO()
    font.save(whole)
    # Read again: the instancer must not meet glyphs that the first pass has dropped.
    font = instantiateVariableFont(TTFont(BytesIO(whole.getvalue())), {"opsz": 14, "wght": (400, 700)})
    font.flavor = "woff2"
    # Written aside and moved, so that a killed build leaves no half font behind.
    partial = target.with_suffix(".part")
    font.save(str(partial))
    partial.replace(target)
