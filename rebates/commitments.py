"""What the vendor promises about money: statements, payments and decisions of disputes by their day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partners.commitments import Commitment, local_day, register
from partners.metrics.registry import Only, Sql
from partners.metrics.values import within

STATEMENT_DAYS, PAYMENT_DAYS = 20, 30
OWNER = _("Finance")
DECIDED = "('accept', 'accept_partly', 'reject')"


def statements(only: Only) -> Sql:
    """Approved within `STATEMENT_DAYS` of the end of their period."""
    day, zone = local_day("s.approved_at")
    where, own = within("s.partner_id", only)
    return (
        (
            f"SELECT s.partner_id, {day}, d.ends_on + {STATEMENT_DAYS} FROM rebates_statement s"
            f" JOIN rebates_period d ON d.id = s.period_id WHERE {where}"
        ),
        [*zone, *own],
    )


def payments(only: Only) -> Sql:
    """Paid within `PAYMENT_DAYS` of the agreement; what pays nothing or waits for a dispute promises nothing."""
    day, zone = local_day("coalesce(s.agreed_at, s.approved_at)")
    where, own = within("s.partner_id", only)
    return (
        (
            "SELECT s.partner_id, CASE WHEN s.status = 'paid' THEN coalesce((SELECT max(p.paid_on)"
            " FROM rebates_payment p WHERE p.settlement_id = s.settlement_id AND p.partner_id = s.partner_id"
            f" AND p.currency = s.currency), {day}) END,"
            f" {day} + {PAYMENT_DAYS} FROM rebates_statement s"
            f" WHERE s.status IN ('approved', 'settled', 'paid') AND s.total > 0 AND {where}"
        ),
        [*zone, *zone, *own],
    )


def disputes(only: Only) -> Sql:
    """First decided by the due day. Passed on because nobody decided in time: broken on the day before.

    While the partner is asked, the clock stands still and nothing is due; what the partner took back was no promise.
    """
    first, zone = local_day("e.at")
    where, own = within("d.partner_id", only)
    return (
        (
            "SELECT d.partner_id, CASE WHEN f.verb <> 'escalate' THEN f.day END,"
            " CASE WHEN f.verb = 'escalate' THEN f.day - 1"
            " WHEN d.escalated_at IS NOT NULL AND f.at < d.escalated_at THEN f.day ELSE d.due_on END"
            " FROM rebates_dispute d LEFT JOIN LATERAL"
            f" (SELECT e.verb, e.at, {first} AS day FROM rebates_disputeentry e"
            f" WHERE e.dispute_id = d.id AND (e.verb IN {DECIDED} OR (e.verb = 'escalate' AND e.side = 'system'))"
            " ORDER BY e.at, e.id LIMIT 1) f ON TRUE"
            f" WHERE (f.verb IS NOT NULL OR d.status NOT IN ('withdrawn', 'awaiting_partner')) AND {where}"
        ),
        [*zone, *own],
    )


register(Commitment(
    code="statements_on_time",
    name=_("Statements on time"),
    definition=_("Statements that we approved within 20 days after the end of their period."),
    owner=OWNER,
    source=_("Statements"),
    promises=statements,
    url_name="manager:statements",
))  # fmt: skip
register(Commitment(
    code="payments_on_time",
    name=_("Payments on time"),
    definition=_("Statements that were paid within 30 days after they were agreed; lines under dispute are left out."),
    owner=OWNER,
    source=_("Payments"),
    promises=payments,
    url_name="manager:statements",
))  # fmt: skip
register(Commitment(
    code="disputes_on_time",
    name=_("Disputes decided on time"),
    definition=_("Disputes that we decided by their day. While we wait for the partner the clock stands still."),
    owner=OWNER,
    source=_("Disputes"),
    promises=disputes,
    url_name="manager:disputes",
))  # fmt: skip
