"""What a partner has earned and was paid, for its own archive: tables, and each statement on paper."""

from __future__ import annotations

from django.utils.translation import get_language

from partners.models import Partner
from partners.own_data import Archive, DataPart, register
from prm.identity.actor import Actor
from rebates.selectors.payments import payment_list
from rebates.selectors.statements import statement_list
from rebates.statement_pdf import statement_pdf


def earnings(actor: Actor, _partner: Partner, archive: Archive) -> None:
    archive.add_kind("earnings.csv", "accruals", actor)


def statements(actor: Actor, _partner: Partner, archive: Archive) -> None:
    archive.add_kind("statement_lines.csv", "statement_lines", actor)
    archive.add_kind("statement_sales.csv", "sale_shares", actor)
    for key in statement_list(actor).order_by("number").values_list("pk", flat=True):
        document = statement_pdf(actor, key, get_language() or "en")
        archive.add(f"statements/{document.name}", document.content)


def payments(actor: Actor, _partner: Partner, archive: Archive) -> None:
    names = ("number", "currency", "form", "gross", "clawback", "amount", "status", "paid_on", "reference")
    archive.add_rows("payments.csv", names, payment_list(actor).order_by("number").values_list(*names))


register(DataPart("rebates.earnings", 70, earnings))
register(DataPart("rebates.statements", 80, statements))
register(DataPart("rebates.payments", 90, payments))
