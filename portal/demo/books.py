"""What finance keeps an eye on: books that are locked, receivables that are overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from commerce.services import overdue_record
from partners.selectors.partners import partner_list
from portal.demo.clockwork import on
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.ledger.lock import book_lock_set

OVERDUE = {7: Decimal(86_400), 12: Decimal("23_150.50"), 19: Decimal(412_000)}
"""What partners owe, by their place in the list of codes."""
SETTLED = 12
"""The one that has paid since."""


def books_make(staff: Mapping[Role, Membership], *, locked_until: dt.date, today: dt.date) -> None:
    """Lock what the auditors have; record what was overdue ten days ago, and what is not any more."""
    finance, manager = (Actor.user(staff[role]) for role in (Role.FINANCE, Role.CHANNEL_MANAGER))
    book_lock_set(actor=finance, until=locked_until, reason="季度报表已送审 · The auditors have the quarter")
    partners = list(partner_list(finance).order_by("code"))
    seen_on = today - dt.timedelta(days=10)

    def owes(place: int, amount: Decimal, as_of: dt.date) -> None:
        owing = partners[place % len(partners)]
        currency = "CNY" if owing.country == "CN" else "USD"
        overdue_record(actor=manager, partner_code=owing.code, as_of=as_of, amount=amount, currency=currency)

    with on(seen_on):
        for place, amount in OVERDUE.items():
            owes(place, amount, seen_on)
    owes(SETTLED, Decimal(0), today)
