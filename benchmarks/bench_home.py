"""The partner's home page against a bare view that reads one row, on demo data, through the whole middleware stack."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.test import Client, override_settings

from portal.demo.story import vendor_create
from portal.demo.vendors import DEMO
from prm.identity.models import User

ROUNDS = 9
REQUESTS = 30


def main() -> dict[str, float]:
    vendor_create(DEMO)
    client = Client(SERVER_NAME=f"{DEMO.slug}.localhost")
    client.force_login(User.objects.get(email="partner@demo.test"))
    with override_settings(ROOT_URLCONF="benchmarks.urls"):
        pages: dict[str, Callable[[], None]] = {
            "home": lambda: _get(client, "/p/"),
            "bare": lambda: _get(client, "/bare"),
        }
        for page in pages.values():
            page()
        times = {name: [_seconds(page) for _ in range(ROUNDS)] for name, page in pages.items()}
    return {"home_page": statistics.median(times["home"]) / statistics.median(times["bare"])}


def _get(client: Client, url: str) -> None:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")


def _seconds(page: Callable[[], None]) -> float:
    started = time.perf_counter()
    for _ in range(REQUESTS):
        page()
    return time.perf_counter() - started
