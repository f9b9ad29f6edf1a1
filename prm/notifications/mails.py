"""What a mail says and where its links lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from prm.db.scope import require_tenant
from prm.mails import compose
from prm.notifications.acts import act_of
from prm.notifications.catalogue import NoticeKind
from prm.notifications.links import act_link_make
from prm.notifications.models import Mail, Notice
from prm.notifications.readers import zone_of
from prm.notifications.text import Told, sample_of, tell
from prm.tenancy.hosts import public_url


def notice_mail(mail: Mail, notice: Notice) -> EmailMultiAlternatives:
    language, zone = _language(notice), zone_of(notice.user)
    with translation.override(language), timezone.override(zone):
        told = notice.told
    context = {"told": told, "name": notice.greeted, "url": _url(notice, told), **_act(notice)}
    return _composed("notice", context, mail, language, zone)


def digest_mail(mail: Mail, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """One mail of what waited, newest last."""
    language, zone = _language(notices[0]), zone_of(mail.user)
    with translation.override(language), timezone.override(zone):
        rows = [(told, _url(notice, told)) for notice in notices for told in [notice.told]]
    name = mail.user.name if mail.user else ""
    context = {"rows": rows, "count": len(rows), "name": name, "inbox": public_url(require_tenant(), "/inbox/")}
    return _composed("digest", context, mail, language, zone)


def sample_mail(kind: NoticeKind, *, to: str, language: str) -> EmailMultiAlternatives:
    """What a mail of this kind looks like, with made-up values."""
    tenant = require_tenant()
    zone, reader = ZoneInfo(tenant.time_zone), to.partition("@")[0]
    with translation.override(language), timezone.override(zone):
        told = tell(kind, sample_of(kind), vendor=tenant.name, reader=reader)
    url = public_url(tenant, told.path) if told.action else ""
    act = {"act_url": public_url(tenant, "/act/…/"), "act_title": act_of(kind.act).title} if kind.act else {}
    context = {"told": told, "name": reader, "url": url, **act}
    return compose("notice", context, to=to, tenant=tenant, language=language, zone=zone)


def _url(notice: Notice, told: Told) -> str:
    """Through the inbox for those who have one: there it is read, and opens at the partner that it concerns."""
    if not told.action:
        return ""
    path = f"/inbox/{notice.pk}/" if notice.user else told.path
    return public_url(require_tenant(), path)


def _act(notice: Notice) -> dict[str, Any]:
    """A link that does the notice's act at once; a fresh one for each mail."""
    if not notice.about.act or notice.user is None:
        return {}
    url = public_url(require_tenant(), f"/act/{act_link_make(notice, notice.user)}/")
    return {"act_url": url, "act_title": act_of(notice.about.act).title}


def _language(notice: Notice) -> str:
    own = notice.user.locale if notice.user else notice.language
    return own or require_tenant().locale


def _composed(
    template: str, context: Mapping[str, Any], mail: Mail, language: str, zone: ZoneInfo
) -> EmailMultiAlternatives:
    message = compose(template, context, to=str(mail), tenant=require_tenant(), language=language, zone=zone)
    # One for all attempts: a server that took a mail and hung up before saying so makes no second one of it.
    message.extra_headers = {"Message-ID": f"<{mail.pk}@{require_tenant().slug}>", "Auto-Submitted": "auto-generated"}
    return message
