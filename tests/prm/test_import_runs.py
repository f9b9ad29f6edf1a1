"""Imports in real workers and in parallel: every line once, whatever is killed or sent twice."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from commerce.models import SaleLine
from prm.errors import Forbidden, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.imports.models import Import
from prm.imports.progress import progress_get, progress_set
from prm.imports.selectors import import_errors_csv, import_get, import_list, import_preview
from prm.imports.services import import_run, import_start, import_undo
from prm.tenancy.context import tenant_context
from prm.testing.importing import PARTNERS, PRODUCTS, SALES, Importer, counts
from prm.testing.make import Cast, make_cast, make_tenant
from prm.testing.processes import wait_until

LINES = 30_000


@pytest.fixture
def vendor(transactional_db: None) -> Cast:
    cast = make_cast(make_tenant("acme"))
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("partners", PARTNERS)
        importer.now("products", PRODUCTS)
    return cast


def sales_file(lines: int = LINES) -> str:
    rows = (f"S{i},{'AB'[i % 2]},X{i % 2 + 1},2026-01-{i % 28 + 1:02d},{i},{i}.25,CNY" for i in range(lines))
    return "\n".join([SALES, *rows]) + "\n"


def queued(cast: Cast, content: str) -> Import:
    with tenant_context(cast.tenant):
        run = Importer(cast.tenant, cast.administrator).upload("sales", content)
        return import_start(actor=cast.administrator, import_id=run.pk)


def found(cast: Cast, import_id: UUID) -> Import:
    with tenant_context(cast.tenant):
        return Import.objects.select_related("file").get(pk=import_id)


def lines_of(cast: Cast) -> int:
    with tenant_context(cast.tenant):
        return SaleLine.objects.count()


def test_two_imports_of_one_file_at_once_take_each_line_once(vendor: Cast) -> None:
    runs = [queued(vendor, sales_file(6000)) for _ in range(2)]
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def work(import_id: UUID) -> None:
        try:
            with tenant_context(vendor.tenant):
                barrier.wait(10)
                import_run(actor=Actor.system("test"), import_id=import_id)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[run.pk]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert failures == []
    results = sorted(counts(found(vendor, run.pk)) for run in runs)
    assert results == [(6000, 0, 6000, 0), (6000, 6000, 0, 0)]
    assert lines_of(vendor) == 6000


def test_a_worker_imports_what_was_started(vendor: Cast, celery_worker_process) -> None:
    run = queued(vendor, sales_file(500))
    wait_until(lambda: found(vendor, run.pk).status == "done", 30, "the import")
    assert counts(found(vendor, run.pk)) == (500, 500, 0, 0)
    assert progress_get(run.pk).phase == ""


def test_a_killed_worker_leaves_nothing_and_the_import_is_finished(vendor: Cast, celery_worker_process) -> None:
    run = queued(vendor, sales_file())
    wait_until(lambda: progress_get(run.pk).phase != "", 30, "progress to be seen", step=0.005)
    for pid in celery_worker_process.pool_pids():
        os.kill(pid, signal.SIGKILL)
    assert lines_of(vendor) in (0, LINES)
    wait_until(lambda: found(vendor, run.pk).status == "done", 120, "the import after the kill")
    assert counts(found(vendor, run.pk)) == (LINES, LINES, 0, 0)
    assert lines_of(vendor) == LINES


def test_who_may_see_and_run_imports(vendor: Cast) -> None:
    run = queued(vendor, sales_file(3))
    rival = make_cast(make_tenant("rival"))
    with tenant_context(vendor.tenant):
        for role in (Role.MARKETING, Role.PARTNER_ADMINISTRATOR):
            for read in (import_get, import_preview, import_errors_csv):
                with pytest.raises(Forbidden):
                    read(vendor.actor(role), run.pk)
            with pytest.raises(Forbidden):
                import_undo(actor=vendor.actor(role), import_id=run.pk)
        with pytest.raises(Forbidden):
            Importer(vendor.tenant, vendor.finance).upload("partners", PARTNERS)
        assert [one.pk for one in import_list(vendor.finance, kind="sales")] == [run.pk]
    with tenant_context(rival.tenant):
        assert not import_list(rival.administrator)
        with pytest.raises(NotFound):
            import_get(rival.administrator, run.pk)


def test_progress_survives_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ConnectionError as Gone

    from prm.ids import new_id
    from prm.imports import progress

    class Broken:
        def __getattr__(self, name: str):
            def fail(*args: object) -> None:
                raise Gone

            return fail

    monkeypatch.setattr(progress, "cache", Broken())
    progress_set(new_id(), "reading", 1, 2)
    assert progress_get(new_id()).percent == 0


def test_the_command_imports_checks_and_undoes(
    vendor: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(sales_file(3) + "9,Q,X1,2026-01-01,1,1,CNY\n")
    options = {"tenant": "acme", "kind": "sales"}
    call_command("import_file", str(path), **options, dry_run=True)
    checked = json.loads(capsys.readouterr().out)
    assert (checked["status"], checked["accepted"], checked["refused"]) == ("checked", 3, 1)
    assert lines_of(vendor) == 0
    call_command("import_file", str(path), **options, sender="ERP")
    output = capsys.readouterr()
    done = json.loads(output.out)
    assert (done["status"], done["total"], done["accepted"], done["refused"]) == ("done", 4, 3, 1)
    assert "row 5 partner_code: There is no partner with the code “Q”." in output.err
    call_command("import_undo", done["import"], tenant="acme")
    assert lines_of(vendor) == 0
    for wrong in ({"tenant": "nobody", "kind": "sales"}, {"tenant": "acme", "kind": "products"}):
        with pytest.raises(CommandError) as caught:
            call_command("import_file", str(path), **wrong)
        assert caught.value.returncode == 2
