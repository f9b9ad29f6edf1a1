from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

_SAMPLE = {
    "person": "李雷", "partner": "申江数码", "certification": "Network Expert", "expires_on": "2026-12-31", "days": 30,
    "before": 3, "after": 2, "programs": "CORE-Q", "worth_amount": ["41000.00", "CNY"],
    "tier": "Tier Silver instead of Gold",
}  # fmt: skip

EXPIRING_OWN = register(NoticeKind(
    code="partners.certificate.expiring_own", area=Area.CERTIFICATION, audience=_("Certified person"),
    subject=_("Your certificate %(certification)s ends %(in_days)s"),
    body=_("%(certification)s is valid until %(expires_on)s. Renew it before that day, so that it goes on counting for "
           "%(partner)s."),
    action=_("Look at my certificates"), path="/p/certificates/", why=_("You hold this certificate."), sample=_SAMPLE,
))  # fmt: skip

EXPIRING = register(NoticeKind(
    code="partners.certificate.expiring", area=Area.CERTIFICATION, audience=_("Partner administrator"),
    subject=_("%(certification)s of %(person)s ends %(in_days)s"),
    body=_("The certificate is valid until %(expires_on)s. After that %(partner)s has %(after)s certified people "
           "instead of %(before)s."),
    action=_("See what would be lost"), path="/p/certificates/",
    why=_("You administer the company for which it counts."), sample=_SAMPLE,
))  # fmt: skip

EXPIRING_COSTLY = register(NoticeKind(
    code="partners.certificate.expiring_costly", area=Area.CERTIFICATION, audience=_("Partner administrator"),
    subject=_("%(certification)s of %(person)s ends %(in_days)s, and a rebate with it"),
    body=_("The certificate is valid until %(expires_on)s. After that %(partner)s has %(after)s certified people "
           "instead of %(before)s.\n\nThis is not enough for %(programs)s, which was last worth %(worth_amount)s."),
    action=_("See what would be lost"), path="/p/certificates/", urgent=True,
    why=_("You administer the company for which it counts."), sample=_SAMPLE,
))  # fmt: skip

EXPIRING_TIER = register(NoticeKind(
    code="partners.certificate.expiring_tier", area=Area.CERTIFICATION, audience=_("Partner administrator"),
    subject=_("%(certification)s of %(person)s ends %(in_days)s, and a tier with it"),
    body=_("The certificate is valid until %(expires_on)s. After that %(partner)s has %(after)s certified people "
           "instead of %(before)s.\n\nWhat its figures then mean: %(tier)s."),
    action=_("See what would be lost"), path="/p/certificates/", urgent=True,
    why=_("You administer the company for which it counts."), sample=_SAMPLE,
))  # fmt: skip

EXPIRING_BOTH = register(NoticeKind(
    code="partners.certificate.expiring_both", area=Area.CERTIFICATION, audience=_("Partner administrator"),
    subject=_("%(certification)s of %(person)s ends %(in_days)s, and a tier and a rebate with it"),
    body=_("The certificate is valid until %(expires_on)s. After that %(partner)s has %(after)s certified people "
           "instead of %(before)s.\n\nWhat its figures then mean: %(tier)s.\n\nThis is not enough for %(programs)s, "
           "which was last worth %(worth_amount)s."),
    action=_("See what would be lost"), path="/p/certificates/", urgent=True,
    why=_("You administer the company for which it counts."), sample=_SAMPLE,
))  # fmt: skip

EXPIRED = register(NoticeKind(
    code="partners.certificate.expired", area=Area.CERTIFICATION, audience=_("Certified person, partner administrator"),
    subject=_("%(certification)s of %(person)s has ended"),
    body=_("Its last day was %(expires_on)s. It does not count for %(partner)s any more."),
    action=_("Look at the certificates"), path="/p/certificates/", sample=_SAMPLE,
    why=_("It is your certificate, or it counted for your company."),
))  # fmt: skip

REVOKED = register(NoticeKind(
    code="partners.certificate.revoked", area=Area.CERTIFICATION, audience=_("Certified person, partner administrator"),
    subject=_("%(certification)s of %(person)s was revoked"),
    body=_("From today on the certificate does not count for %(partner)s any more. The reason: %(reason)s"),
    action=_("Look at the certificates"), path="/p/certificates/", mutable=False,
    why=_("It is your certificate, or it counted for your company."), sample=_SAMPLE | {"reason": "—"},
))  # fmt: skip

AWARDED = register(NoticeKind(
    code="partners.certificate.awarded", area=Area.CERTIFICATION, audience=_("Certified person"),
    subject=_("You hold a new certificate: %(certification)s"),
    body=_("Congratulations. The certificate counts for %(partner)s."),
    action=_("Look at my certificates"), path="/p/certificates/", why=_("You hold this certificate."), sample=_SAMPLE,
))  # fmt: skip
