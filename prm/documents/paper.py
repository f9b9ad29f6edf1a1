"""An A4 page that fills itself: a head on the first one, a foot with page numbers, rows that are never cut in two."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF

from prm.documents.fonts import fonts_write

INK, GREY, LINE, PALE = (24, 28, 37), (96, 104, 120), (214, 219, 228), (245, 247, 250)
ZERO_WIDTH_SPACE = "\u200b"
# Lines break after any Han character, yet not before closing and not after opening punctuation.
_BREAKS = re.compile(r"(?<=[\u3001-\u9fff\uff00-\uffef])(?<![（“《【])(?=[^，。、；：）”》】！？%\s])")
MARGIN = 18
WIDTH = 210 - 2 * MARGIN
Color = tuple[int, int, int]


def breakable(text: str) -> str:
    """With a zero-width space where a line of Chinese may break."""
    return _BREAKS.sub(ZERO_WIDTH_SPACE, text)


class Paper(FPDF):
    """`foot` stands at the bottom of every page before the page's number."""

    def __init__(self, folder: Path, characters: frozenset[str], *, foot: str, made_at: dt.datetime) -> None:
        super().__init__(format="A4")
        self.foot = foot
        for style, path in fonts_write(folder, characters).items():
            self.add_font("noto", style, path)
        self.set_creation_date(made_at)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=22)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-14)
        self.write_in(8, GREY)
        self.cell(WIDTH / 2, 5, self.foot)
        self.cell(WIDTH / 2, 5, f"{self.page_no()} / {{nb}}", align="R")

    def write_in(self, size: float, color: Color = INK, *, bold: bool = False) -> None:
        self.set_font("noto", "B" if bold else "", size)
        self.set_text_color(*color)

    def rule(self, color: Color = LINE, width: float = 0.2) -> None:
        self.set_draw_color(*color)
        self.set_line_width(width)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())

    def lines_of(self, width: float, text: str) -> list[str]:
        """The text broken into lines of this width in the present font."""
        if not text:
            return []
        lines: Any = self.multi_cell(width, 1, breakable(text), dry_run=True, output="LINES", align="L")
        return [line.replace(ZERO_WIDTH_SPACE, "") for line in lines]

    def height_of(self, width: float, text: str, step: float) -> float:
        return step * len(self.lines_of(width, text))

    def block(self, x: float, width: float, text: str, step: float) -> float:
        """Write text in a column from the present height; returns where it ends and stays at the height."""
        top = bottom = self.get_y()
        for line in self.lines_of(width, text):
            self.set_xy(x, bottom)
            self.cell(width, step, line)
            bottom += step
        self.set_xy(MARGIN, top)
        return bottom

    def room(self, height: float) -> bool:
        """Go to a new page unless there is room for this height; True when it did."""
        if not self.will_page_break(height):
            return False
        self.add_page()
        return True

    def pairs(self, rows: Sequence[tuple[str, str]], x: float, width: float, label: float = 30) -> float:
        """Label and value, one below the other; returns the height at the end."""
        top = self.get_y()
        for name, value in rows:
            self.write_in(8.5, GREY)
            end = self.block(x, label, name, 5)
            self.write_in(9)
            self.set_y(max(end, self.block(x + label, width - label, value or "—", 5)) + 0.8)
        bottom = float(self.get_y())
        self.set_y(top)
        return bottom
