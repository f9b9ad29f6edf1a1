from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def amount(label: StrOrPromise, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=24, decimal_places=4, **options)
