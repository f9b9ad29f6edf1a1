from django.utils.translation import gettext_lazy as _

from prm.identity.rights import Right
from prm.web.navigation import NavItem, register

SETTINGS = _("Settings")

register(
    NavItem("manager", _("Team"), "users", "shared:team", group=SETTINGS, right=Right.TEAM_MANAGE),
    NavItem("manager", _("API keys"), "key-round", "shared:api_keys", group=SETTINGS, right=Right.API_KEYS_MANAGE),
    NavItem("manager", _("Messages"), "mails", "shared:mail_kinds", group=SETTINGS, right=Right.SETTINGS_EDIT),
    NavItem("partner", _("Team"), "users", "shared:team", group=SETTINGS, right=Right.OWN_TEAM_MANAGE),
)
