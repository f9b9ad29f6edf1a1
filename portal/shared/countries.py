"""Countries by their names in the reader's language."""

from __future__ import annotations

import gettext
from functools import lru_cache

import pycountry
from django.utils.translation import get_language


def country_choices(language: str = "") -> list[tuple[str, str]]:
    """(code, name), by name."""
    return list(_choices(_locale(language)))


def country_name(code: str, language: str = "") -> str:
    """The code itself where there is no such country."""
    return dict(_choices(_locale(language))).get(code, code)


def _locale(language: str) -> str:
    return "zh_CN" if (language or get_language() or "").startswith("zh") else "en"


@lru_cache(maxsize=4)
def _choices(locale: str) -> tuple[tuple[str, str], ...]:
    texts = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[locale], fallback=True)
    named = [
        (one.alpha_2, texts.gettext(getattr(one, "common_name", one.name)) if locale != "en" else _english(one))
        for one in pycountry.countries
    ]
    return tuple(sorted(named, key=lambda pair: (_pinyin(pair[1]), pair[0])))


def _english(country: object) -> str:
    return str(getattr(country, "common_name", getattr(country, "name", "")))


def _pinyin(name: str) -> bytes:
    """Han characters of the basic set are ordered by their reading in GB 2312."""
    return name.encode("gb18030", errors="replace")
