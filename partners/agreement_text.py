"""The text of agreements: variables in double braces, and a little markup. Pure: no database, no Django models.

A line that starts with `# ` is a heading, `## ` a smaller one, `- ` a point of a list; an empty line ends a paragraph.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

VARIABLES: Mapping[str, object] = {
    "agreement_number": gettext_lazy("Number of the agreement"),
    "vendor_name": gettext_lazy("Name of the vendor"),
    "partner_name": gettext_lazy("Name of the partner"),
    "partner_legal_name": gettext_lazy("Legal name of the partner"),
    "partner_code": gettext_lazy("Partner code"),
    "partner_type": gettext_lazy("Type of the partner"),
    "partner_region": gettext_lazy("Region of the partner"),
    "partner_country": gettext_lazy("Country of the partner"),
    "partner_tier": gettext_lazy("Tier of the partner"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "term_months": gettext_lazy("Term in months"),
    "renewal_notice_days": gettext_lazy("Notice before the renewal, in days"),
    "territory": gettext_lazy("Territories that are granted"),
    "product_lines": gettext_lazy("Product lines that are granted"),
    "programs": gettext_lazy("Programs that are granted"),
    "benefits": gettext_lazy("Benefits that are granted"),
    "predecessor_number": gettext_lazy("Number of the agreement that is amended or renewed"),
}
"""What every agreement knows. Templates add fields of their own."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is heading, subheading, item or paragraph."""

    kind: str
    text: str


def variables_in(text: str) -> set[str]:
    return {match[1] for match in _VARIABLE.finditer(text)}


def faults_of(text: str, known: Collection[str]) -> list[str]:
    """Variables that nobody knows and braces without a partner, each with its line and column."""
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _VARIABLE.finditer(line):
            if match[1] not in known:
                said = _("Line %(line)d, character %(column)d: “%(name)s” is no known variable.")
                faults.append(said % {"line": number, "column": match.start() + 1, "name": match[1]})
        rest = _VARIABLE.sub(lambda match: " " * len(match[0]), line)
        for match in _BRACES.finditer(rest):
            said = _("Line %(line)d, character %(column)d: these braces have no partner.")
            faults.append(said % {"line": number, "column": match.start() + 1})
    return faults


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced; those without a value stay as they are. A value is never read as markup."""
    return _VARIABLE.sub(lambda match: _one_line(values[match[1]]) if values.get(match[1]) else match[0], text)


def blocks_of(text: str) -> list[Block]:
    blocks: list[Block] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            blocks.append(Block("paragraph", _joined(lines)))
            lines.clear()

    for raw in text.splitlines():
        line = raw.strip()
        for mark, kind in (("## ", "subheading"), ("# ", "heading"), ("- ", "item")):
            if line.startswith(mark):
                close()
                blocks.append(Block(kind, line.removeprefix(mark).strip()))
                break
        else:
            if line:
                lines.append(line)
            else:
                close()
    close()
    return blocks


def day_text(day: dt.date | None, language: str) -> str:
    """A day as contracts write it: 1 December 2026, 2026年12月1日."""
    if day is None:
        return "无固定期限" if language == "zh" else "no fixed end"
    return format_date(day, "long", locale="zh_Hans" if language == "zh" else "en_GB")


def list_text(values: Sequence[str], language: str) -> str:
    if not values:
        return "无" if language == "zh" else "none"
    return ("、" if language == "zh" else ", ").join(values)


def _joined(lines: Sequence[str]) -> str:
    """Lines of Chinese meet without a blank."""
    text = lines[0]
    for line in lines[1:]:
        text += line if _HAN.match(text[-1]) or _HAN.match(line[0]) else f" {line}"
    return text


def _one_line(value: str) -> str:
    return " ".join(value.split()).lstrip("#- ")
