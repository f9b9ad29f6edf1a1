"""The session's database, servers and processes; the cast that tests play with.

Tests run on the embedded PostgreSQL as `prm_app`, never as owner or superuser: row-level security is part of what is
tested. Set-up: `prm/local/testing.py`; real worker and web processes: `prm/testing/processes.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from prm.local import testing
from prm.testing.database import scratch_database

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


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


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data directory beside the checkout; tests that need it skip, and say so, where it is absent."""
    path = SHARED / "data"
    if not path.is_dir():
        pytest.skip("../shared/data is not here")
    return path
