"""Mails of identity, in the reader's language: the account's when there is one, else the vendor's."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives

from prm.identity.models import Invitation, User
from prm.mails import compose
from prm.tenancy.hosts import public_url
from prm.tenancy.models import Tenant

INVITATION_PATH = "/invitations/{token}/"


def invitation_mail(tenant: Tenant, invitation: Invitation, token: str) -> EmailMultiAlternatives:
    known = User.objects.filter(email=invitation.email).first()
    context = {
        "invitation": invitation,
        "inviter": str(invitation.invited_by),
        "company": str(invitation.partner) if invitation.partner else tenant.name,
        "url": public_url(tenant, INVITATION_PATH.format(token=token)),
        "name": known.name if known else "",
    }
    language = known.locale if known else ""
    return compose("invitation", context, to=invitation.email, tenant=tenant, language=language)
