"""Writes of notifications: telling, sending, reading, preferring."""

from prm.notifications.services.telling import notify, notify_address

__all__ = ["notify", "notify_address"]
