"""The bookings of a settlement for the vendor's own ledger system: payable against what each payout form is taken from.

Every payment, program and period is a pair of a debit and a credit, so the file is balanced per currency line by line.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum
from django.utils.translation import gettext as _

from prm.money import minor_units
from rebates import fiscal
from rebates.csv_cells import csv_cell
from rebates.models import AccountNumber, Settlement, SettlementLine
from rebates.states import BookAccount

STANDARD_NUMBERS = {
    BookAccount.PAYABLE: "2241",
    BookAccount.CASH: "1002",
    BookAccount.DEDUCTION: "1122",
    BookAccount.CREDIT_NOTE: "1122",
    BookAccount.FREE_GOODS: "1405",
}
"""Of the Chinese standard chart of accounts; a vendor enters its own."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One side."""

    settlement: str
    payment: str
    booked_on: str
    account: str
    account_name: str
    debit: str
    credit: str
    currency: str
    partner_code: str
    partner_name: str
    program: str
    period: str


def account_numbers() -> dict[str, str]:
    """Account → number in the vendor's books."""
    entered = dict(AccountNumber.objects.values_list("account", "number"))
    return {account.value: entered.get(account.value, number) for account, number in STANDARD_NUMBERS.items()}


def bookings_of(settlement: Settlement) -> Iterator[Booking]:
    """Debit and credit of every payment, program and period, by payment number."""
    numbers, line = account_numbers(), "statement_line__"
    places = (
        "payment__number", "payment__form", "payment__currency", "payment__partner__code", "payment__partner__name",
        f"{line}version__program__code", f"{line}statement__period__key",
    )  # fmt: skip
    rows = SettlementLine.objects.filter(settlement=settlement).order_by(*places).values_list(*places)
    today = fiscal.today().isoformat()
    for number, form, currency, code, name, program, period, total in rows.annotate(Sum("amount")):
        text = f"{abs(total):.{minor_units(currency)}f}"
        debit, credit = (BookAccount.PAYABLE, BookAccount(form))
        if total < 0:
            debit, credit = credit, debit
        sides = ((debit, text, ""), (credit, "", text)) if total else ()
        for account, left, right in sides:
            yield Booking(
                str(settlement), f"PAY-{number:06d}", today, numbers[account.value], str(account.label), left, right,
                currency, code, name, program, period,
            )  # fmt: skip


def headers() -> list[str]:
    return [
        _("Settlement"), _("Payment"), _("Booked on"), _("Account"), _("Account name"), _("Debit"), _("Credit"),
        _("Currency"), _("Partner code"), _("Partner"), _("Program"), _("Period"),
    ]  # fmt: skip


def write_journal_csv(path: Path, settlement: Settlement) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(csv_cell(text) for text in headers())
        writer.writerows([csv_cell(text) for text in asdict(one).values()] for one in bookings_of(settlement))


def write_journal_json(path: Path, settlement: Settlement) -> None:
    """`{"settlement", "totals": {currency: {"debit", "credit"}}, "entries": [...]}`; amounts are text."""
    entries = [asdict(one) for one in bookings_of(settlement)]
    totals: dict[str, dict[str, Decimal]] = {}
    for entry in entries:
        total = totals.setdefault(entry["currency"], {"debit": Decimal(0), "credit": Decimal(0)})
        for side, amount in total.items():
            total[side] = amount + Decimal(entry[side] or 0)
    document = {
        "settlement": str(settlement),
        "totals": {code: {side: str(sum_) for side, sum_ in total.items()} for code, total in totals.items()},
        "entries": entries,
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
