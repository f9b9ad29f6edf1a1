"""The embedded PostgreSQL and Redis: started, killed, started again; the data stays, and no network port is opened."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from prm.local import postgres as local_postgres
from prm.local import services
from prm.local.layout import Layout, LocalError, make_private
from prm.local.postgres import Postgres
from prm.local.process import recorded, wait_gone
from prm.local.redis import Redis
from prm.local.secrets import secret


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A place of its own below a directory that only this user may enter, as pytest's are."""
    found = Layout(tmp_path / "var")
    yield found
    services.stop(found, servers(found))


def servers(layout: Layout) -> list[Postgres | Redis]:
    return [Postgres(layout), Redis(layout)]


def start(layout: Layout) -> tuple[psutil.Process, psutil.Process]:
    services.start(layout, servers(layout), supervised=False)
    postgres, cache = (recorded(layout, name) for name in ("postgres", "redis"))
    assert postgres is not None
    assert cache is not None
    return postgres, cache


def query(layout: Layout, statement: str) -> object:
    connection = psycopg2.connect(Postgres(layout).admin_url())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_killed_servers_come_back_with_their_data(layout: Layout) -> None:
    postgres, cache = start(layout)
    query(layout, "CREATE TABLE kept (id int)")
    query(layout, "INSERT INTO kept VALUES (42)")
    client = redis.Redis.from_url(Redis(layout).url())
    client.set("kept", "43")

    for process in (postgres, cache):
        os.kill(process.pid, signal.SIGKILL)
        assert wait_gone(process, 5)
    assert services.status(layout, servers(layout)) == {"postgres": None, "redis": None}

    start(layout)
    assert query(layout, "SELECT id FROM kept") == (42,)
    assert redis.Redis.from_url(Redis(layout).url()).get("kept") == b"43"


def test_start_twice_starts_once_and_stop_ends_all(layout: Layout) -> None:
    first = [process.pid for process in start(layout)]
    assert services.start(layout, servers(layout), supervised=False) == {}
    assert services.status(layout, servers(layout)) == dict(zip(("postgres", "redis"), first, strict=True))
    assert services.stop(layout, servers(layout)) == ["redis", "postgres"]
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in first)
    assert services.stop(layout, servers(layout)) == []


def test_lost_record_does_not_start_a_second_server_on_the_data(layout: Layout) -> None:
    postgres, _ = start(layout)
    (layout.run / "postgres.pid").unlink()
    assert services.start(layout, servers(layout), supervised=False) == {}
    assert services.status(layout, servers(layout))["postgres"] == postgres.pid


def test_pid_file_that_names_a_stranger_does_not_stop_the_start(layout: Layout) -> None:
    start(layout)
    services.stop(layout, servers(layout))
    lines = [str(os.getpid()), str(layout.postgres_data), "1700000000", "5432", str(layout.postgres_socket_dir), "", ""]
    (layout.postgres_data / "postmaster.pid").write_text("\n".join(lines))
    (layout.run / "redis.pid").write_text(f"{os.getpid()} 1.0\n")
    start(layout)
    assert query(layout, "SELECT 1") == (1,)


def test_unix_sockets_only_and_nobody_else_may_enter(layout: Layout) -> None:
    postgres, cache = start(layout)
    for process in (postgres, cache):
        assert [found for found in process.net_connections("inet") if found.status == psutil.CONN_LISTEN] == []
    assert stat.S_IMODE(layout.postgres_socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.sockets.stat().st_mode) & 0o066 == 0
    assert stat.S_IMODE(layout.redis_socket.stat().st_mode) == 0o700


def test_cluster_is_durable_checked_and_the_same_everywhere(layout: Layout) -> None:
    start(layout)
    assert query(layout, "SELECT current_setting('fsync'), current_setting('data_checksums')") == ("on", "on")
    assert query(layout, "SHOW client_connection_check_interval") == ("2s",)
    found = query(layout, "SELECT datlocprovider, datlocale, encoding FROM pg_database WHERE datname = 'postgres'")
    assert found == ("b", "C.UTF-8", 6)


def test_half_made_cluster_is_made_again(layout: Layout) -> None:
    layout.create()
    (layout.home / "pg.new").mkdir()
    (layout.home / "pg.new" / "PG_VERSION").write_text("18\n")
    start(layout)
    assert query(layout, "SELECT 1") == (1,)


def test_long_path_gets_short_sockets(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ("x" * 90) / "var")
    try:
        start(layout)
        assert query(layout, "SELECT 1") == (1,)
        assert len(os.fsencode(layout.postgres_socket_dir / ".s.PGSQL.5432")) <= 103
    finally:
        services.stop(layout, servers(layout))


def test_socket_directory_prepared_by_somebody_else_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "theirs"
    target.mkdir()
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(LocalError, match="belongs to somebody else"):
        make_private(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives PostgreSQL another account")
def test_root_gives_up_root_without_opening_directories(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs and data below a directory that only root may enter, as in a checkout below /root."""
    closed = layout.home.parent
    closed.chmod(0o700)
    (closed / "programs").symlink_to(local_postgres.binary("postgres").parent)
    monkeypatch.setattr(local_postgres, "binary", lambda name: closed / "programs" / name)
    postgres, _ = start(layout)
    assert postgres.uids().real != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_secrets_are_made_once_for_this_user_alone(layout: Layout) -> None:
    layout.create()
    made = secret(layout, "key")
    assert len(made) >= 50
    assert secret(layout, "key") == made
    assert secret(layout, "other") != made
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
