"""Codes of new partners, by a vendor's pattern: {####} is a running number, {YYYY} the year, {CC} the country."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from prm.errors import Invalid

PATTERN = re.compile(r"^[A-Za-z0-9._/-]*(?:\{(?:YYYY|CC|#{1,9})\}[A-Za-z0-9._/-]*)+$")
NUMBER = re.compile(r"\{(#{1,9})\}")
LONGEST = 40


def pattern_clean(text: str) -> str:
    """Raises `Invalid` for a pattern that makes no codes of its own."""
    pattern = text.strip()
    if len(pattern) > LONGEST or not PATTERN.match(pattern) or len(NUMBER.findall(pattern)) != 1:
        message = _("Letters, digits and . _ / - with one running number such as {####}; {YYYY} and {CC} are possible.")
        raise Invalid(fields={"code_pattern": [message]})
    return pattern


def code_made(pattern: str, *, number: int, year: int, country: str) -> str:
    text = NUMBER.sub(lambda found: str(number).zfill(len(found.group(1))), pattern)
    return text.replace("{YYYY}", str(year)).replace("{CC}", country or "XX")
