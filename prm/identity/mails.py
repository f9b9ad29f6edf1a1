"""Mails as text and HTML, in the reader's language: the account's when there is one, else the vendor's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from prm.identity.models import Invitation, User
from prm.tenancy.hosts import public_url
from prm.tenancy.models import Tenant

INVITATION_PATH = "/invitations/{token}/"


def invitation_mail(tenant: Tenant, invitation: Invitation, token: str) -> EmailMultiAlternatives:
    known = User.objects.filter(email=invitation.email).first()
    context = {
        "tenant": tenant,
        "invitation": invitation,
        "inviter": str(invitation.invited_by),
        "company": str(invitation.partner) if invitation.partner else tenant.name,
        "url": public_url(tenant, INVITATION_PATH.format(token=token)),
        "name": known.name if known else "",
    }
    language = (known.locale if known else "") or tenant.locale
    with translation.override(language), timezone.override(ZoneInfo(tenant.time_zone)):
        subject = " ".join(render_to_string("emails/invitation.subject.txt", context).split())
        text = render_to_string("emails/invitation.txt", context)
        html = render_to_string("emails/invitation.html", context)
    mail = EmailMultiAlternatives(subject, text.strip() + "\n", to=[invitation.email])
    mail.attach_alternative(html, "text/html")
    return mail
