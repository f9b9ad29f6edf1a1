"""Telling. Rows in the caller's transaction and one outbox message; nothing leaves before that has committed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from prm.db.scope import require_tenant
from prm.identity.models import User
from prm.notifications.catalogue import NoticeKind, is_secret, kind_of
from prm.notifications.models import Notice, Preference
from prm.notifications.states import Channel, quieter
from prm.outbox.services import emit
from prm.sealing import seal

TOLD = "notifications.notices.told"
BATCH = 100


@transaction.atomic
def notify(
    kind: NoticeKind | str,
    *,
    to: Iterable[User],
    data: Mapping[str, Any],
    once: str = "",
    partner_id: UUID | None = None,
) -> list[Notice]:
    """Tell people who have an account; returns the new notices. With `once` nobody is told the same of it twice.

    `partner_id` is for what concerns a partner's people: its link opens there, and who has left hears nothing.
    Raises `ValueError` when `data` lacks a name that the kind's texts use.
    """
    about = _known(kind, data)
    people = {user.pk: user for user in to if user.is_active}
    channels = _channels(about, people)
    plain, sealed = _apart(data)
    return _tell(
        Notice(
            kind=about.code, user=user, partner_id=partner_id, data=plain, sealed=sealed, once=once,
            channel=channels[key],
        )
        for key, user in people.items()
    )  # fmt: skip


@transaction.atomic
def notify_address(
    kind: NoticeKind | str,
    *,
    email: str,
    language: str,
    data: Mapping[str, Any],
    once: str = "",
    name: str = "",
) -> list[Notice]:
    """Tell somebody without account, or without place here: by mail at once. Without a language it is the vendor's."""
    about = _known(kind, data)
    plain, sealed = _apart({**data, "reader": name} if name else data)
    address = email.strip().lower()
    one = Notice(
        kind=about.code, email=address, language=language or require_tenant().locale, data=plain, sealed=sealed,
        once=once, channel=Channel.MAIL,
    )  # fmt: skip
    return _tell([one])


def _known(kind: NoticeKind | str, data: Mapping[str, Any]) -> NoticeKind:
    about = kind if isinstance(kind, NoticeKind) else kind_of(kind)
    if missing := about.names - set(data):
        message = f"{about.code} needs {', '.join(sorted(missing))}"
        raise ValueError(message)
    return about


def _channels(kind: NoticeKind, people: Iterable[UUID]) -> dict[UUID, Channel]:
    if kind.is_locked:
        return dict.fromkeys(people, Channel.MAIL)
    chosen = Preference.objects.filter(user__in=list(people), area=kind.area).values_list("user_id", "channel")
    return dict.fromkeys(people, kind.channel) | {key: quieter(kind.channel, channel) for key, channel in chosen}


def _apart(data: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Secrets are kept sealed, and only until the mail has left: a stolen table opens no door."""
    secrets = {name: value for name, value in data.items() if is_secret(name)}
    plain = {name: value for name, value in data.items() if name not in secrets}
    return plain, seal(json.dumps(secrets)) if secrets else ""


def _tell(wanted: Iterable[Notice]) -> list[Notice]:
    rows = list(wanted)
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    # Who was told before keeps the row of then.
    made = set(Notice.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    new = [row for row in rows if row.pk in made]
    carried = [str(row.pk) for row in new if row.channel in (Channel.MAIL, Channel.DIGEST)]
    for start in range(0, len(carried), BATCH):
        emit(TOLD, {"notice_ids": carried[start : start + BATCH]})
    return new
