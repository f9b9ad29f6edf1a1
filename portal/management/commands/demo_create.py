from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.people import emails
from portal.demo.story import vendor_create
from portal.demo.vendors import DEMO, RIVAL
from prm.tenancy.models import Tenant


class Command(BaseCommand):
    help = "Create the demo vendors that do not exist yet. Refused in production settings."

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "PRM_DEMO_ALLOWED", False):
            raise CommandError("Demo vendors have known passwords; they are refused in production settings.")
        for vendor in (DEMO, RIVAL):
            if Tenant.objects.filter(slug=vendor.slug).exists():
                continue
            vendor_create(vendor)
            self.stdout.write(f"Created vendor {vendor.slug}: {', '.join(emails(vendor.slug).values())}")
