from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CertificateStatus(models.TextChoices):
    """Whether a certificate counts on a day is a matter of its days; the state says what has been told of it."""

    VALID = "valid", pgettext_lazy("certificate", "Valid")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


CERTIFICATE_START = (CertificateStatus.VALID, CertificateStatus.EXPIRED)
"""Old certificates are brought in by imports."""

CERTIFICATE_TRANSITIONS = {
    CertificateStatus.VALID: {"expire": CertificateStatus.EXPIRED, "revoke": CertificateStatus.REVOKED},
    CertificateStatus.EXPIRED: {"revoke": CertificateStatus.REVOKED},
    CertificateStatus.REVOKED: {},
}
CERTIFICATE_REASONED = frozenset({"revoke"})


class Level(models.TextChoices):
    ASSOCIATE = "associate", _("Associate")
    PROFESSIONAL = "professional", _("Professional")
    EXPERT = "expert", _("Expert")


WARN_DAYS = (60, 30, 14, 7)
"""Days before the end at which a warning is sent, each once."""
