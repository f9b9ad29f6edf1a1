"""What can be done from a message, by a link that works once, for one person, one act and one object.

    register(Act(code="rebates.statement.agree", title=_("…"), question=…, do=…, done=…, path=…, is_money=True))
    NoticeKind(…, act="rebates.statement.agree")     # its mails carry the link; `data` is the notice's

The link needs no signing in: it came to the person's own mailbox. An act about money does, and anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from prm.identity.actor import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """`question` says, in the active language, what will happen; both it and `do` raise a `DomainError` if it can't.

    `path` is where to go afterwards, with names of the data; the link is good for `days`.
    """

    code: str
    title: Text
    question: Callable[[Actor, Mapping[str, Any]], str]
    do: Callable[[Actor, Mapping[str, Any]], object]
    done: Text
    path: str
    is_money: bool = False
    days: int = 14


_acts: dict[str, Act] = {}


def register(act: Act) -> Act:
    """Raises `ValueError` for a code that is taken."""
    if act.code in _acts:
        message = f"two acts are called {act.code}"
        raise ValueError(message)
    _acts[act.code] = act
    return act


def act_of(code: str) -> Act:
    """Raises `KeyError` for an act that no installed app has any more."""
    return _acts[code]
