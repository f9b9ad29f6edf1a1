"""Signed links in mails."""

from __future__ import annotations

import datetime as dt

from django.core.signing import Signer

from prm import clock
from prm.identity.models import User
from prm.notifications.acts import act_of
from prm.notifications.models import ActLink, Notice

SIGNER = Signer(salt="prm.notifications.act", sep=".")


def act_link_make(notice: Notice, user: User) -> str:
    """The signed text with which the notice's reader may do its act, once."""
    act = act_of(notice.about.act)
    expires = clock.now() + dt.timedelta(days=act.days)
    link = ActLink.objects.create(
        user=user, partner_id=notice.partner_id, act=act.code, data=notice.data, expires_at=expires
    )
    return SIGNER.sign(link.pk.hex)
