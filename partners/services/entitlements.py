"""What agreements grant: effective-dated rows, so that the last day ends at midnight whether or not a task runs."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from partners.models import Agreement, Entitlement


def entitlements_grant(agreement: Agreement) -> None:
    """From the agreement's first active day to its last. Once: what is there stays."""
    assert agreement.active_from is not None  # noqa: S101 (only what is active grants)
    Entitlement.objects.bulk_create(
        (
            Entitlement(
                partner_id=agreement.partner_id, agreement=agreement, kind=one["kind"], value=one["value"],
                valid_from=agreement.active_from, valid_to=agreement.active_to,
            )
            for one in agreement.entitlements
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def entitlements_cut(agreement: Agreement, last_day: dt.date) -> None:
    """They hold until this day at most."""
    longer = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    Entitlement.objects.filter(longer, agreement=agreement).update(valid_to=last_day)


def entitlements_extend(agreement: Agreement) -> None:
    """As long as the agreement that was renewed."""
    Entitlement.objects.filter(agreement=agreement).update(valid_to=agreement.active_to)
