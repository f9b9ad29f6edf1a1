"""What settling some statements would pay: held lines left out, claw-backs netted, one payment per partner and form.

Pure reading, the same for the preview and for the settlement itself. Nothing negative is ever paid: a form that comes
to less than nothing is taken from the partner's largest other one, and a partner who comes to less than nothing in a
currency is not paid at all. A negative line that may be settled is never left out while its partner is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from partners.selectors.suspension import suspended_ids
from partners.states.suspensions import SuspensionScope
from rebates.models import PayoutChoice, SettlementLine, Statement, StatementLine
from rebates.selectors.disputes import held_line_ids
from rebates.states import PayoutForm, StatementLineKind, StatementStatus

Place = tuple[UUID, str]
"""(partner, currency)"""

SETTLEABLE = (StatementStatus.APPROVED, StatementStatus.PARTLY)
MINIMUM = "rebates.minimum"
"""Cause of the adjustments that a minimum payout carries over."""
ZERO = Decimal(0)


@dataclass(slots=True)
class PlannedPayment:
    """Lines of one partner and currency that are paid together."""

    partner_id: UUID
    partner_name: str
    currency: str
    form: str
    lines: list[StatementLine] = field(default_factory=list)

    @property
    def form_name(self) -> str:
        return str(PayoutForm(self.form).label)

    @property
    def gross(self) -> Decimal:
        return sum((total for total in self._by_program() if total > 0), ZERO)

    @property
    def clawback(self) -> Decimal:
        return sum((total for total in self._by_program() if total < 0), ZERO)

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    def _by_program(self) -> list[Decimal]:
        """Of each statement: what is carried over or forfeited below a minimum never was a gain to be taken back."""
        sums = defaultdict[tuple[UUID, UUID], Decimal](Decimal)
        for line in self.lines:
            sums[line.statement_id, line.version.program_id] += line.amount
        return list(sums.values())


@dataclass(slots=True)
class Plan:
    """`payments` as they would be made, `held` lines that wait for the end of a dispute or of a suspension."""

    payments: list[PlannedPayment]
    held: list[StatementLine]
    suspended: set[UUID]
    """Partners whose payouts are suspended: all their lines are among the held ones."""
    lines: dict[UUID, list[StatementLine]]
    """Statement → lines that would be settled."""

    def nets(self) -> dict[Place, Decimal]:
        sums = defaultdict[Place, Decimal](Decimal)
        for payment in self.payments:
            sums[payment.partner_id, payment.currency] += payment.amount
        return sums

    def below_zero(self) -> list[PlannedPayment]:
        return [payment for payment in self.payments if payment.amount < 0]


def plan_of(statements: Sequence[Statement], deduct: Iterable[UUID] = ()) -> Plan:
    """What settling these statements would pay. `deduct`: partners that deduct it from their next invoice this time."""
    ids = [statement.pk for statement in statements]
    free, held = open_lines(ids)
    forms = _Forms({statement.partner_id for statement in statements}, set(deduct))
    groups: dict[tuple[UUID, str, str], PlannedPayment] = {}
    by_statement = defaultdict[UUID, list[StatementLine]](list)
    for line in free:
        partner, currency = line.statement.partner, line.statement.currency
        form = forms.of(partner.pk, line)
        planned = PlannedPayment(partner.pk, partner.name, currency, form)
        groups.setdefault((partner.pk, currency, form), planned).lines.append(line)
        by_statement[line.statement_id].append(line)
    payments = _netted(list(groups.values()))
    return Plan(payments, held, payouts_suspended(statements), dict(by_statement))


def open_lines(statement_ids: Sequence[UUID]) -> tuple[list[StatementLine], list[StatementLine]]:
    """Lines of the statements that are in no settlement yet, in reading order: free ones, and those that wait.

    What a minimum payout carries over or forfeits waits together with the line that it is taken from; every line of a
    partner whose payouts are suspended waits until that is over.
    """
    lines, held = _unsettled(statement_ids), held_line_ids(statement_ids)
    stopped = payouts_suspended(line.statement for line in lines)
    held |= {line.pk for line in lines if line.statement.partner_id in stopped}
    programs = {(line.statement_id, line.version.program_id) for line in lines if line.pk in held}
    waiting = [
        line
        for line in lines
        if line.pk in held or (_is_minimum(line) and (line.statement_id, line.version.program_id) in programs)
    ]
    keys = {line.pk for line in waiting}
    return [line for line in lines if line.pk not in keys], waiting


def payouts_suspended(statements: Iterable[Statement]) -> set[UUID]:
    """The partners of these statements that are paid nothing today."""
    partner_ids = {statement.partner_id for statement in statements}
    return set(suspended_ids(SuspensionScope.PAYOUTS).filter(partner_id__in=partner_ids)) if partner_ids else set()


def _is_minimum(line: StatementLine) -> bool:
    carried = line.adjustment is not None and line.adjustment.cause_type == MINIMUM and line.amount < 0
    return carried or line.kind == StatementLineKind.FORFEIT


def _unsettled(statement_ids: Sequence[UUID]) -> list[StatementLine]:
    settled = SettlementLine.objects.filter(statement_line__statement_id__in=statement_ids)
    return list(
        StatementLine.objects.filter(statement_id__in=statement_ids)
        .exclude(pk__in=settled.values("statement_line_id"))
        .select_related("statement__partner", "version__program", "adjustment")
        .order_by("statement__partner__name", "statement__number", "-kind", "version__program__code", "id")
    )


def open_negatives(places: Iterable[Place]) -> dict[Statement, Decimal]:
    """Statements of these partners and currencies that may be settled and whose lines come to less than nothing."""
    wanted = set(places)
    partner_ids = {partner_id for partner_id, _currency in wanted}
    open_ones = Statement.objects.filter(status__in=SETTLEABLE, partner_id__in=partner_ids).select_related("partner")
    statements = {one.pk: one for one in open_ones if (one.partner_id, one.currency) in wanted}
    return {one: total for one, total in open_sums(statements).items() if total < 0}


def open_sums(statements: Mapping[UUID, Statement]) -> dict[Statement, Decimal]:
    """Statement → what its lines come to that may be settled; those without one are left out."""
    sums = defaultdict[UUID, Decimal](Decimal)
    for line in open_lines(list(statements))[0]:
        sums[line.statement_id] += line.amount
    return {statements[pk]: total for pk, total in sums.items()}


class _Forms:
    """The form a line is paid in: this settlement's choice, the partner's, the program's."""

    def __init__(self, partner_ids: set[UUID], deduct: set[UUID]) -> None:
        chosen = PayoutChoice.objects.filter(partner_id__in=partner_ids).values_list("partner_id", "form")
        self.chosen: dict[UUID, str] = dict(chosen) | dict.fromkeys(deduct, PayoutForm.DEDUCTION.value)

    def of(self, partner_id: UUID, line: StatementLine) -> str:
        said = (line.version.definition.get("payout") or {}).get("form", PayoutForm.CASH.value)
        return self.chosen.get(partner_id, str(said))


def _netted(payments: list[PlannedPayment]) -> list[PlannedPayment]:
    """Forms below zero join the largest other one of the same partner and currency."""
    by_place = defaultdict[Place, list[PlannedPayment]](list)
    for payment in payments:
        by_place[payment.partner_id, payment.currency].append(payment)
    found: list[PlannedPayment] = []
    for group in by_place.values():
        while len(group) > 1 and (lowest := min(group, key=_rank)).amount < 0:
            group.remove(lowest)
            max(group, key=_rank).lines += lowest.lines
        found += sorted(group, key=lambda one: PayoutForm.values.index(one.form))
    return found


def _rank(payment: PlannedPayment) -> tuple[Decimal, int]:
    return payment.amount, -PayoutForm.values.index(payment.form)
