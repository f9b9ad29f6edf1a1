"""What every change of an application is made of: its lock, its entry, its message to the applicant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from partners.models import Application, ApplicationEntry, ApplicationLink
from partners.notices import recruitment as notices
from partners.policies.applications import APPLICANT
from partners.recruitment.fields import text_in
from partners.states.applications import APPLICATION_TRANSITIONS, EntrySide, EntryVerb
from prm import clock
from prm.errors import NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.identity.selectors import users_with
from prm.notifications.catalogue import NoticeKind
from prm.notifications.services import notify, notify_address
from prm.outbox.services import emit
from prm.tokens import token_new
from prm.workflow.services import transition

LINK_DAYS = 30


def locked(application_id: UUID) -> Application:
    """The application, held until the end of the transaction. Raises `NotFound`."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("form", "version")
    found: Application | None = rows.filter(pk=application_id).first()
    if found is None:
        raise NotFound
    return found


def step(actor: Actor, application: Application, verb: str, *, action: str, reason: str = "", **more: str) -> None:
    """Change the state by the table, and announce it, with `more`. `reason` goes to the audit trail, so it is a code,
    never somebody's words.
    """
    transition(
        application, verb, table=APPLICATION_TRANSITIONS, actor=actor, action=f"partners.application.{action}",
        reason=reason,
    )  # fmt: skip
    emit(f"partners.application.{action}", {"application_id": str(application.pk), **more})


def entry_write(actor: Actor, application: Application, verb: EntryVerb, text: str = "") -> ApplicationEntry:
    sides = {APPLICANT: EntrySide.APPLICANT, "system": EntrySide.SYSTEM}
    side = sides.get(actor.kind, EntrySide.VENDOR)
    author = "" if side == EntrySide.SYSTEM else actor.label[:254]
    entry: ApplicationEntry = ApplicationEntry.objects.create(
        application=application, at=clock.now(), side=side, verb=verb, author_label=author, text=text.replace("\0", "")
    )
    return entry


def link_make(application: Application, *, confirms: bool) -> str:
    """A new secret for a link to the application; only its hash is kept."""
    token, digest = token_new()
    expires = clock.now() + dt.timedelta(days=LINK_DAYS)
    ApplicationLink.objects.create(
        application=application, token_hash=digest, confirms=confirms, expires_at=expires
    )  # fmt: skip
    return token


def tell_applicant(kind: NoticeKind, application: Application, data: Mapping[str, Any] | None = None) -> None:
    """By mail, in the applicant's language, with a fresh link."""
    if not application.email:
        return
    title = text_in(application.version.definition["title"], application.language)
    basic = {
        "application_number": str(application), "form_title": title,
        "company": application.legal_name or application.email,
        "link_token": link_make(application, confirms=True),
    }  # fmt: skip
    notify_address(kind, email=application.email, language=application.language, data={**basic, **(data or {})})


def tell_reviewers(kind: NoticeKind, application: Application, *, once: str = "") -> None:
    """The reviewer, or everybody who may review when nobody has taken it on. Never the one who recommended it."""
    people = [one for one in users_with(Right.APPLICATIONS_DECIDE) if one.pk != application.referrer_user_id]
    chosen = [one for one in people if one.pk == application.reviewer_id] or people
    notify(
        kind, to=people if kind is notices.OVERDUE else chosen, once=once,
        data={
            "application_number": str(application), "application_id": str(application.pk),
            "company": application.legal_name, "due_at": application.due_at.isoformat() if application.due_at else "",
        },
    )  # fmt: skip
