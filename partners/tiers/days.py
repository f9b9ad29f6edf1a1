"""Days on which tiers begin."""

from __future__ import annotations

import datetime as dt

from partners.metrics.windows import period_start, shifted
from partners.tiers.scheme import Upgrade

MONTHS = {Upgrade.NEXT_MONTH: 1, Upgrade.NEXT_QUARTER: 3, Upgrade.NEXT_YEAR: 12}


def next_start(upgrade: Upgrade, day: dt.date, fiscal_start_month: int) -> dt.date:
    """The first day of the next month, fiscal quarter or fiscal year."""
    months = MONTHS[upgrade]
    return shifted(period_start(day, months, fiscal_start_month), months)
