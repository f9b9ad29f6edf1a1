"""The vendor's settings for partner reviews, and how long one lasts."""

from __future__ import annotations

import datetime as dt

from prm.db.scope import require_tenant
from prm.workflow.calendar import Workdays
from rebates import fiscal
from rebates.models import ReviewSettings, Statement
from rebates.states import StatementStatus


def review_settings() -> ReviewSettings:
    """The tenant's row, or the defaults where none has been saved."""
    return ReviewSettings.objects.first() or ReviewSettings()


def days_off(settings: ReviewSettings) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(day) for day in settings.days_off)


def workdays() -> Workdays:
    """The business days that the clocks of disputes count: the vendor's country's, less its own days off."""
    return Workdays(require_tenant().workday_calendar, days_off(review_settings()))


def review_days_left(statement: Statement) -> int | None:
    """Days until the review ends by itself, the last one counted as 0; None for a statement that is not in review."""
    if statement.status != StatementStatus.IN_REVIEW or statement.review_ends_on is None:
        return None
    return max(0, (statement.review_ends_on - fiscal.today()).days)
