"""Every entry of the timetable names a task that workers know: one that they don't is lost without a word."""

from __future__ import annotations

from django.conf import settings

from prm.celery import app


def test_every_entry_names_a_task() -> None:
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sorted(wanted - set(app.tasks)) == []
