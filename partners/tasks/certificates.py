"""Certificates near their end and past it, and tasks of onboarding that are due."""

from __future__ import annotations

from celery import shared_task

from partners.services.certificates import certificates_expire, certificates_warn
from partners.services.onboarding import tasks_remind
from prm.identity.actor import Actor
from prm.tenancy.celery import TenantTask, send_to_all

WATCH = Actor.system("partners.watch")


@shared_task(name="partners.watch_all")
def watch_all() -> int:
    return send_to_all(watch)


@shared_task(base=TenantTask, name="partners.watch")
def watch() -> None:
    """Expire certificates whose last day is over, warn of those whose end is near, remind of onboarding tasks."""
    certificates_expire(actor=WATCH)
    certificates_warn(actor=WATCH)
    tasks_remind(actor=WATCH)
