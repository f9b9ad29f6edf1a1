"""What signers, the vendor's people and a partner's people hear of agreements."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

MANAGER, PARTNER = "/m/agreements/%(agreement_id)s/", "/p/agreements/%(agreement_id)s/"
EITHER = "/%(side)s/agreements/%(agreement_id)s/"
STAFF = _("The vendor's people who look after agreements")
BOTH = _("Both sides")
SAMPLE = {
    "agreement_id": "0", "number": "A-00012", "partner": "Blue Harbour", "signer": "Mei Chen", "side": "p",
    "last_on": "2027-03-31", "days": 30, "reason": "…", "until_at": "2026-12-24T08:00:00+00:00", "token": "…",
}  # fmt: skip

SIGN_ASKED = register(
    NoticeKind(
        code="partners.agreement.sign_asked", area=Area.AGREEMENTS, audience=_("Signers with a place in the portal"),
        subject=_("%(vendor)s asks you to sign agreement %(number)s"),
        body=_("Agreement %(number)s with %(partner)s is ready for your signature.\n\n"
               "You can read and sign it in a few minutes, on your phone as well."),
        action=_("Read and sign"), path=PARTNER, why=_("You are named as a signer."), mutable=False, urgent=True,
        sample=SAMPLE,
    )
)  # fmt: skip
SIGN_ASKED_BY_LINK = register(
    NoticeKind(
        code="partners.agreement.sign_asked_by_link", area=Area.AGREEMENTS, audience=_("Signers without an account"),
        subject=_("%(vendor)s asks you to sign agreement %(number)s"),
        body=_("%(signer)s, agreement %(number)s with %(partner)s is ready for your signature.\n\n"
               "The link is meant for you alone: don't pass it on. It is good until %(until_at)s."),
        action=_("Read and sign"), path="/sign/%(token)s/", why=_("You are named as a signer."), mutable=False,
        urgent=True, sample=SAMPLE,
    )
)  # fmt: skip
COUNTERSIGN_ASKED = register(
    NoticeKind(
        code="partners.agreement.countersign_asked", area=Area.AGREEMENTS, audience=STAFF,
        subject=_("%(partner)s has signed %(number)s: please countersign"),
        body=_("Everybody at %(partner)s has signed agreement %(number)s. It takes effect once it is countersigned."),
        action=_("Countersign"), path=MANAGER, why=_("You may sign for your company."), sample=SAMPLE,
    )
)  # fmt: skip
SIGNED = register(
    NoticeKind(
        code="partners.agreement.signed", area=Area.AGREEMENTS, audience=STAFF,
        subject=_("%(signer)s has signed %(number)s"),
        body=_("%(signer)s has signed agreement %(number)s for %(partner)s."),
        action=_("Open the agreement"), path=MANAGER, why=_("You look after agreements."), sample=SAMPLE,
    )
)  # fmt: skip
DECLINED = register(
    NoticeKind(
        code="partners.agreement.declined", area=Area.AGREEMENTS, audience=STAFF,
        subject=_("%(partner)s does not sign %(number)s"),
        body=_("%(signer)s has declined agreement %(number)s.\n\nReason: %(reason)s"),
        action=_("Open the agreement"), path=MANAGER, why=_("You look after agreements."), sample=SAMPLE,
    )
)  # fmt: skip
ACTIVE = register(
    NoticeKind(
        code="partners.agreement.activated", area=Area.AGREEMENTS, audience=BOTH,
        subject=_("Agreement %(number)s is in force"),
        body=_("Everybody has signed agreement %(number)s with %(partner)s; it is in force now. "
               "The signed document is ready to be kept."),
        action=_("Open the agreement"), path=EITHER, why=_("The agreement concerns you."), sample=SAMPLE,
    )
)  # fmt: skip
EXPIRING = register(
    NoticeKind(
        code="partners.agreement.expiring", area=Area.AGREEMENTS, audience=BOTH,
        subject=_("Agreement %(number)s ends %(in_days)s"),
        body=_("Agreement %(number)s with %(partner)s ends on %(last_on)s. What it grants ends with that day, "
               "unless it is renewed before."),
        action=_("Open the agreement"), path=EITHER, why=_("The agreement concerns you."), mutable=False,
        sample=SAMPLE,
    )
)  # fmt: skip
RENEWING = register(
    NoticeKind(
        code="partners.agreement.renewing", area=Area.AGREEMENTS, audience=BOTH,
        subject=_("Agreement %(number)s renews by itself"),
        body=_("The present term of agreement %(number)s with %(partner)s ends on %(last_on)s. It renews by itself "
               "unless one of the sides gives notice until %(notice_on)s."),
        action=_("Open the agreement"), path=EITHER, why=_("The agreement concerns you."), mutable=False,
        sample={**SAMPLE, "notice_on": "2027-03-01"},
    )
)  # fmt: skip
ENDED = register(
    NoticeKind(
        code="partners.agreement.ended", area=Area.AGREEMENTS, audience=BOTH,
        subject=_("Agreement %(number)s has ended"),
        body=_("Agreement %(number)s with %(partner)s has ended; its last day is %(last_on)s. What it granted ends "
               "with that day."),
        action=_("Open the agreement"), path=EITHER, why=_("The agreement concerns you."), mutable=False,
        sample=SAMPLE,
    )
)  # fmt: skip
WATCH_FAILED = register(
    NoticeKind(
        code="partners.agreement.watch_failed", area=Area.AGREEMENTS, audience=STAFF,
        subject=_("Agreement %(number)s: what is due could not be done"),
        body=_("Agreement %(number)s with %(partner)s begins, renews or ends today, or a warning about it is due, and "
               "that failed: %(reason)s\n\nIt is tried again every half hour. All other agreements went on."),
        action=_("Open the agreement"), path=MANAGER, why=_("You look after agreements."), sample=SAMPLE,
    )
)  # fmt: skip
ACTIVE_BY_LINK = register(
    NoticeKind(
        code="partners.agreement.activated_by_link", area=Area.AGREEMENTS, audience=_("Signers without an account"),
        subject=_("Agreement %(number)s is in force: your signed copy"),
        body=_("%(signer)s, everybody has signed agreement %(number)s with %(partner)s, and it is in force.\n\nSave "
               "the signed document: the link is meant for you alone and is good until %(until_at)s. It takes the "
               "place of the link you signed by."),
        action=_("Read and save it"), path="/sign/%(token)s/", why=_("You have signed this agreement."), mutable=False,
        sample=SAMPLE,
    )
)  # fmt: skip
