"""A review pack on paper: the last actions first, then figures of both sides, trends, goals, texts, new actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from partners.selectors.scorecards import about
from partners.states.plans import ActionStatus, Side
from partners.states.scorecards import FigureState
from portal.shared.figure_text import figure_text
from prm import clock
from prm.db.scope import require_tenant
from prm.documents.paper import GREY, INK, MARGIN, PALE, WIDTH, Color, Paper
from prm.web import text
from rebates.states import DisputeReason

Row = Sequence[str]
Block = dict[str, Any]
RED: Color = (190, 40, 50)
BARS = 34


def review_pdf(review: Any, pack: dict[str, Any], language: str) -> tuple[str, bytes]:
    """(file name, content). A held review gives the same bytes for the same reader's language and rights."""
    kept = pack["kept"]
    with translation.override(language):
        blocks = _blocks(pack)
        tenant = require_tenant()
        head = [_("Business review"), review.partner.name, review.period_key, tenant.name]
        foot = f"{tenant.name} · {review.partner.name} · {review.period_key}"
        if kept is not None:
            foot += f" · {kept.sha256[:16]}"
        made_at: dt.datetime = kept.held_at if kept is not None else clock.now()
        with TemporaryDirectory() as folder:
            letters = frozenset("".join(_letters([head, foot, blocks])))
            paper = Paper(Path(folder), letters, foot=foot, made_at=made_at)
            paper.set_title(f"{head[0]} {head[2]}")
            paper.set_lang(language)
            _draw(paper, head, blocks, _color(tenant.brand_color))
            return f"review-{review.partner.code}-{review.period_key}.pdf", bytes(paper.output())


def _blocks(pack: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    if pack["before"]:
        blocks.append({"title": _("Actions of the last review"), "rows": [_action(one) for one in pack["before"]]})
    for section, data in pack["sections"]:
        blocks += _SECTIONS[section.code](str(section.title), data)
    blocks += [{"title": str(title), "text": said} for title, said in pack["texts"]]
    if pack["actions"]:
        blocks.append({"title": _("New actions"), "rows": [_action(one) for one in pack["actions"]]})
    return blocks


def _action(one: dict[str, str]) -> Row:
    state = str(ActionStatus(one["status"]).label)
    note = f" ({one['note']})" if one["note"] else ""
    return [f"{one['title']}{note}", f"{one['owner']} · {Side(one['side']).label}", one["due_on"], state]


def _scorecard(title: str, data: Block) -> list[Block]:
    scores = _("Partner %(own)s · Vendor %(promised)s") % {
        "own": data["partner_score"] or "—", "promised": data["vendor_score"] or "—",
    }  # fmt: skip
    heads = [_("Figure"), _("Value"), _("Target"), _("State")]
    rows = [_figure(one) for one in (*data["own"], *data["promised"])]
    return [{"title": title, "text": scores, "heads": heads, "rows": rows}]


def _figure(one: dict[str, Any]) -> Row:
    what = about(one["side"], one["metric"])
    name = str(what.name) if what else one["metric"]
    promised = f" ({Side.VENDOR.label})" if one["side"] == Side.VENDOR else ""
    value = figure_text(Decimal(one["value"]) if one["value"] is not None else None, one["unit"])
    kept = f" ({one['kept']}/{one['due']})" if one["due"] else ""
    target = figure_text(Decimal(one["target"]), one["unit"])
    return [name + promised, value + kept, target, str(FigureState(one["state"]).label)]


def _trend(title: str, data: Block) -> list[Block]:
    chart = data["chart"]
    values = chart["series"][0]["values"]
    said = [text.money_compact(value, data["currency"]) for value in values]
    return [{"title": f"{title} ({data['currency']})", "bars": list(zip(chart["cats"], values, said, strict=True))}]


def _plan(title: str, data: Block) -> list[Block]:
    heads = [_("Goal"), _("Now"), _("Target"), _("Progress")]
    rows = []
    for one in data["goals"]:
        now = figure_text(Decimal(one["value"]) if one["value"] else None, one["unit"], one["currency"])
        target = figure_text(Decimal(one["target"]), one["unit"], one["currency"])
        rows.append([one["title"], now, target, text.percent(Decimal(one["share"]), 0) if one["share"] else "—"])
    return [{"title": f"{title} {data['year']}", "text": data["title"], "heads": heads, "rows": rows}]


def _tier(title: str, data: Block) -> list[Block]:
    moves = [f"{one['on']}: {one['tier'] or _('No tier')}" for one in data["moves"]]
    return [{"title": title, "text": " · ".join([data["tier"] or _("No tier"), *moves])}]


def _issues(title: str, data: Block) -> list[Block]:
    rows = [
        [one["number"], str(DisputeReason(one["reason"]).label), one["due_on"],
         text.money(Decimal(one["amount"]), one["currency"])]
        for one in data["disputes"]
    ]  # fmt: skip
    said = _("Nothing is open.") if not rows else ""
    if data["exceptions"]:
        said = _("%(count)s sale lines could not be counted.") % {"count": data["exceptions"]}
    return [{"title": title, "text": said, "rows": rows}]


_SECTIONS = {
    "scorecard": _scorecard, "revenue": _trend, "earnings": _trend, "plan": _plan, "tier": _tier, "issues": _issues,
}  # fmt: skip


def _draw(paper: Paper, head: list[str], blocks: list[Block], color: Color) -> None:
    paper.write_in(11, color, bold=True)
    paper.cell(WIDTH * 0.6, 7, head[3])
    paper.write_in(9, GREY)
    paper.cell(WIDTH * 0.4, 7, head[2], align="R", new_x="LMARGIN", new_y="NEXT")
    paper.rule(color, 0.6)
    paper.set_y(paper.get_y() + 6)
    paper.write_in(18, bold=True)
    paper.cell(WIDTH, 10, head[0], new_x="LMARGIN", new_y="NEXT")
    paper.write_in(11, GREY)
    paper.cell(WIDTH, 6, head[1], new_x="LMARGIN", new_y="NEXT")
    for block in blocks:
        _draw_block(paper, block, color)


def _draw_block(paper: Paper, block: Block, color: Color) -> None:
    paper.set_y(paper.get_y() + 6)
    paper.room(26.0 + (BARS if "bars" in block else 0))
    paper.write_in(11.5, bold=True)
    paper.set_y(paper.block(MARGIN, WIDTH, block["title"], 6) + 1)
    if block.get("text"):
        _draw_text(paper, block["text"])
    if block.get("heads"):
        _draw_row(paper, block["heads"], is_head=True)
    for row in block.get("rows", []):
        _draw_row(paper, row)
    if block.get("bars"):
        _draw_bars(paper, block["bars"], color)


def _draw_text(paper: Paper, said: str) -> None:
    for line in said.splitlines():
        paper.write_in(9.5)
        paper.room(paper.height_of(WIDTH, line, 5))
        paper.set_y(paper.block(MARGIN, WIDTH, line, 5) if line else paper.get_y() + 3)


def _draw_row(paper: Paper, row: Row, *, is_head: bool = False) -> None:
    widths = (WIDTH - 104, 44.0, 30.0, 30.0)
    paper.write_in(8.5 if is_head else 9, GREY if is_head else INK, bold=is_head)
    height = max([5.0, *(paper.height_of(width - 2, cell, 4.6) for width, cell in zip(widths, row, strict=True))]) + 2
    paper.room(height)
    top, x = paper.get_y(), float(MARGIN)
    if is_head:
        paper.set_fill_color(*PALE)
        paper.rect(MARGIN, top, WIDTH, height, style="F")
    for place, (width, cell) in enumerate(zip(widths, row, strict=True)):
        paper.write_in(8.5 if is_head else 9, GREY if is_head or place else INK, bold=is_head)
        paper.set_y(top + 1)
        paper.block(x, width - 2, cell, 4.6)
        x += width
    paper.set_xy(MARGIN, top + height)
    paper.rule()


def _draw_bars(paper: Paper, bars: Sequence[tuple[str, Decimal, str]], color: Color) -> None:
    """Columns over a base line with their amounts; what is below zero hangs under it, in red."""
    most = max((abs(value) for _cat, value, _said in bars), default=Decimal(0)) or Decimal(1)
    top, step = paper.get_y() + 5, WIDTH / len(bars)
    base = top + BARS - 12
    for place, (cat, value, said) in enumerate(bars):
        x, height = MARGIN + place * step, float(abs(value) / most) * (BARS - 18)
        paper.set_fill_color(*(color if value >= 0 else RED))
        paper.rect(x + step * 0.2, base - height if value >= 0 else base, step * 0.6, max(height, 0.2), style="F")
        paper.write_in(6.5, GREY)
        paper.set_xy(x, base - height - 4.5 if value >= 0 else base - 4.5)
        paper.cell(step, 4, said, align="C")
        paper.set_xy(x, base + 1.5 + (height if value < 0 else 0))
        paper.cell(step, 4, cat, align="C")
    paper.set_xy(MARGIN, top + BARS - 4)


def _letters(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [letter for one in value.values() for letter in _letters(one)]
    if isinstance(value, (list, tuple)):
        return [letter for one in value for letter in _letters(one)]
    return [str(value)]


def _color(brand: str) -> Color:
    return int(brand[1:3], 16), int(brand[3:5], 16), int(brand[5:7], 16)
