"""The statement on paper, in one language: what it pays, why, in words, and who stood up for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from prm.db.scope import require_tenant
from prm.documents.capitals import capitals
from prm.documents.paper import GREY, INK, LINE, MARGIN, PALE, WIDTH, Color, Paper
from prm.identity.actor import Actor
from prm.money import plain
from prm.web import text
from rebates.causes import cause_text
from rebates.discretion import is_private
from rebates.models import Dispute, Statement, StatementLine
from rebates.selectors.disputes import disputes_by_line, held_sum
from rebates.selectors.programs import program_name, program_sentence
from rebates.selectors.statements import statement_get, statement_lines
from rebates.states import DISPUTE_OPEN, StatementStatus

AMOUNT, PERIOD, COUNTED = 34, 24, 36
"""Widths of the columns in millimetres; the program has the rest."""
STRAIGHT = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    notes: str
    period: str
    counted: str
    amount: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is written on the paper, in the reader's language."""

    title: str
    number: str
    vendor: str
    left: list[tuple[str, str]]
    right: list[tuple[str, str]]
    heads: list[str]
    rows: list[Row]
    sums: list[tuple[str, str]]
    total: tuple[str, str]
    words: tuple[str, str]
    signatures: list[tuple[str, list[tuple[str, str]]]]
    seal: str
    foot: str

    @property
    def characters(self) -> frozenset[str]:
        return frozenset(_letters(asdict(self)))


def statement_pdf(actor: Actor, statement_id: UUID, language: str) -> Document:
    """The same statement in the same state gives the same bytes. Raises `NotFound` as `statement_get` does."""
    statement = statement_get(actor, statement_id)
    lines = list(statement_lines(actor, statement_id))
    disputes = disputes_by_line(actor, statement_id)
    tenant = require_tenant()
    with translation.override(language), timezone.override(ZoneInfo(tenant.time_zone)):
        content = _content(statement, lines, disputes)
        name = f"{statement}-{statement.partner.code}-{statement.period.key}.pdf"
    made_at = max(filter(None, [statement.created_at, statement.approved_at, statement.agreed_at]))
    with TemporaryDirectory() as folder:
        paper = Paper(Path(folder), content.characters, foot=content.foot, made_at=made_at)
        paper.set_title(f"{content.title} {content.number}")
        paper.set_lang(language)
        _draw(paper, content, _color(tenant.brand_color))
        return Document(name, bytes(paper.output()))


def _content(statement: Statement, lines: list[StatementLine], disputes: dict[UUID, Dispute]) -> Content:
    partner, period, currency = statement.partner, statement.period, statement.currency
    held = held_sum(disputes.values())
    sums = [
        (_("Held back while disputed"), text.money(-held, currency)),
        (_("Undisputed part"), text.money(statement.total - held, currency)),
    ]
    # Chinese readers compare figures with words.
    words = (_("In words"), capitals(statement.total, statement.currency)) if text.language() == "zh" else ("", "")
    return Content(
        title=_("Rebate statement"),
        number=str(statement),
        vendor=require_tenant().name,
        left=[(_("Partner"), partner.legal_name or partner.name), (_("Partner code"), partner.code)],
        right=[
            (_("Period"), f"{period.key} ({period.starts_on:%Y-%m-%d} – {period.ends_on:%Y-%m-%d})"),
            (_("Currency"), statement.currency),
        ],
        heads=[_("Program"), _("Earned in"), _("Counted"), _("Amount")],
        rows=[_row(line, statement, disputes.get(line.pk)) for line in lines],
        sums=sums if held else [],
        total=(_("Total"), text.money(statement.total, currency)),
        words=words,
        signatures=[
            (require_tenant().name, _vendor_facts(statement)), (partner.legal_name or partner.name, _review(statement)),
        ],
        seal=_("Signature and company seal"),
        foot=f"{require_tenant().name} · {statement}",
    )  # fmt: skip


def _row(line: StatementLine, statement: Statement, dispute: Dispute | None) -> Row:
    language = translation.get_language() or "en"
    notes = [program_sentence(line.version, language)]
    if line.adjustment is not None:
        notes = [_("Adjustment of %(period)s.") % {"period": line.adjustment.origin_period_key}]
        notes.append(cause_text(line.adjustment))
    if dispute is not None and dispute.status in DISPUTE_OPEN:
        notes.append(_("Disputed (%(number)s): held back until it is decided.") % {"number": dispute})
    # The paper is the partner's, whoever asks for it.
    is_hidden = line.adjustment is not None or is_private(line.version.definition)
    counted = "" if is_hidden else _measured(line.measure, line.version.definition)
    name = f"{program_name(line.version, language)} ({line.version.program.code} v{line.version.number})"
    # The font's curly quotes are as wide as a Han character.
    joined = "".join(notes) if text.language() == "zh" else " ".join(notes).translate(STRAIGHT)
    return Row(name, joined, line.period_key, counted, text.money(line.amount, statement.currency))


def _measured(measure: Decimal, definition: dict[str, Any]) -> str:
    if definition.get("measure") == "quantity":
        return text.number(Decimal(plain(measure)))
    return text.money(measure, definition["currency"])


def _vendor_facts(statement: Statement) -> list[tuple[str, str]]:
    approved = f"{statement.approved_by_label} {_day(statement.approved_at)}".strip()
    return [
        (_("Prepared by"), f"{statement.prepared_by_label} {_day(statement.created_at)}"),
        (_("Approved by"), approved),
    ]


def _review(statement: Statement) -> list[tuple[str, str]]:
    if statement.agreed_at is not None:
        by = statement.agreed_by_label or _("by the end of the review")
        return [(_("Agreed"), f"{by} {_day(statement.agreed_at)}")]
    if statement.status == StatementStatus.IN_REVIEW and statement.review_ends_on:
        return [(_("In review until"), statement.review_ends_on.isoformat())]
    return []


def _day(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def _color(brand: str) -> Color:
    return int(brand[1:3], 16), int(brand[3:5], 16), int(brand[5:7], 16)


def _letters(value: Any) -> str:
    """All text in a structure of lists, tuples and dicts."""
    if isinstance(value, str):
        return value
    inside = value.values() if isinstance(value, dict) else value
    return "".join(_letters(one) for one in inside)


def _draw(paper: Paper, content: Content, color: Color) -> None:
    paper.write_in(11, color, bold=True)
    paper.cell(WIDTH * 0.6, 7, content.vendor)
    paper.write_in(9, GREY)
    paper.cell(WIDTH * 0.4, 7, content.number, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.rule(color, 0.6)
    paper.set_y(paper.get_y() + 6)
    paper.write_in(18, bold=True)
    paper.cell(WIDTH, 10, content.title, new_x="LMARGIN", new_y="NEXT")
    paper.set_y(paper.get_y() + 3)
    half = WIDTH / 2 - 3
    ends = paper.pairs(content.left, MARGIN, half), paper.pairs(content.right, MARGIN + half + 6, half)
    paper.set_y(max(ends) + 5)
    _heads(paper, content)
    for row in content.rows:
        _line(paper, content, row)
    _sums(paper, content)
    _signatures(paper, content)


def _heads(paper: Paper, content: Content) -> None:
    paper.write_in(8.5, GREY, bold=True)
    paper.set_fill_color(*PALE)
    widths = (WIDTH - PERIOD - COUNTED - AMOUNT, PERIOD, COUNTED, AMOUNT)
    for head, width, align in zip(content.heads, widths, "LLRR", strict=True):
        paper.cell(width, 7.5, head, align=align, fill=True)
    paper.ln(7.5)
    paper.rule()


def _line(paper: Paper, content: Content, row: Row) -> None:
    name_width, note_width = WIDTH - PERIOD - COUNTED - AMOUNT, WIDTH - AMOUNT
    paper.write_in(9.5, bold=True)
    name_height = max(5.0, paper.height_of(name_width, row.name, 5))
    paper.write_in(8, GREY)
    height = name_height + paper.height_of(note_width, row.notes, 4) + 5
    if paper.room(height):
        _heads(paper, content)
    top = paper.get_y()
    paper.set_y(top + 2)
    paper.write_in(9.5, bold=True)
    paper.block(MARGIN, name_width, row.name, 5)
    paper.write_in(9)
    for value, x, width, align in (
        (row.period, MARGIN + name_width, PERIOD, "L"),
        (row.counted, MARGIN + name_width + PERIOD, COUNTED, "R"),
        (row.amount, MARGIN + WIDTH - AMOUNT, AMOUNT, "R"),
    ):
        paper.set_xy(x, top + 2)
        paper.cell(width, 5, value, align=align)
    paper.set_xy(MARGIN, top + 2 + name_height + 0.5)
    paper.write_in(8, GREY)
    if row.notes:
        paper.block(MARGIN, note_width, row.notes, 4)
    paper.set_xy(MARGIN, top + height)
    paper.rule()


def _sums(paper: Paper, content: Content) -> None:
    paper.room(8.0 + 6 * len(content.sums) + (14 if content.words[1] else 0))
    paper.write_in(11, bold=True)
    paper.cell(WIDTH - 60, 10, content.total[0])
    paper.cell(60, 10, content.total[1], align="R", new_x="LMARGIN", new_y="NEXT")
    paper.write_in(9)
    for name, amount in content.sums:
        paper.cell(WIDTH - 60, 6, name)
        paper.cell(60, 6, amount, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.rule(INK, 0.4)
    if content.words[1]:
        paper.set_y(paper.get_y() + 2.5)
        paper.write_in(8.5, GREY)
        paper.block(MARGIN, 24, content.words[0], 6)
        paper.write_in(10.5)
        paper.set_y(paper.block(MARGIN + 24, WIDTH - 24, content.words[1], 6))


def _signatures(paper: Paper, content: Content) -> None:
    paper.set_y(paper.get_y() + 10)
    paper.room(44)
    top, half = paper.get_y(), WIDTH / 2 - 3
    for x, (title, facts) in zip((MARGIN, MARGIN + half + 6), content.signatures, strict=True):
        paper.set_draw_color(*LINE)
        paper.set_line_width(0.2)
        paper.rect(x, top, half, 40, round_corners=True, corner_radius=2)
        paper.set_xy(x, top + 3)
        paper.write_in(9, bold=True)
        end = paper.block(x + 3, half - 6, title, 5)
        paper.set_y(end + 1)
        paper.pairs(facts, x + 3, half - 6, label=26)
        paper.set_xy(x + 3, top + 33)
        paper.write_in(8, GREY)
        paper.cell(half - 6, 5, content.seal)
        paper.set_xy(MARGIN, top)
