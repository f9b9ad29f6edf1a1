"""The session's database, servers and processes; the cast that tests play with.

Tests run on the embedded PostgreSQL as `prm_app`, never as owner or superuser: row-level security is part of what is
tested. Set-up: `prm/local/testing.py`; real worker and web processes: `prm/testing/processes.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from prm.local import testing, translations
from prm.testing.browser import ARGUMENTS, DESKTOP, PHONE, chromium, sign_in
from prm.testing.database import scratch_database
from prm.testing.make import Cast, make_cast, make_tenant
from prm.testing.processes import SiteProcess, WorkerProcesses, running

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

translations.compile_stale()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With xdist, tests that share something expensive share a process: each file of browser tests is a group.

    Groups start first, being longest, the walks through all pages before all others, so that they run side by side.
    """
    ranks: dict[pytest.Item, int] = {}
    for item in items:
        names = getattr(item, "fixturenames", ())
        own = item.get_closest_marker("xdist_group")
        group = own.args[0] if own else ""
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        if own is None and "live_site" in names:
            group = f"site-{item.path.stem}"
        elif own is None and "celery_worker_process" in names:
            group = "worker"
        if group and own is None:
            item.add_marker(pytest.mark.xdist_group(group))
        ranks[item] = 0 if group.startswith("walk") else 1 if group else 2
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=ranks.__getitem__)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    setattr(item, f"report_{report.when}", report)


# The database


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this process's own; `flush` after transaction tests goes past prm_app, which cannot TRUNCATE."""
    slot = testing.claimed_slot()
    with django_db_blocker.unblock(), scratch_database() as kept, pytest.MonkeyPatch.context() as patch:
        redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()

        def empty(_case: TransactionTestCase) -> None:
            testing.empty_database(slot, kept)

        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture
def owner_db(django_db_setup: None) -> Iterator[Any]:
    """A psycopg2 connection as prm_owner, in autocommit."""
    with testing.admin(testing.claimed_slot().owner_url) as connection:
        yield connection


@pytest.fixture
def admin_db(django_db_setup: None) -> Iterator[Any]:
    """A psycopg2 connection as superuser, in autocommit: for what only faults and attackers do."""
    with testing.admin(testing.claimed_slot().admin_url) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits and cached pages of one test must not reach the next."""
    yield
    if {"db", "transactional_db", "_django_db_helper"} & set(request.fixturenames):
        # Not cache.clear(): that empties the Redis number, and with it the worker's queue.
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        if keys := list(client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*")):
            client.delete(*keys)
        client.close()


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """A request leaves its language behind in the thread: what the next test reads must not hang on it."""
    translation.activate(settings.LANGUAGE_CODE)


# The cast


@pytest.fixture
def tenant(db: None) -> Any:
    """The vendor `acme`; no tenant is active."""
    return make_tenant("acme")


@pytest.fixture
def rival(db: None) -> Any:
    """Another vendor, whose rows nobody at `acme` may see."""
    return make_tenant("rival")


@pytest.fixture
def cast(tenant: Any) -> Cast:
    """A member in every role at `acme`, and two partner companies."""
    return make_cast(tenant)


@pytest.fixture
def rival_cast(rival: Any) -> Cast:
    """The same at `rival`, with the same partner codes."""
    return make_cast(rival)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data directory beside the checkout; tests that need it skip, and say so, where it is absent."""
    path = SHARED / "data"
    if not path.is_dir():
        pytest.skip("../shared/data is not here")
    return path


# Real processes. Their tests need committed rows: they use `transactional_db`.


@pytest.fixture(scope="session")
def _worker(django_db_setup: None) -> Iterator[WorkerProcesses]:
    processes = WorkerProcesses()
    with running(processes):
        yield processes


@pytest.fixture
def celery_worker_process(transactional_db: None, _worker: WorkerProcesses) -> Iterator[WorkerProcesses]:
    """A Celery worker and the outbox relay, idle before and after; a test may kill them.

    The relay ends with the test: it would take other tests' messages from under their hands.
    """
    _worker.ensure()
    yield _worker
    _worker.ensure()
    _worker.wait_idle()
    _worker.relay.stop()


@pytest.fixture(scope="session")
def _site(django_db_setup: None) -> Iterator[SiteProcess]:
    call_command("build_ui_assets", verbosity=0)
    site = SiteProcess()
    with running(site):
        yield site


@pytest.fixture
def live_site(transactional_db: None, _site: SiteProcess) -> SiteProcess:
    """The web server of production on this test's database; `live_site.url("/", tenant="acme")`."""
    return _site


# The browser


def is_fault(message: Any) -> bool:
    """An error on the console; leaving a page that polls aborts its request, which htmx reports as one."""
    aborted = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return message.type == "error" and not aborted


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Any]:
    path = chromium()
    if path is None:
        message = "there is no Chromium; install it, or set PRM_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface keeps an event loop in this thread, in which Django refuses queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def browser(request: pytest.FixtureRequest, _chromium: Any, live_site: SiteProcess) -> Iterator[Callable[..., Any]]:
    """`browser(user, device="phone", locale="zh-Hans", tenant="acme", scheme="light")` opens a page, signed in.

    A failed test leaves a screenshot of each page in `var/test/screenshots/`. A page's console errors are in
    `page.errors`.
    """
    pages: list[Any] = []

    def open_page(
        user: Any = None, *, device: str = "desktop", locale: str = "en", tenant: str = "acme", scheme: str = "light"
    ) -> Any:
        size = PHONE if device == "phone" else DESKTOP
        base = live_site.url("", tenant)
        context = _chromium.new_context(**size, base_url=base, locale=locale, color_scheme=scheme)
        context.set_default_timeout(15_000)
        if user is not None:
            sign_in(context, base, user)
        page = context.new_page()
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text) if is_fault(message) else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        pages.append(page)
        return page

    yield open_page
    failed = getattr(request.node, "report_call", None)
    for number, page in enumerate(pages):
        if failed is not None and failed.failed and not page.is_closed():
            name = re.sub(r"[^\w-]+", "-", request.node.nodeid)[-150:]
            page.screenshot(path=testing.scratch_path("screenshots", f"{name}-{number}.png"), full_page=True)
        page.context.close()
