"""The Celery application: `celery -A prm.celery`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.production")

app = Celery("prm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_role(**kwargs: Any) -> None:
    """Celery logs what a signal handler raises and goes on; only an exit stops the worker."""
    from django.core.exceptions import ImproperlyConfigured

    from prm.tenancy.checks import require_powerless_role

    try:
        require_powerless_role()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
