"""Partner companies and everything that is known of them."""

from partners.models.accounts import BankAccount
from partners.models.agreement_templates import AgreementTemplate, AgreementTemplateVersion
from partners.models.agreements import (
    Agreement,
    AgreementDocument,
    AgreementNotice,
    AgreementSigner,
    Entitlement,
    Signature,
    SigningSettings,
)
from partners.models.partner import Partner, TierChange

__all__ = [
    "Agreement",
    "AgreementDocument",
    "AgreementNotice",
    "AgreementSigner",
    "AgreementTemplate",
    "AgreementTemplateVersion",
    "BankAccount",
    "Entitlement",
    "Partner",
    "Signature",
    "SigningSettings",
    "TierChange",
]
