"""Bank accounts: the oldest trick is to change one unseen, so everybody concerned sees it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

_SAMPLE = {
    "partner": "申江数码", "old": "CNY •••• 1234", "new": "CNY •••• 9876", "holder": "申江数码有限公司",
    "effective_at": "2026-12-31T02:00:00+00:00", "reason": "—", "account_id": "0",
}  # fmt: skip
_OWN = _("You look after your company's bank account.")
_FINANCE = _("You confirm bank accounts.")

_BLUE = _("Blue Harbour Trading")
_ENTERED = {"owner": _BLUE, "number": "•••• 6789", "holder": _BLUE, "who": _("Li Wei"), "currency": "CNY"}

TO_CONFIRM = register(
    NoticeKind(
        code="partners.account.to_confirm",
        area=Area.SECURITY,
        audience=_("All who confirm bank accounts, but who entered it"),
        subject=_("A bank account of %(owner)s waits for confirmation"),
        body=_(
            "%(who)s has entered the account %(number)s of %(holder)s for %(currency)s. Check it on a way of your own, "
            "such as a call to a number that you know, before you confirm it."
        ),
        action=_("Look at the account"),
        path="/f/accounts/",
        sample=_ENTERED,
    )
)
ENTERED = register(
    NoticeKind(
        code="partners.account.entered",
        area=Area.SECURITY,
        audience=_("The partner's administrator and finance"),
        subject=_("A new bank account was entered for %(owner)s"),
        body=_(
            "%(who)s has entered the account %(number)s of %(holder)s for %(currency)s. It takes effect once "
            "%(vendor)s has confirmed it.\n\nIf you do not know of it, tell %(vendor)s at once."
        ),
        action=_("Look at the payments"),
        path="/p/payments/",
        sample=_ENTERED,
    )
)

COOLING = register(NoticeKind(
    code="partners.account.cooling", area=Area.SECURITY, audience=_("The partner's administrators and finance"),
    subject=_("Your bank account changes: %(new)s"),
    body=_("From %(effective_at)s on you are paid to %(new)s of %(holder)s instead of %(old)s.\n\nIf nobody of your "
           "company asked for this, stop it before then. Until then everything is paid to %(old)s."),
    action=_("Check or stop the change"), path="/p/payments/", why=_OWN, sample=_SAMPLE, act="partners.account.stop",
))  # fmt: skip

COOLING_VENDOR = register(NoticeKind(
    code="partners.account.cooling_vendor", area=Area.SECURITY, audience=_("Finance"),
    subject=_("The bank account of %(partner)s changes: %(new)s"),
    body=_("From %(effective_at)s on %(partner)s is paid to %(new)s of %(holder)s instead of %(old)s. Until then it "
           "can be stopped."),
    action=_("See the account"), path="/f/accounts/", why=_FINANCE, sample=_SAMPLE,
    act="partners.account.stop_by_vendor",
))  # fmt: skip

IN_FORCE = register(NoticeKind(
    code="partners.account.in_force", area=Area.SECURITY, audience=_("The partner's administrators and finance"),
    subject=_("You are now paid to %(new)s"), body=_("The account %(new)s of %(holder)s is in force from now on."),
    action=_("See the account"), path="/p/payments/", why=_OWN, sample=_SAMPLE,
))  # fmt: skip

STOPPED = register(NoticeKind(
    code="partners.account.stopped", area=Area.SECURITY, audience=_("The partner's administrators and finance"),
    subject=_("The change to %(new)s was stopped"),
    body=_("You are paid to %(old)s as before. The reason: %(reason)s"),
    action=_("See the account"), path="/p/payments/", why=_OWN, sample=_SAMPLE,
))  # fmt: skip

STOPPED_VENDOR = register(NoticeKind(
    code="partners.account.stopped_vendor", area=Area.SECURITY, audience=_("Finance"),
    subject=_("%(partner)s: the change to %(new)s was stopped"),
    body=_("It is paid to %(old)s as before. The reason: %(reason)s\n\nFind out who asked for the change."),
    action=_("See the accounts"), path="/f/accounts/", why=_FINANCE, sample=_SAMPLE,
))  # fmt: skip
