"""What of a partner's money has to be in order before the partner is gone."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partners.exits import ExitCheck, register
from rebates import fiscal
from rebates.models import Accrual, Adjustment, Dispute, Payment, Statement
from rebates.netting import open_sums
from rebates.services.reserves import CAUSE, reserve_undecided
from rebates.states import DISPUTE_OPEN, PaymentStatus, StatementStatus

DONE = (StatementStatus.SETTLED, StatementStatus.PAID)
WAITING = (PaymentStatus.PREPARED, PaymentStatus.EXPORTED, PaymentStatus.FAILED, PaymentStatus.REVERSED)


def open_periods(partner_id: UUID) -> int:
    """Periods that still owe the partner something; what comes back of a reserve is meant to come later."""
    closed = {key for _kind, key in fiscal.closed_keys()}
    accruals = Accrual.objects.filter(partner_id=partner_id).exclude(payout=0).exclude(period_key__in=closed)
    booked = Adjustment.objects.filter(partner_id=partner_id).exclude(booked_period_key__in=closed)
    keys = set(accruals.values_list("period_key", flat=True).distinct())
    return len(keys | set(booked.exclude(cause_type=CAUSE).values_list("booked_period_key", flat=True).distinct()))


def statements(partner_id: UUID) -> int:
    return int(Statement.objects.filter(partner_id=partner_id).exclude(status__in=DONE).exclude(total=0).count())


def disputes(partner_id: UUID) -> int:
    return int(Dispute.objects.filter(partner_id=partner_id, status__in=DISPUTE_OPEN).count())


def payments(partner_id: UUID) -> int:
    return int(Payment.objects.filter(partner_id=partner_id, status__in=WAITING).exclude(amount=0).count())


def clawbacks(partner_id: UUID) -> int:
    """Statements that come to less than nothing: the partner owes them."""
    rows = Statement.objects.filter(
        partner_id=partner_id, status__in=(StatementStatus.APPROVED, StatementStatus.PARTLY)
    )
    return sum(1 for total in open_sums({one.pk: one for one in rows}).values() if total < 0)


register(
    ExitCheck(
        "rebates.reserve", 10, _("Reserve for returns to be held back"), blocks=True, count=reserve_undecided,
        link="/m/exits/of/%(partner_id)s/reserve/",
        hint=_("Part of the last payout waits until returns can no longer come."),
    ),
    ExitCheck(
        "rebates.open_periods", 20, _("Periods with earnings that are not closed"), blocks=True, count=open_periods,
        link="/m/accruals/?partner=%(partner_id)s", hint=_("The final statement is made when they are closed."),
    ),
    ExitCheck(
        "rebates.disputes", 30, _("Open disputes"), blocks=True, count=disputes,
        link="/m/disputes/?partner=%(partner_id)s",
    ),
    ExitCheck(
        "rebates.statements", 40, _("Statements that are not settled"), blocks=True, count=statements,
        link="/m/statements/?partner=%(partner_id)s",
    ),
    ExitCheck(
        "rebates.payments", 50, _("Payments on their way"), blocks=True, count=payments,
        link="/f/payments/?partner=%(partner_id)s",
    ),
    ExitCheck(
        "rebates.clawbacks", 60, _("Statements below zero, which the partner owes"), blocks=True, count=clawbacks,
        link="/f/payments/clawbacks/",
    ),
)  # fmt: skip
