"""For administrators: everything that is told, to whom and why, what it looks like, and what became of every mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import done, page_response
from prm.identity.rights import Right
from prm.notifications.catalogue import NoticeKind, kind_of, kinds
from prm.notifications.mails import sample_mail
from prm.notifications.selectors import mail_list
from prm.notifications.services import mail_retry, sample_send
from prm.notifications.states import MailStatus
from prm.notifications.text import title_of
from prm.web.mail_frame import framed
from prm.web.surfaces import PortalRequest, page


class MailFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("E-mail"))
    status = select(gettext_lazy("Status"), gettext_lazy("All states"), MailStatus.choices)
    kind = select(gettext_lazy("Event"), gettext_lazy("All events"), [])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        names = [(kind.code, kind.code) for kind in kinds()]
        self.fields["kind"].choices = [("", _("All events")), *names]  # type: ignore[attr-defined]


@require_safe
@page(Right.SETTINGS_EDIT)
def catalogue(request: PortalRequest) -> HttpResponse:
    rows = [{"kind": kind, "title": title_of(kind)} for kind in kinds()]
    return page_response(request, "portal/shared/mails/catalogue.html", {"rows": rows})


@require_safe
@page(Right.SETTINGS_EDIT)
def kind_preview(request: PortalRequest, code: str) -> HttpResponse:
    kind = _kind(code)
    mails = [
        {
            "language": language,
            "name": name,
            "mail": sample_mail(kind, to=request.membership.user.email, language=language),
        }
        for language, name in settings.LANGUAGES
    ]
    return page_response(
        request, "portal/shared/mails/preview.html", {"kind": kind, "title": title_of(kind), "mails": mails}
    )


@require_safe
@xframe_options_sameorigin
@page(Right.SETTINGS_EDIT)
def kind_frame(request: PortalRequest, code: str, language: str) -> HttpResponse:
    """The HTML of a sample, for the frame in which it is shown."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    mail: Any = sample_mail(_kind(code), to=request.membership.user.email, language=language)
    return HttpResponse(framed(mail.alternatives[0][0]))


@require_POST
@page(Right.SETTINGS_EDIT)
def kind_send(request: PortalRequest, code: str, language: str) -> HttpResponse:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    to = request.membership.user.email
    sample_send(actor=request.actor, kind=_kind(code), language=language, to=to)
    back = reverse("shared:mail_kind", args=[code])
    return done(request, back, _("A sample was sent to %(email)s.") % {"email": to})


@require_safe
@page(Right.SETTINGS_EDIT)
def mails(request: PortalRequest) -> HttpResponse:
    filters = MailFilters(request.GET)
    chosen = filters.values
    found = mail_list(request.actor, status=chosen["status"], kind=chosen["kind"], search=chosen["q"])
    return page_response(
        request, "portal/shared/mails/list.html", {"page": page_of(request, found), "filters": filters}
    )


@require_POST
@page(Right.SETTINGS_EDIT)
def mail_again(request: PortalRequest, mail_id: UUID) -> HttpResponse:
    mail_retry(actor=request.actor, mail_id=mail_id)
    return done(request, reverse("shared:mails"), _("The mail will be sent again."))


def _kind(code: str) -> NoticeKind:
    try:
        return kind_of(code)
    except KeyError:
        raise Http404 from None
