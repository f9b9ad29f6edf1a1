"""Company names made comparable: width, case, punctuation, script, legal forms; and what two companies share by them.

`name_key` is the whole name without its legal form: 北京华为技术有限公司 and 北京華為技術 有限責任公司 are one.
`core_key` leaves out the place and the words that many share, too: 深圳市华为技术有限公司 is 华为. Two with one
core are worth a look, no more.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from partners.recruitment.words import COMMON_EN, COMMON_ZH, LEGAL_EN, LEGAL_ZH, PLACES_ZH

CJK = re.compile(r"[\u3400-\u9fff]")
_BRACKETS = re.compile(r"[(\[【〔〈《][^)\]】〕〉》]*[)\]】〕〉》]")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_DOTTED = re.compile(r"\b((?:\w\.){1,4}\w?)(?=\W|$)")

LEAST = 2
"""Characters that a core must have left to say anything."""


def folded(text: str) -> str:
    """Half width, lower case, simplified characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return str(_simplifier().convert(plain)) if CJK.search(plain) else plain


def name_key(name: str) -> str:
    """The name without legal form, punctuation and blanks; "" when nothing is left."""
    text = folded(name)
    if CJK.search(text):
        return _without_legal_zh("".join(_WORD.findall(text)))
    words = _words(text)
    return "".join(_trimmed(words)) or "".join(words)


def core_key(name: str) -> str:
    """The part of the name that is the company's own; "" when too little is left to compare."""
    text = folded(name)
    if CJK.search(text):
        return _core_zh(_BRACKETS.sub("", text))
    words = _trimmed(_words(_BRACKETS.sub(" ", text)))
    own = [word for word in words if word not in COMMON_EN]
    core = "".join(sorted(own))
    return core if len(core) > LEAST else ""


def _core_zh(text: str) -> str:
    core = _without_legal_zh("".join(_WORD.findall(text)))
    for place in PLACES_ZH:
        if core.startswith(place) and len(core) > len(place) + 1:
            core = core.removeprefix(place).removeprefix("省").removeprefix("市")
    shorter = True
    while shorter:
        ending = next((word for word in COMMON_ZH if core.endswith(word) and len(core) - len(word) >= LEAST), "")
        core, shorter = core.removesuffix(ending), bool(ending)
    return core if len(core) >= LEAST and core not in COMMON_ZH else ""


def _without_legal_zh(text: str) -> str:
    for form in LEGAL_ZH:
        if text.endswith(form) and len(text) - len(form) >= LEAST:
            return text.removesuffix(form)
    return text


def _words(text: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    # S.p.A. and Sp. z o.o. are written with and without dots.
    joined = _DOTTED.sub(lambda found: found.group(1).replace(".", ""), plain.replace("'", "").replace("’", ""))
    return _WORD.findall(joined.replace("z o.o", "zoo").replace("z oo", "zoo"))


def _trimmed(words: list[str]) -> list[str]:
    """Legal forms stand at the end, and at the beginning in some languages; one in the middle belongs to the name."""
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LEGAL_EN:
        kept.pop()
    while len(kept) > 1 and kept[0] in {"the", "pt", "ooo", "zao"}:
        kept.pop(0)
    return kept


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
