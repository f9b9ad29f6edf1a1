"""What partners are told of suspensions, of their leaving and of their data; what managers are told of bulk actions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partners.models import DataExport, Exit, Suspension
from partners.selectors.exits import left_with
from partners.services.data_exports import data_export_link
from partners.states.exits import ExitStatus
from partners.states.suspensions import SuspensionScope, SuspensionStatus
from prm.db.scope import require_tenant
from prm.identity.models import User
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind, register
from prm.notifications.services import notify, notify_address
from prm.notifications.states import Area

SUSPENDED = register(
    NoticeKind(
        code="partners.suspension.started", area=Area.LIFECYCLE, audience=_("Partner administrators"),
        subject=_("Suspended: %(scope)s"),
        body=_("%(vendor)s has suspended %(partner)s: %(scope)s.\n\nReason: %(reason)s"),
        action=_("See what is held"), path="/p/", why=_("You manage the company's account."), mutable=False,
        urgent=True, choices={"scope": SuspensionScope},
        sample={"partner": "Blue Harbour", "scope": "payouts", "reason": "Papers are missing."},
    )
)  # fmt: skip
LIFTED = register(
    NoticeKind(
        code="partners.suspension.lifted", area=Area.LIFECYCLE, audience=_("Partner administrators"),
        subject=_("No longer suspended: %(scope)s"),
        body=_("The suspension of %(partner)s is over: %(scope)s. What waited goes on."),
        action=_("Go to the portal"), path="/p/", why=_("You manage the company's account."), mutable=False,
        choices={"scope": SuspensionScope}, sample={"partner": "Blue Harbour", "scope": "payouts"},
    )
)  # fmt: skip
LEAVING = register(
    NoticeKind(
        code="partners.exit.started", area=Area.LIFECYCLE, audience=_("Partner administrators"),
        subject=_("The partnership ends on %(last_on)s"),
        body=_(
            "The partnership of %(partner)s with %(vendor)s ends on %(last_on)s; access to the portal ends then.\n\n"
            "Until that day you can download your data."
        ),
        action=_("See what happens until then"), path="/p/exit/", why=_("You manage the company's account."),
        mutable=False, urgent=True, sample={"partner": "Blue Harbour", "last_on": "2026-12-31"},
    )
)  # fmt: skip
STAYING = register(
    NoticeKind(
        code="partners.exit.cancelled", area=Area.LIFECYCLE, audience=_("Partner administrators"),
        subject=_("The partnership goes on"),
        body=_("The exit of %(partner)s was called off. Nothing ends."), action=_("Go to the portal"), path="/p/",
        why=_("You manage the company's account."), mutable=False, sample={"partner": "Blue Harbour"},
    )
)  # fmt: skip
DATA_READY = register(
    NoticeKind(
        code="partners.data_export.ready", area=Area.LIFECYCLE, audience=_("Who asked for the archive"),
        subject=_("Your data is ready"),
        body=_("The archive of %(partner)s's data can be downloaded until %(until_on)s."), action=_("Download"),
        path="/p/exit/", why=_("You asked for it."), sample={"partner": "Blue Harbour", "until_on": "2026-12-31"},
    )
)  # fmt: skip
DATA_PACKED = register(
    NoticeKind(
        code="partners.data_export.packed", area=Area.LIFECYCLE, audience=_("Who asked for the archive"),
        subject=_("The data of %(partner)s is ready"), body=DATA_READY.body, action=_("Download"),
        path="/m/exits/%(exit_id)s/", why=_("You asked for it."),
        sample={"partner": "Blue Harbour", "until_on": "2026-12-31", "exit_id": "x"},
    )
)  # fmt: skip
DATA_LINK = register(
    NoticeKind(
        code="partners.data_export.link", area=Area.SECURITY, audience=_("Administrators of a partner that has left"),
        subject=_("Your data at %(vendor)s"),
        body=_(
            "The partnership of %(partner)s with %(vendor)s has ended. Your data can be downloaded by the link below "
            "until %(until_on)s; nobody needs an account for it, so keep it to yourself."
        ),
        action=_("Download"), path="/exit-data/%(token)s/",
        why=_("You managed the company's account."), mutable=False,
        sample={"partner": "Blue Harbour", "until_on": "2026-12-31", "token": "x"},
    )
)  # fmt: skip
MESSAGE = register(
    NoticeKind(
        code="partners.bulk.message", area=Area.PEOPLE, audience=_("Partner administrators"), subject=_("%(subject)s"),
        body=_("%(text)s"), action=_("Go to the portal"), path="/p/", why=_("%(vendor)s wrote to its partners."),
        sample={"subject": "Price list", "text": "The new price list is out."},
    )
)  # fmt: skip


def suspension_tell(found: Suspension) -> None:
    """The partner's administrators, when it began and when it is over; a planned one that never began is no news."""
    data = {"partner": found.partner.name, "scope": found.scope}
    once = f"{found.pk}:{found.status}"
    to = administrators(found.partner_id)
    if found.status == SuspensionStatus.IN_FORCE:
        notify(SUSPENDED, to=to, data=data | {"reason": found.reason}, once=once, partner_id=found.partner_id)
    elif found.status in {SuspensionStatus.OVER, SuspensionStatus.LIFTED}:
        notify(LIFTED, to=to, data=data, once=once, partner_id=found.partner_id)


def exit_tell(found: Exit) -> None:
    data, to = {"partner": found.partner.name}, administrators(found.partner_id)
    if found.status == ExitStatus.OPEN:
        last = found.last_day.isoformat()
        notify(LEAVING, to=to, data=data | {"last_on": last}, once=f"{found.pk}:{last}", partner_id=found.partner_id)
    elif found.status == ExitStatus.CANCELLED:
        notify(STAYING, to=to, data=data, once=f"{found.pk}:cancelled", partner_id=found.partner_id)


def data_export_tell(export: DataExport, found: Exit | None) -> None:
    """By its link once the partner is gone, else to who asked for it: at the vendor it was asked for with the exit."""
    if export.expires_at is None:
        return
    data = {"partner": export.partner.name, "until_on": export.expires_at.date().isoformat()}
    if found is not None and found.status == ExitStatus.FINISHED:
        _by_link(export, found, data)
        return
    asked = User.objects.filter(pk__in=[export.requested_by_id], is_active=True)
    if found is not None:
        notify(DATA_PACKED, to=asked, data=data | {"exit_id": str(found.pk)}, once=str(export.pk))
        return
    notify(DATA_READY, to=asked, data=data, once=str(export.pk))


def administrators(partner_id: object) -> list[User]:
    return users_with(Right.OWN_TEAM_MANAGE, partner_id=partner_id)  # type: ignore[arg-type]


def _by_link(export: DataExport, found: Exit, data: dict[str, str]) -> None:
    """One link for all who administered the company to the end: they have no place there now."""
    if export.token_hash:
        return
    people = left_with(found)
    if not people:
        return
    _export, token = data_export_link(export_id=export.pk)
    for user in people:
        language = user.locale or require_tenant().locale
        notify_address(
            DATA_LINK, email=user.email, language=language, data=data | {"token": token}, once=str(export.pk)
        )  # fmt: skip
