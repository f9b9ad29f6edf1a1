"""Short ways to apply at a vendor, through the services."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from partners.models import Application, Partner
from partners.policies.applications import applicant
from partners.selectors.applications import link_find
from partners.services.applications import (
    application_confirm,
    application_file_add,
    application_save,
    application_start,
    application_submit,
)
from partners.services.recruitment import forms_begin
from prm.identity.actor import Actor
from prm.notifications.models import Notice

SYSTEM = Actor.system("test")
USCC = "91110000600037341L"
PDF = b"%PDF-1.4 licence"
ANSWERS: dict[str, Any] = {
    "legal_name": "上海申江数码科技股份有限公司",
    "country": "CN",
    "tax_id": USCC,
    "contact_name": "李雷",
    "contact_phone": "138 0013 8000",
    "territories": "华东",
    "website": "shenjiang.example",
    "q1": "2",
}


def begun(email: str = "li@shenjiang.example", slug: str = "reseller", **more: str) -> Application:
    """A draft whose address is confirmed."""
    forms_begin()
    token = application_start(actor=SYSTEM, slug=slug, email=email, language="zh-hans", **more)
    application = link_find(token).application
    return application_confirm(actor=applicant(application), application_id=application.pk)


def filled(application: Application, **answers: Any) -> Application:
    return application_save(actor=applicant(application), application_id=application.pk, answers={**ANSWERS, **answers})


def evidence(application: Application, content: bytes = PDF, name: str = "licence.pdf", field: str = "evidence") -> Any:
    actor = applicant(application)
    return application_file_add(
        actor=actor, application_id=application.pk, field=field, name=name, content=BytesIO(content)
    )  # fmt: skip


def sent(email: str = "li@shenjiang.example", referrer: str = "", **answers: Any) -> Application:
    """A whole application that has been submitted."""
    application = filled(begun(email), **({"referrer": referrer} if referrer else {}), **answers)
    return application_submit(
        actor=applicant(application), application_id=application.pk, consent=True, ip="192.0.2.7", language="zh-hans"
    )


def sent_with_all() -> Application:
    """An application with a file, and a partner that may be the same company."""
    Partner.objects.create(code="TWIN", name=ANSWERS["legal_name"])
    application = filled(begun())
    evidence(application)
    return application_submit(
        actor=applicant(application), application_id=application.pk, consent=True, ip="192.0.2.7", language="zh-hans"
    )


def move(cast: Any, text: str) -> None:
    """Set the clock of the fixture `acme`."""
    cast.now.move_to(text, tick=False)


def told() -> list[str]:
    """The kinds of everything that was told, in its order."""
    return list(Notice.objects.order_by("created_at", "id").values_list("kind", flat=True))
