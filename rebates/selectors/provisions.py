"""Provisions as finance sees them: which programs are forecast, and what is provided for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch

from partners.models import Partner
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.ledger.accounts import Account
from prm.ledger.selectors import balances
from rebates import fiscal
from rebates.models import Program, ProgramVersion, ProvisionRule
from rebates.services.provisions import Expectation, expectations
from rebates.states import ProgramStatus


@dataclass(frozen=True, slots=True)
class ProvisionRow:
    """A program, how it is forecast if it is, and by currency what is accrued and provided for it."""

    program: Program
    version: ProgramVersion | None
    rule: ProvisionRule | None
    accrued: dict[str, Decimal]
    provided: dict[str, Decimal]


def provision_list(actor: Actor) -> list[ProvisionRow]:
    """Every published program by code, from the books: four queries."""
    actor.require(Right.STATEMENTS_VIEW)
    sums: dict[UUID, dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    accounts = [Account.ACCRUED, Account.PROVISION]
    for row in balances(by=("program_id", "account", "currency"), accounts=accounts):
        if row["balance"]:
            sums[row["program_id"]][row["account"]][row["currency"]] = row["balance"]
    rules = {rule.program_id: rule for rule in ProvisionRule.objects.all()}
    newest = Prefetch("versions", ProgramVersion.objects.order_by("-number"), to_attr="all_versions")
    programs = Program.objects.exclude(status=ProgramStatus.DRAFT).order_by("code").prefetch_related(newest)
    return [
        ProvisionRow(
            one,
            next(iter(one.all_versions), None),
            rules.get(one.pk),
            sums[one.pk][Account.ACCRUED],
            sums[one.pk][Account.PROVISION],
        )
        for one in programs
        if one.status == ProgramStatus.PUBLISHED or sums[one.pk]
    ]


def provision_rule(actor: Actor, program_id: UUID) -> ProvisionRule | None:
    actor.require(Right.STATEMENTS_VIEW)
    return ProvisionRule.objects.filter(program_id=program_id).first()


def provision_outlook(actor: Actor, program_id: UUID) -> list[tuple[Partner, Expectation]]:
    """What is expected of each partner of a program that is forecast, as of today; the largest provision first."""
    actor.require(Right.STATEMENTS_VIEW)
    found = [one for one in expectations(fiscal.today()) if one.program_id == program_id]
    partners = Partner.objects.in_bulk([one.partner_id for one in found])
    return sorted(
        ((partners[one.partner_id], one) for one in found), key=lambda pair: (-pair[1].provision, pair[0].code)
    )
