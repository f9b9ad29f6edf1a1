"""What a partner would earn by selling more: the same evaluation twice, once with a sale that was not made."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from commerce.models import Product, SaleLine
from prm.errors import Forbidden, Invalid
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import round_digits
from rebates import fiscal
from rebates.engine.periods import Period, PeriodKind
from rebates.engine.program import Program as Rules
from rebates.engine.reach import has_budget
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.models import ProgramVersion
from rebates.selectors.earnings import ProgramEarning, Totals, earnings_overview
from rebates.sql import LIVE, Sources
from rebates.versions import versions_in_force
from rebates.whatif.hypothesis import LIKE, Hypothesis, supposed

DIGITS = 6
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class More:
    """What a partner thinks of selling: of a product, or of a product line as its most sold product there."""

    sold_on: dt.date
    line: str = ""
    sku: str = ""
    amount: Decimal | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a program pays in a period as things are, and with the sale."""

    version: ProgramVersion
    period: Period
    currency: str
    measure: Decimal
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`is_partial` says that programs were left out that cannot be told for one partner alone."""

    product: Product
    sold_on: dt.date
    quantity: Decimal
    amount: Decimal
    currency: str
    changes: list[Change]
    is_partial: bool

    @property
    def gains(self) -> Totals:
        found: Totals = defaultdict(Decimal)
        for one in self.changes:
            found[one.currency] += one.difference
        return {currency: amount for currency, amount in sorted(found.items()) if amount}


def what_if_days() -> tuple[dt.date, dt.date]:
    """The days of a sale that can still be made in the running quarter."""
    today = fiscal.today()
    return today, fiscal.calendar().period(PeriodKind.QUARTER, today).end


def what_if_lines(actor: Actor) -> list[str]:
    """Product lines to choose from, those that the partner has sold first."""
    partner_id = _partner_of(actor)
    named = Product.objects.exclude(line="").order_by("line").values_list("line", flat=True).distinct()
    sold_ids = SaleLine.objects.filter(partner_id=partner_id).values("product_id")
    sold = set(named.filter(pk__in=sold_ids))
    return sorted(named, key=lambda line: (line not in sold, line))


def what_if(actor: Actor, more: More) -> WhatIf:
    """What the partner's programs would pay with this sale. Reads only the partner's own sales; writes nothing."""
    partner_id = _partner_of(actor)
    thought = _hypothesis(partner_id, more)
    versions = versions_in_force()
    alone = without_secrets(versions)
    before = _payouts(alone, thought)
    with supposed(thought) as sources:
        after = _payouts(alone, thought, sources)
    return WhatIf(
        product=Product.objects.get(pk=thought.product_id),
        sold_on=thought.sold_on,
        quantity=thought.quantity,
        amount=thought.net_amount,
        currency=thought.currency,
        changes=_changes(before, after),
        is_partial=len(alone) < len(versions),
    )


def cheapest_steps(actor: Actor) -> list[ProgramEarning]:
    """Programs with a next band that pays more, the one first that pays most for each unit that is missing.

    Money comes before counts: what one more unit costs to sell is not known.
    """
    earnings = earnings_overview(actor)
    hopeful = [
        one
        for one in (*earnings.programs, *earnings.longer)
        if one.next_band and one.next_band.gain > 0 and one.next_band.missing > 0
    ]
    return sorted(hopeful, key=_by_gain)


def _by_gain(one: ProgramEarning) -> tuple[bool, Decimal, str]:
    following = one.next_band
    worth = following.gain / following.missing if following else Decimal(0)
    return one.accrual.version.definition.get("measure") == "quantity", -worth, one.accrual.version.program.code


def _partner_of(actor: Actor) -> UUID:
    actor.require(Right.OWN_EARNINGS_VIEW)
    if actor.partner_id is None:
        raise Forbidden
    return actor.partner_id


def without_secrets(versions: Sequence[Version]) -> list[Version]:
    """The versions that one partner may reckon alone. A shared budget would tell what others earn, and a margin what
    the vendor's products cost; who shares a group with such a program is left out with it.
    """
    hidden = {_group(one.program) for one in versions if _is_hidden(one.program)}
    return [one for one in versions if _group(one.program) not in hidden]


def _is_hidden(program: Rules) -> bool:
    return has_budget(program) or program.measure == "margin"


def _group(program: Rules) -> tuple[str, str]:
    rule = program.stacking.rule
    return ("program", program.code) if rule == "stack" else ("group", program.stacking.group)


Place = tuple[UUID, Period]
Found = dict[Place, tuple[str, Decimal, Decimal]]


def _payouts(versions: Sequence[Version], thought: Hypothesis, sources: Sources = LIVE) -> Found:
    day = thought.sold_on
    limits: dict[str, Any] = {"partner_ids": (thought.partner_id,), "since": day, "until": day}
    return {
        (one.version_id, one.period): (one.currency, one.measure, one.payout)  # type: ignore[misc]
        for one in evaluation_of(versions, sources=sources, **limits)
    }


def _changes(before: Found, after: Found) -> list[Change]:
    """Programs in which the sale counts, or of which it changes the payout; the largest gain first."""
    nothing = ("", Decimal(0), Decimal(0))
    touched = [
        place
        for place in before.keys() | after.keys()
        if before.get(place, nothing)[1:] != after.get(place, nothing)[1:]
    ]
    rows = ProgramVersion.objects.select_related("program").in_bulk({version_id for version_id, _period in touched})
    changes = [
        Change(
            rows[place[0]], place[1], (after.get(place) or before[place])[0], after.get(place, nothing)[1],
            before.get(place, nothing)[2], after.get(place, nothing)[2],
        )
        for place in touched
    ]  # fmt: skip
    return sorted(changes, key=lambda one: (-one.difference, one.version.program.code, one.period.key))


def _hypothesis(partner_id: UUID, more: More) -> Hypothesis:
    first, last = what_if_days()
    if not first <= more.sold_on <= last:
        raise Invalid(fields={"sold_on": [_("Choose a day from today to the end of the quarter.")]})
    product_id = _product(partner_id, more)
    own = SaleLine.objects.filter(partner_id=partner_id, quantity__gt=0)
    last_sale = own.filter(product_id=product_id).order_by("-sold_on", "-id").first()
    alike = last_sale or own.order_by("-sold_on", "-id").first()
    quantity, amount = _amounts(more, last_sale)
    return Hypothesis(
        partner_id=partner_id,
        product_id=product_id,
        sold_on=more.sold_on,
        quantity=quantity,
        net_amount=amount,
        currency=alike.currency if alike else fiscal.base_currency(),
        like={name: getattr(alike, name) for name in LIKE} if alike else {},
    )


def _product(partner_id: UUID, more: More) -> UUID:
    """The product by its SKU, or the partner's most sold of the product line, else the line's first."""
    if more.sku:
        found = Product.objects.filter(sku=more.sku).values_list("pk", flat=True).first()
        if found is None:
            raise Invalid(fields={"sku": [_("There is no product with this SKU.")]})
        return found
    ids = list(Product.objects.filter(line=more.line).exclude(line="").order_by("sku").values_list("pk", flat=True))
    if not ids:
        raise Invalid(fields={"line": [_("Choose a product line or a SKU.")]})
    sold = SaleLine.objects.filter(partner_id=partner_id, product_id__in=ids).values_list("product_id")
    most = sold.annotate(total=Sum("net_amount")).order_by("-total", "product_id").first()
    return most[0] if most else ids[0]


def _amounts(more: More, last_sale: SaleLine | None) -> tuple[Decimal, Decimal]:
    """(quantity, amount); what was not given follows from the price of the partner's latest sale of the product."""
    given = {"amount": more.amount, "quantity": more.quantity}
    wrong = [name for name, value in given.items() if value is not None and not _is_possible(value)]
    if wrong:
        raise Invalid(fields={name: [_("Write a number above 0.")] for name in wrong})
    if more.amount is None and more.quantity is None:
        raise Invalid(fields={"amount": [_("Write an amount or a quantity.")]})
    price = last_sale.net_amount / last_sale.quantity if last_sale and last_sale.net_amount > 0 else None
    if more.quantity is not None and more.amount is not None:
        return more.quantity, more.amount
    if price is None:
        return _without_price(more)
    if more.amount is None:
        quantity = more.quantity or Decimal(0)
        return quantity, _followed(quantity * price, "quantity")
    return _followed(more.amount / price, "amount"), more.amount


def _is_possible(value: Decimal) -> bool:
    """Whether a sale line can hold it."""
    return 0 < value < LARGEST and round_digits(value, DIGITS) > 0


def _followed(value: Decimal, given: str) -> Decimal:
    if not _is_possible(value):
        raise Invalid(fields={given: [_("At your latest price this is too little or too much to be reckoned.")]})
    return round_digits(value, DIGITS)


def _without_price(more: More) -> tuple[Decimal, Decimal]:
    """An amount alone is one unit: only programs that count units could tell the difference."""
    if more.amount is None:
        raise Invalid(fields={"amount": [_("You have not sold this product yet: write the amount, too.")]})
    return Decimal(1), more.amount


def gain_of(changes: Iterable[Change], currency: str) -> tuple[Decimal, Decimal]:
    """(before, after) of all changes in the currency."""
    found = [one for one in changes if one.currency == currency]
    return sum((one.before for one in found), Decimal(0)), sum((one.after for one in found), Decimal(0))
