"""What people are told of accounts, places and keys. Nobody can switch security off."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Role
from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.states import Area

INVITED = register(
    NoticeKind(
        code="identity.invitation.sent",
        area=Area.PEOPLE,
        audience=_("Whoever is invited"),
        subject=_("%(vendor)s invites you to the partner portal"),
        body=_(
            "%(inviter)s invites you to work with %(vendor)s, for %(company)s, as %(role)s.\n\n"
            "The link works once and until %(until_at)s. If you did not expect this, you need not do anything."
        ),
        action=_("Accept the invitation"),
        path="/invitations/%(token)s/",
        why=_("Somebody has entered your address to invite you."),
        mutable=False,
        choices={"role": Role},
        sample={"inviter": _("Li Wei"), "company": _("Blue Harbour Trading")},
    )
)
KEY_CREATED = register(
    NoticeKind(
        code="identity.api_key.created",
        area=Area.SECURITY,
        audience=_("Administrators"),
        subject=_("New API key: %(name)s"),
        body=_("%(maker)s has made the API key “%(name)s”. It may: %(scopes)s.\n\nEnd it unless you know its purpose."),
        action=_("Look at the keys"),
        path="/settings/api-keys/",
        sample={"name": "ERP", "maker": _("Li Wei"), "scopes": ["sales.edit", "partners.view"]},
    )
)
PASSWORD_CHANGED = register(
    NoticeKind(
        code="identity.password.changed",
        area=Area.SECURITY,
        audience=_("The account's owner"),
        subject=_("Your password was changed"),
        body=_("The password of your account was changed at %(changed_at)s.\n\nIf it was not you, reset it at once."),
        action=_("Look at the sessions"),
        path="/accounts/sessions/",
    )
)
FACTOR_CHANGED = register(
    NoticeKind(
        code="identity.factor.changed",
        area=Area.SECURITY,
        audience=_("The account's owner"),
        subject=_("A way to sign in was added or removed"),
        body=_("At %(changed_at)s an authenticator, a passkey or recovery codes of your account changed.\n\n"
               "If it was not you, change your password at once."),
        action=_("Look at your security"),
        path="/accounts/2fa/",
    )
)  # fmt: skip
