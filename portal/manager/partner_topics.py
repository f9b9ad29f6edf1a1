"""What agreements, tiers, scorecards, certificates and the company's profile add to a partner's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.selectors.agreements import agreement_list
from partners.selectors.certificates import certificate_list
from partners.selectors.tiers import stay_list
from portal.shared.agreements import title_of
from portal.shared.partner_cards import SIDE, PartnerCard, PartnerTopic, register
from portal.shared.timeline import audit_source
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest

AGREEMENTS_SHOWN = 4


def agreements(request: PortalRequest, partner: Any) -> Mapping[str, Any]:
    rows: list[Any] = list(agreement_list(request.actor, partner_id=partner.pk)[:AGREEMENTS_SHOWN])
    for row in rows:
        row.title = title_of(row)
    return {"agreements": rows}


register(
    PartnerCard(
        "agreements", 50, Right.AGREEMENTS_VIEW, "portal/manager/partners/cards/agreements.html", agreements, queries=1,
        column=SIDE,
    ),
    PartnerTopic("company", 10, _("Company"), "building-2", "manager:company", Right.PARTNERS_VIEW),
    PartnerTopic("agreements", 30, _("Agreements"), "signature", "manager:partner_agreements", Right.AGREEMENTS_VIEW),
    PartnerTopic("tier", 40, _("Tier"), "medal", "manager:partner_tier", Right.TIERS_VIEW),
    PartnerTopic("scorecard", 50, _("Scorecard"), "gauge", "manager:partner_scorecard", Right.SCORECARDS_VIEW),
)  # fmt: skip
audit_source(
    "agreements",
    Right.AGREEMENTS_VIEW,
    "partners.agreement",
    lambda actor, partner_id: list(agreement_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
audit_source(
    "certificates",
    Right.PARTNERS_VIEW,
    "partners.certificate",
    lambda actor, partner_id: list(certificate_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
audit_source(
    "stays",
    Right.TIERS_VIEW,
    "partners.tierstay",
    lambda actor, partner_id: list(stay_list(actor, partner_id=partner_id).values_list("pk", flat=True)),
)
