"""Who listens to which topic. Apps subscribe in their handlers.py, imported by their AppConfig.ready()."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Payload = dict[str, Any]
Handler = Callable[[Payload], None]

_handlers: dict[str, Handler] = {}
_listeners: dict[str, list[str]] = defaultdict(list)


def subscribe(topic: str) -> Callable[[Handler], Handler]:
    """Run the function for each message of the topic: in the message's tenant, in one transaction, idempotently."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers[name] = handler
        if name not in _listeners[topic]:
            _listeners[topic].append(name)
        return handler

    return register


def handlers_of(topic: str) -> list[str]:
    return list(_listeners[topic])


def handler_named(name: str) -> Handler:
    """Raises `KeyError` for a handler that no installed app has any more."""
    return _handlers[name]
