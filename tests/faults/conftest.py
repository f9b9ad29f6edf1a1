from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from prm.testing.installation import Installation, installation_start


@pytest.fixture(scope="package")
def _installation(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    started = installation_start(tmp_path_factory.mktemp("faults") / "var")
    yield started
    started.stop()


@pytest.fixture
def installation(_installation: Installation, django_db_blocker: DjangoDbBlocker) -> Iterator[Installation]:
    """`manage.py up` on servers of its own, to whose database the test's queries go. Tests make their own vendors."""
    with django_db_blocker.unblock(), _installation.queried():
        yield _installation
