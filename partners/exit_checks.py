"""What this app looks at before a partner is gone."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from partners.exits import ExitCheck, register
from partners.models import Agreement, BankAccount, DataExport
from partners.selectors.agreements import in_force_on
from partners.states.accounts import AccountStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.services.partner_access import active_people, open_invitations
from prm.runs.states import RunStatus


def _accounts_waiting(partner_id: UUID) -> int:
    """Also those that take effect soon: once the partner has gone, nobody of it can stop them."""
    under_way = [AccountStatus.PROPOSED, AccountStatus.COOLING]
    return int(BankAccount.objects.filter(partner_id=partner_id, status__in=under_way).count())


def _agreements_in_force(partner_id: UUID) -> int:
    rows = Agreement.objects.filter(partner_id=partner_id)
    return int(in_force_on(rows, clock.today(require_tenant())).count())


def _without_data(partner_id: UUID) -> int:
    return int(not DataExport.objects.filter(partner_id=partner_id, status=RunStatus.DONE).exists())


register(
    ExitCheck(
        "partners.agreements", 65, _("Agreements in force"), blocks=True, count=_agreements_in_force,
        link="/m/partners/%(partner_id)s/agreements/",
        hint=_("End them; what they grant ends with them."),
    ),
    ExitCheck(
        "partners.accounts", 70, _("Bank accounts that wait or take effect soon"), blocks=True, count=_accounts_waiting,
        link="/f/accounts/", hint=_("Confirm, stop or reject them, so that nothing is paid to the wrong account."),
    ),
    ExitCheck(
        "partners.data", 80, _("Data export for the partner"), blocks=False, count=_without_data,
        hint=_("One is made at the end in any case, and the partner gets a link to it."),
    ),
    ExitCheck(
        "partners.people", 90, _("People who lose their access"), blocks=False, count=active_people,
        link="/team/?partner=%(partner_id)s", hint=_("Their places end with the exit, at once."),
    ),
    ExitCheck(
        "partners.invitations", 95, _("Open invitations"), blocks=False, count=open_invitations,
        link="/team/?partner=%(partner_id)s", hint=_("They are revoked with the exit."),
    ),
)  # fmt: skip
