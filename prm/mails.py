"""A mail as text and HTML in the language of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from prm.tenancy.models import Tenant


def compose(
    template: str,
    context: Mapping[str, Any],
    *,
    to: str,
    tenant: Tenant,
    language: str = "",
    zone: tzinfo | None = None,
) -> EmailMultiAlternatives:
    """`template` names `emails/<template>.subject.txt`, `.txt`, `.html`; language and clock default to the vendor's."""
    shown = {"tenant": tenant, **context}
    with translation.override(language or tenant.locale), timezone.override(zone or ZoneInfo(tenant.time_zone)):
        subject = " ".join(render_to_string(f"emails/{template}.subject.txt", shown).split())
        text = render_to_string(f"emails/{template}.txt", shown)
        html = render_to_string(f"emails/{template}.html", shown)
    mail = EmailMultiAlternatives(subject, text.strip() + "\n", to=[to])
    mail.attach_alternative(html, "text/html")
    return mail
