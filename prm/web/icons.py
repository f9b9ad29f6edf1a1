"""Lucide icons inlined into the page: no font, no request, coloured by the text around them."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from django.utils.safestring import SafeString, mark_safe

_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_ATTRS = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
    'stroke-linejoin="round" width="18" height="18" aria-hidden="true" focusable="false"'
)


class UnknownIconError(KeyError):
    """The pinned Lucide has no icon of that name; names change between its releases."""


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """The inline svg of `name` with class `icon` and the classes in `css` (both from our own templates)."""
    try:
        source = _archive().read(f"{name}.svg").decode()
    except KeyError:
        raise UnknownIconError(name) from None
    match = _SHAPES.search(source)
    shapes = re.sub(r"\s*\n\s*", "", match[1]) if match else ""
    css = f" {css}" if css else ""
    return mark_safe(f'<svg class="icon{css}" {_ATTRS}>{shapes}</svg>')  # noqa: S308 - the package's own drawings
