"""What there is to tell. Each app registers its kinds in `notices.py`, imported by its `AppConfig.ready()`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.notifications.states import LOCKED_AREAS, Area, Channel

if TYPE_CHECKING:
    from prm.identity.models import User

Text = str | Promise
PLACEHOLDER = re.compile(r"%\((?:in_(?=days\)))?(\w+)\)s")
SECRETS = ("_token", "_secret")
GIVEN = frozenset({"vendor", "reader"})
"""Names that every text may use: the vendor's, and the reader's own."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A thing that is told. Texts are lazy, with `%(name)s` of its data; an empty line in `body` parts paragraphs.
    `%(in_days)s` says the number of `days` as "today", "tomorrow", "in 3 days".

    `audience` says to whom, `why` to the reader why it came; `path` is where `action` leads, at the vendor's host.
    `channel` is the loudest way it takes, `choices` are the enumerations behind names whose values are theirs, `sample`
    the values of a preview. `act` is what can be done from the mail itself (`prm.notifications.acts`); `still` tells,
    before a mail leaves, whether it is still true for this reader.
    """

    code: str
    area: Area
    audience: Text
    subject: Text
    body: Text
    action: Text = ""
    path: str = "/"
    why: Text = ""
    mutable: bool = True
    urgent: bool = False
    channel: Channel = Channel.MAIL
    act: str = ""
    still: Callable[[User, Mapping[str, Any]], bool] | None = None
    choices: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)
    sample: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_locked(self) -> bool:
        """Whether it always comes at once, whatever the reader prefers."""
        return self.area in LOCKED_AREAS or not self.mutable

    @property
    def is_pressing(self) -> bool:
        """Whether quiet hours and the limit of mails a day do not count for it."""
        return self.is_locked or self.urgent

    @property
    def locked_because(self) -> Text:
        if self.area == Area.MONEY:
            return _("Messages about money can't be switched off.")
        if self.area == Area.SECURITY:
            return _("Messages about security can't be switched off.")
        return "" if self.mutable else _("This message can't be switched off.")

    @property
    def names(self) -> frozenset[str]:
        """What its data must hold."""
        texts = " ".join(str(one) for one in (self.subject, self.body, self.action, self.path))
        return frozenset(PLACEHOLDER.findall(texts)) - GIVEN


def is_secret(name: str) -> bool:
    return name == "token" or name.endswith(SECRETS)


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> NoticeKind:
    """Raises `ValueError` for a code that is taken."""
    if kind.code in _kinds:
        message = f"two kinds of notices are called {kind.code}"
        raise ValueError(message)
    _kinds[kind.code] = kind
    return kind


def kind_of(code: str) -> NoticeKind:
    """Raises `KeyError` for a kind that no installed app has any more."""
    return _kinds[code]


def kinds() -> list[NoticeKind]:
    """All of them, by area and code."""
    order = list(Area)
    return sorted(_kinds.values(), key=lambda kind: (order.index(kind.area), kind.code))
