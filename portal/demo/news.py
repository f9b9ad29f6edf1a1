"""Inboxes of a demo vendor: nobody is told today what happened months ago, or what a demo brought in at one go."""

from __future__ import annotations

import datetime as dt

from prm import clock
from prm.outbox.services import deliveries_skip

BROUGHT_IN = [
    "partners.handlers.accounts.account_proposed",
    "partners.handlers.accounts.account_in_force",
    "partners.handlers.certificates.certificate_awarded",
]
TOLD_LONG_AGO = ["rebates.handlers.payments_paid", "rebates.handlers.statements_told"]
"""Handlers that do nothing but tell."""
NEWS = dt.timedelta(days=60)


def old_news_skip() -> None:
    deliveries_skip(BROUGHT_IN, before=clock.now())
    deliveries_skip(TOLD_LONG_AGO, before=clock.now() - NEWS)
