"""What a draft would change in money, partner by partner, before anybody publishes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from partners.models import Partner
from prm.identity.actor import Actor
from prm.identity.rights import Right
from rebates import fiscal
from rebates.evaluations import evaluation_of
from rebates.models import Accrual, Adjustment, Program, ProgramVersion
from rebates.selectors.programs import program_get
from rebates.states import VersionStatus
from rebates.versions import versions_in_force

Place = tuple[UUID, str, str, str]
"""(partner, program code, period key, currency)"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one partner earns from a program in a period today and with the draft. In a closed period the difference
    becomes an adjustment.
    """

    partner: Partner
    program_code: str
    period_key: str
    currency: str
    before: Decimal
    after: Decimal
    is_closed: bool

    @property
    def amount(self) -> Decimal:
        return self.after - self.before


def amendment_difference(actor: Actor, program_id: UUID) -> list[Difference]:
    """Every difference that publishing the program's draft would make, the largest first; writes nothing.

    Programs of the same `best` or `priority` group are looked at, too. Empty without a draft.
    """
    actor.require(Right.PROGRAMS_EDIT)
    program = program_get(actor, program_id)
    draft = program.versions.filter(status=VersionStatus.DRAFT).select_related("program").first()
    if draft is None:
        return []
    before, after = _before(program, draft), _after(program, draft)
    closed = {key for _kind, key in fiscal.closed_keys()}
    partners = Partner.objects.in_bulk({place[0] for place in before.keys() | after.keys()})
    found = [
        Difference(
            partners[place[0]], place[1], place[2], place[3], before.get(place, Decimal(0)),
            after.get(place, Decimal(0)), place[2] in closed,
        )
        for place in before.keys() | after.keys()
        if before.get(place, 0) != after.get(place, 0)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-abs(one.amount), one.partner.code, one.period_key, one.program_code))


def _before(program: Program, draft: ProgramVersion) -> dict[Place, Decimal]:
    """What was said so far, adjustments included."""
    codes = {version.program.code for version in versions_in_force([program.pk], draft=draft)}
    sums = defaultdict[Place, Decimal](Decimal)
    for rows, key, amount in (
        (Accrual.objects.all(), "period_key", "payout"), (Adjustment.objects.all(), "origin_period_key", "amount"),
    ):  # fmt: skip
        of_family = rows.filter(version__program__code__in=codes).order_by()
        columns = ("partner_id", "version__program__code", key, "currency")
        for partner_id, code, period, currency, total in of_family.values_list(*columns).annotate(Sum(amount)):
            sums[partner_id, code, period, currency] += total
    return sums


def _after(program: Program, draft: ProgramVersion) -> dict[Place, Decimal]:
    sums = defaultdict[Place, Decimal](Decimal)
    for result in evaluation_of(versions_in_force([program.pk], draft=draft)):
        sums[result.partner_id, result.version.program.code, result.period.key, result.currency] += result.payout
    return sums


def totals_by_period(differences: Iterable[Difference]) -> list[dict[str, object]]:
    """`{period, currency, before, after, amount, partners, is_closed}`, oldest period first."""
    grouped: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for one in differences:
        grouped[one.period_key, one.currency].append(one)
    return [
        {
            "period": period, "currency": currency, "before": sum((one.before for one in found), Decimal(0)),
            "after": sum((one.after for one in found), Decimal(0)),
            "amount": sum((one.amount for one in found), Decimal(0)),
            "partners": len({one.partner.pk for one in found}), "is_closed": found[0].is_closed,
        }
        for (period, currency), found in sorted(grouped.items())
    ]  # fmt: skip


def amendment_adjustments(actor: Actor, version_id: UUID) -> QuerySet[Adjustment]:
    """The adjustments that name the publication of this version as their cause, newest first."""
    actor.require(Right.ACCRUALS_VIEW)
    rows: QuerySet[Adjustment] = Adjustment.objects.filter(
        cause_type="rebates.programversion", cause_id=str(version_id)
    ).select_related("version__program", "partner")
    return rows.order_by("-created_at", "-id")
