"""The demo partner's statement of the last quarter is in review; one line of it is disputed and asked about."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO

from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.money import round_money
from rebates.selectors.statements import statement_lines, statement_list
from rebates.services.disputes import dispute_acknowledge, dispute_ask, dispute_open

DELIVERY = "invoice,signed_on,amount\n25-1187,2025-09-30,41200\n25-1188,2025-09-30,18650\n"
TEXTS = {
    "en": (
        "Two invoices that the customer signed for on the last day of the quarter are not counted.",
        "delivery-notes.csv",
        "Please name the two invoices and the day on which the goods were received.",
    ),
    "zh": ("客户在季度最后一天签收的两张发票没有计入。", "签收单.csv", "请补充这两张发票的号码和收货日期。"),
}


def objection_make(staff: Mapping[Role, Membership]) -> None:
    people, finance = (Actor.user(staff[role]) for role in (Role.PARTNER_ADMINISTRATOR, Role.FINANCE))
    reviewed = statement_list(people, status="in_review").first()
    line = statement_lines(people, reviewed.pk).filter(amount__gt=0).first() if reviewed else None
    if reviewed is None or line is None:
        return
    said, name, question = TEXTS["zh" if require_tenant().locale.startswith("zh") else "en"]
    dispute = dispute_open(
        actor=people, line_id=line.pk, reason="missing_sales", text=said,
        claimed=round_money(line.amount * Decimal("1.05"), reviewed.currency),
        files=[(name, BytesIO(DELIVERY.encode()))],
    )  # fmt: skip
    dispute_acknowledge(actor=finance, dispute_id=dispute.pk)
    dispute_ask(actor=finance, dispute_id=dispute.pk, text=question)
