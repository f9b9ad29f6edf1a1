"""Bank accounts: the oldest trick is to change one unseen, so everybody concerned sees it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

BLUE = _("Blue Harbour Trading")
SAMPLE = {"owner": BLUE, "number": "•••• 6789", "holder": BLUE, "who": _("Li Wei"), "currency": "CNY"}

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
        sample=SAMPLE,
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
        sample=SAMPLE,
    )
)
CONFIRMED = register(
    NoticeKind(
        code="partners.account.confirmed",
        area=Area.SECURITY,
        audience=_("The partner's administrator and finance"),
        subject=_("You are paid to another bank account from now on"),
        body=_(
            "The account %(number)s of %(holder)s was confirmed. Payments in %(currency)s go there.\n\n"
            "If you do not know of it, tell %(vendor)s at once."
        ),
        action=_("Look at the payments"),
        path="/p/payments/",
        sample=SAMPLE,
    )
)
