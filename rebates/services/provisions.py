"""Accruing at the rate that is expected at the end: the provision beside what is earned so far, trued up each time.

What the engine says is earned is a fact and stays what it is; the provision is an estimate and has an account of its
own. It is the expected payout's part for what was sold so far, less what is accrued for it: at the end of the year
both are the same and nothing is left of the provision. A run posts only the difference to the last one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from prm.audit.services import record
from prm.errors import Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ids import new_id
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from prm.ledger.services import Posting, post
from prm.money import round_money
from rebates import fiscal
from rebates.engine.forecast import Forecast, Horizon, expected_so_far, horizon_of
from rebates.engine.periods import PeriodKind
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.locks import hold
from rebates.models import Accrual, ProgramVersion, ProvisionRule
from rebates.services.amendments import program_locked
from rebates.sql import Evaluated
from rebates.states import ProvisionMethod
from rebates.versions import versions_in_force

Place = tuple[UUID, UUID, str, str]
"""(partner, program, period key, currency)"""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one partner and program: `measure` so far, `projected` at the end, the payout that belongs to
    what was sold so far, and what of it is accrued.
    """

    program_id: UUID
    partner_id: UUID
    period_key: str
    currency: str
    measure: Decimal
    projected: Decimal
    expected: Decimal
    accrued: Decimal

    @property
    def provision(self) -> Decimal:
        return max(self.expected - self.accrued, Decimal(0))


@transaction.atomic
def provision_rule_set(
    *, actor: Actor, program_id: UUID, method: str, rate: Decimal | None = None
) -> ProvisionRule | None:
    """Forecast a program by this method, or not at all (`""`); takes effect with the next update. Raises `Invalid`."""
    actor.require(Right.PERIODS_CLOSE)
    program = program_locked(program_id)
    if method not in ("", *ProvisionMethod.values):
        raise Invalid(fields={"method": [_("Choose one of the methods.")]})
    if method == ProvisionMethod.RATE and (rate is None or not 0 <= rate <= 1):
        raise Invalid(fields={"rate": [_("A rate from 0 to 100 per cent.")]})
    record(actor, "rebates.provision.rule_set", program, {"method": method, "rate": str(rate) if rate else ""})
    if not method:
        ProvisionRule.objects.filter(program=program).delete()
        return None
    rule, _made = ProvisionRule.objects.update_or_create(
        program=program,
        defaults={
            "method": method, "rate": rate if method == ProvisionMethod.RATE else None,
            "set_by_label": actor.label[:254],
        },
    )  # fmt: skip
    return rule


@transaction.atomic
def provisions_update(*, actor: Actor, on: dt.date | None = None) -> int:
    """Bring the provisions to what is expected on the day; returns how many accounts moved."""
    actor.require(Right.PERIODS_CLOSE)
    hold("accruals")
    day = on or fiscal.today()
    deltas = defaultdict[Place, Decimal](Decimal)
    for one in expectations(day):
        deltas[one.partner_id, one.program_id, one.period_key, one.currency] += one.provision
    for row in balances(by=("partner_id", "program_id", "period", "currency"), accounts=[Account.PROVISION]):
        deltas[row["partner_id"], row["program_id"], row["period"], row["currency"]] -= row["balance"]
    postings = [
        Posting(Account.EXPENSE, Account.PROVISION, amount, currency, partner_id, program_id, period)
        for (partner_id, program_id, period, currency), amount in sorted(deltas.items())
        if amount
    ]
    if postings:
        post(
            "rebates.provision", key=f"rebates.provision:{new_id()}", actor=actor, effective_on=day,
            postings=postings, cause_type="rebates.forecast", cause_id=day.isoformat(),
        )  # fmt: skip
    return len(postings)


def expectations(on: dt.date) -> Iterator[Expectation]:
    """What is expected of every partner of the programs that are forecast."""
    for rule in ProvisionRule.objects.select_related("program").order_by("program__code"):
        versions = versions_in_force([rule.program_id])
        own = [one for one in versions if one.program.code == rule.program.code]
        current = [one for one in own if one.valid_from is None or one.valid_from <= on]
        if current:
            yield from _of_program(rule, versions, current[-1], on)


def _of_program(rule: ProvisionRule, versions: list[Version], version: Version, on: dt.date) -> Iterator[Expectation]:
    horizon = horizon_of(version.program, fiscal.calendar(), on)
    found: dict[UUID, list[Evaluated]] = defaultdict(list)
    for result in evaluation_of(versions, since=horizon.start, until=on):
        same = result.version.program.code == version.program.code
        if same and horizon.start <= result.period.start <= on:
            found[result.partner_id].append(result)
    last_year = _last_year(rule, horizon, on) if rule.method == ProvisionMethod.SEASONAL else {}
    for partner_id, results in sorted(found.items()):
        newest = max(results, key=lambda one: (one.period.start, one.version.valid_from or dt.date.min))
        forecast = Forecast(rule.method, rule.rate, horizon, on, last_year.get(partner_id))
        expected, projected = expected_so_far(newest.version.program, newest.aggregate, forecast)
        yield Expectation(
            rule.program_id, partner_id, horizon.key, newest.currency, newest.aggregate.measure, projected,
            round_money(expected, newest.currency), sum((one.payout for one in results), Decimal(0)),
        )  # fmt: skip


def _last_year(rule: ProvisionRule, horizon: Horizon, on: dt.date) -> dict[UUID, tuple[Decimal, Decimal]]:
    """By partner the measure of last year's horizon up to the same period, and of all of it."""
    calendar = fiscal.calendar()
    then = calendar.same_last_year(calendar.period(PeriodKind(horizon.kind), horizon.start))
    upto = then.start + (on - horizon.start)
    versions = ProgramVersion.objects.filter(program_id=rule.program_id).values("pk")
    rows = Accrual.objects.filter(version_id__in=versions, period_start__gte=then.start, period_end__lte=then.end)
    sums: dict[UUID, tuple[Decimal, Decimal]] = {}
    for partner_id, ends, measure in rows.values_list("partner_id", "period_end", "measure"):
        before, total = sums.get(partner_id, (Decimal(0), Decimal(0)))
        sums[partner_id] = before + (measure if ends <= upto else 0), total + measure
    return sums
