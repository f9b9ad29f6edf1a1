from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for everybody: it says what there is, not what anybody has."""
    return HttpResponse(_document(), content_type="application/vnd.oai.openapi+json")


@cache
def _document() -> str:
    """Made once in a process: it takes half a second, and depends on nothing but the code."""
    with translation.override("en"):
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
        document = generator.get_schema(request=None, public=True)
    return json.dumps(document, ensure_ascii=False)
