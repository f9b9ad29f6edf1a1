from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TemplateVersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


TEMPLATE_VERSION_TRANSITIONS = {
    TemplateVersionStatus.DRAFT: {"publish": TemplateVersionStatus.PUBLISHED},
    TemplateVersionStatus.PUBLISHED: {},
}
TEMPLATE_VERSION_START = (TemplateVersionStatus.DRAFT,)


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    VIEWED = "viewed", _("Viewed")
    SIGNED = "signed", _("Signed by the partner")
    COUNTERSIGNED = "countersigned", _("Countersigned")
    ACTIVE = "active", _("In force")
    EXPIRING = "expiring", _("Expiring")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    REPLACED = "replaced", _("Replaced")
    DECLINED = "declined", _("Declined")
    VOIDED = "voided", _("Voided")


AGREEMENT_START = (AgreementStatus.DRAFT,)
AGREEMENT_TRANSITIONS = {
    AgreementStatus.DRAFT: {"send": AgreementStatus.SENT, "void": AgreementStatus.VOIDED},
    AgreementStatus.SENT: {
        "view": AgreementStatus.VIEWED,
        "decline": AgreementStatus.DECLINED,
        "void": AgreementStatus.VOIDED,
    },
    AgreementStatus.VIEWED: {
        "sign": AgreementStatus.SIGNED,
        "decline": AgreementStatus.DECLINED,
        "void": AgreementStatus.VOIDED,
    },
    AgreementStatus.SIGNED: {"countersign": AgreementStatus.COUNTERSIGNED, "void": AgreementStatus.VOIDED},
    AgreementStatus.COUNTERSIGNED: {"activate": AgreementStatus.ACTIVE, "void": AgreementStatus.VOIDED},
    AgreementStatus.ACTIVE: {
        "near_end": AgreementStatus.EXPIRING,
        "renew": AgreementStatus.ACTIVE,
        "expire": AgreementStatus.EXPIRED,
        "terminate": AgreementStatus.TERMINATED,
        "replace": AgreementStatus.REPLACED,
    },
    AgreementStatus.EXPIRING: {
        "renew": AgreementStatus.ACTIVE,
        "expire": AgreementStatus.EXPIRED,
        "terminate": AgreementStatus.TERMINATED,
        "replace": AgreementStatus.REPLACED,
    },
    AgreementStatus.EXPIRED: {},
    AgreementStatus.TERMINATED: {},
    AgreementStatus.REPLACED: {},
    AgreementStatus.DECLINED: {},
    AgreementStatus.VOIDED: {},
}
AGREEMENT_REASONED = frozenset({"decline", "void", "terminate"})

OUT = (AgreementStatus.SENT, AgreementStatus.VIEWED)
"""With the partner's signers."""
UNDER_WAY = (AgreementStatus.DRAFT, *OUT, AgreementStatus.SIGNED, AgreementStatus.COUNTERSIGNED)
IN_FORCE = (AgreementStatus.ACTIVE, AgreementStatus.EXPIRING)
NEGATIVE = (AgreementStatus.DECLINED, AgreementStatus.VOIDED, AgreementStatus.TERMINATED)


class AgreementKind(models.TextChoices):
    ORIGINAL = "original", _("Agreement")
    AMENDMENT = "amendment", _("Amendment")
    RENEWAL = "renewal", _("Renewal")


class AmendmentEffect(models.TextChoices):
    """What an amendment does to the agreement it amends, once it is in force."""

    EXTENDS = "extends", _("Adds to it")
    REPLACES = "replaces", _("Takes its place")


class ServiceTodo(models.TextChoices):
    """What is yet to be done at the signing service."""

    HAND_OVER = "hand_over", _("Hand over to be signed")
    CALL_BACK = "call_back", _("Call back")
    TAKE_IN = "take_in", _("Fetch the signed paper")


MOST_TRIES = 60
"""Calls of a signing service that fail, over two days and more, before it is left to a person to try again."""


class SignerSide(models.TextChoices):
    PARTNER = "partner", _("Partner")
    VENDOR = "vendor", _("Vendor")


class SignerStatus(models.TextChoices):
    WAITING = "waiting", _("Not yet asked")
    ASKED = "asked", _("Asked")
    VIEWED = "viewed", _("Has opened it")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")
    RELEASED = "released", _("No longer asked")


_OPEN = {"sign": SignerStatus.SIGNED, "decline": SignerStatus.DECLINED, "release": SignerStatus.RELEASED}
SIGNER_START = (SignerStatus.WAITING,)
SIGNER_TRANSITIONS = {
    SignerStatus.WAITING: {"ask": SignerStatus.ASKED, "release": SignerStatus.RELEASED},
    SignerStatus.ASKED: {"view": SignerStatus.VIEWED, **_OPEN},
    SignerStatus.VIEWED: _OPEN,
    SignerStatus.SIGNED: {},
    SignerStatus.DECLINED: {},
    SignerStatus.RELEASED: {},
}
SIGNER_REASONED = frozenset({"decline"})
SIGNER_ASKED = (SignerStatus.ASKED, SignerStatus.VIEWED)


class SignatureMethod(models.TextChoices):
    TYPED = "typed", _("Typed")
    DRAWN = "drawn", _("Drawn")
    PROVIDER = "provider", _("At a signing service")


class EntitlementKind(models.TextChoices):
    TERRITORY = "territory", _("Territory")
    PRODUCT_LINE = "product_line", _("Product line")
    PROGRAM = "program", _("Program")
    BENEFIT = "benefit", _("Benefit")
