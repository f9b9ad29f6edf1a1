"""Links that do something: asked about, used once."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from prm import clock
from prm.audit.services import record
from prm.errors import Forbidden, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.selectors import membership_at
from prm.notifications.acts import act_of
from prm.notifications.links import SIGNER
from prm.notifications.models import ActLink


def act_link_find(token: str) -> tuple[ActLink, Actor]:
    """The link, and the actor it makes of its reader. Raises `NotFound` for a forged one, `StateError` for one that is
    used or expired, `Forbidden` when its reader has no place here any more."""
    return _usable(ActLink.objects.filter(pk=_key(token)).select_related("user").first())


@transaction.atomic
def act_link_use(*, token: str) -> ActLink:
    """Do it. Of two clicks at once the second finds it used."""
    rows = ActLink.objects.select_for_update(of=("self",)).select_related("user")
    link, actor = _usable(rows.filter(pk=_key(token)).first())
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    act_of(link.act).do(actor, link.data)
    record(actor, "notifications.act.used", link, {"act": link.act})
    return link


def _key(token: str) -> UUID:
    try:
        return UUID(hex=SIGNER.unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotFound(_("This link is not one of ours, or not whole. Open it from the mail again.")) from error


def _usable(link: ActLink | None) -> tuple[ActLink, Actor]:
    if link is None:
        raise NotFound(_("This link is not one of ours, or not whole. Open it from the mail again."))
    if link.used_at is not None:
        raise StateError(_("This link was used on %(when)s. It works once.") % _when(link.used_at), code="link_used")
    if link.expires_at <= clock.now():
        raise StateError(_("This link expired on %(when)s.") % _when(link.expires_at), code="link_expired")
    membership = membership_at(link.user, link.partner_id)
    if membership is None or not link.user.is_active:
        raise Forbidden(_("You do not work here any more, so this link does nothing."))
    return link, Actor.user(membership)


def _when(instant: dt.datetime) -> dict[str, str]:
    return {"when": date_format(timezone.localtime(instant), "DATETIME_FORMAT")}
