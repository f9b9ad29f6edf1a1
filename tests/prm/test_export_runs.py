"""What becomes of an export: cancelled, failed, tried again, expired; who exported what; sets of columns."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from prm.audit.models import AuditEntry
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.exports import work
from prm.exports.models import ColumnSet
from prm.exports.selectors import column_set_get, column_set_list
from prm.exports.services import (
    WATCH,
    column_set_remove,
    column_set_save,
    export_cancel,
    export_download,
    export_retry,
)
from prm.exports.tasks import expired_remove
from prm.exports.work import MAX_ATTEMPTS
from prm.files.models import StoredFile
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.runs import progress
from prm.runs.progress import Stopped
from tests.prm.exporting import _english, ask, finance, run, sell, world

__all__ = ["_english", "finance", "world"]


def test_a_cancelled_export_leaves_no_file(world, finance, monkeypatch):
    sell(world)
    waiting = ask(finance)
    export_cancel(actor=finance, export_id=waiting.pk)
    assert (run(waiting).status, waiting.attempts, waiting.file) == ("cancelled", 0, None)
    with pytest.raises(StateError):
        export_cancel(actor=finance, export_id=waiting.pk)

    running, keep = ask(finance), work._keep

    def cancelled_meanwhile(*args: Any) -> None:
        export_cancel(actor=finance, export_id=running.pk)
        keep(*args)

    monkeypatch.setattr(work, "_keep", cancelled_meanwhile)
    assert (run(running).status, running.file) == ("cancelled", None)
    assert not StoredFile.objects.exists()


def test_a_writer_hears_of_the_cancellation_while_it_writes(world, finance):
    export = ask(finance)
    tell = work.Teller(export.pk, 10)
    tell(1)
    assert (progress.progress_get(export.pk).done, progress.progress_get(export.pk).percent) == (1, 10)
    progress.stop_ask(export.pk)
    tell(2)  # told a moment ago: it looks again later
    with pytest.raises(Stopped), time_machine.travel(0):
        work.Teller(export.pk, 10)(3)


def test_an_export_that_goes_wrong_again_and_again_fails_and_can_be_tried_again(world, finance, monkeypatch):
    sell(world)
    export = ask(finance)

    def broken(*_args: Any) -> int:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_csv", broken)
        for _attempt in range(MAX_ATTEMPTS):
            with pytest.raises(RuntimeError):
                run(export)
        run(export)
    assert (export.status, export.attempts) == ("failed", MAX_ATTEMPTS)
    assert "in 5 attempts" in export.message
    assert Message.objects.filter(topic="exports.export.failed").count() == 1
    export_retry(actor=finance, export_id=export.pk)
    assert (run(export).status, export.message, export.rows) == ("done", "", 3)


def test_a_finished_export_is_not_written_again(world, finance):
    sell(world)
    export = run(ask(finance))
    file = export.file_id
    assert (run(export).file_id, export.attempts) == (file, 1)
    assert Message.objects.filter(topic="exports.export.finished").count() == 1
    with pytest.raises(StateError):
        export_retry(actor=finance, export_id=export.pk)


def test_files_expire_and_their_checksums_stay(world, finance, settings):
    settings.PRM_EXPORT_KEEP_DAYS = 2
    sell(world)
    with time_machine.travel("2026-11-01T00:00:00Z", tick=False):
        export = run(ask(finance))
        assert export_download(actor=finance, export_id=export.pk) == export.file
    with time_machine.travel("2026-11-02T23:59:59Z", tick=False):
        assert expired_remove() == 0
    with time_machine.travel("2026-11-03T00:00:00Z", tick=False):
        assert expired_remove() == 1
    sha256 = export.sha256
    export.refresh_from_db()
    assert (export.file, export.sha256, export.status) == (None, sha256, "done")
    assert not StoredFile.objects.exists()
    with pytest.raises(StateError) as caught:
        export_download(actor=finance, export_id=export.pk)
    assert caught.value.code == "expired"


def test_who_exported_and_who_downloaded_what_is_in_the_trail(world, finance):
    sell(world)
    export = run(ask(finance, filters={"partner": "A"}))
    export_download(actor=world.actor(Role.ADMINISTRATOR), export_id=export.pk)
    trail = AuditEntry.objects.filter(target_type="exports.export", target_id=str(export.pk)).order_by("at", "id")
    assert [(entry.action.rpartition(".")[2], entry.actor_label) for entry in trail] == [
        ("requested", "finance@acme.test"),
        ("started", "exports"),
        ("finished", "exports"),
        ("downloaded", "administrator@acme.test"),
    ]
    assert trail[0].data == {"kind": "sales", "format": "csv", "filters": {"partner": "A"}}
    assert trail[3].data == {"sha256": export.sha256}


def test_only_so_many_wait_at_once(world, finance):
    for _number in range(20):
        ask(finance)
    with pytest.raises(Conflict) as caught:
        ask(finance)
    assert caught.value.code == "too_many"
    assert Message.objects.filter(topic=WATCH).count() == 20


def test_column_sets_are_ones_own_or_everybodys(world, finance):
    other = world.actor(Role.ADMINISTRATOR)
    own = column_set_save(actor=finance, kind="sales", name=" Mine ", columns=["sku", "external_id"])
    shared = column_set_save(actor=finance, kind="sales", name="ERP", columns=["external_id"], is_shared=True)
    assert [one.name for one in column_set_list(finance, kind="sales")] == ["ERP", "Mine"]
    assert [one.name for one in column_set_list(other)] == ["ERP"]
    with pytest.raises(NotFound):
        column_set_get(other, own.pk)
    changed = column_set_save(
        actor=other, kind="sales", name="ERP", columns=["sku"], is_shared=True, column_set_id=shared.pk
    )
    assert (changed.columns, changed.owner_id) == (["sku"], finance.id)
    with pytest.raises(NotFound):
        column_set_remove(actor=other, column_set_id=own.pk)
    column_set_remove(actor=finance, column_set_id=own.pk)
    assert list(ColumnSet.objects.values_list("name", flat=True)) == ["ERP"]


def test_a_name_is_taken_once_by_everybody_and_once_by_each(world, finance):
    other = world.actor(Role.ADMINISTRATOR)
    for actor in (finance, other):
        column_set_save(actor=actor, kind="sales", name="Mine", columns=["sku"])
    column_set_save(actor=finance, kind="sales", name="Mine", columns=["sku"], is_shared=True)
    for actor, shared in ((finance, False), (other, True)):
        with pytest.raises(Invalid) as caught:
            column_set_save(actor=actor, kind="sales", name="Mine", columns=["sku"], is_shared=shared)
        assert list(caught.value.fields) == ["name"]
    for changes in ({"name": " "}, {"columns": []}, {"columns": ["margin"]}, {"kind": "x"}):
        with pytest.raises(Invalid):
            column_set_save(actor=finance, **{"kind": "sales", "name": "N", "columns": ["sku"]} | changes)
    assert ColumnSet.objects.count() == 3
