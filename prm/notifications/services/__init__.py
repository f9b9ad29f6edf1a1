"""Writes of notifications: telling, sending, reading, preferring."""

from prm.notifications.services.acting import act_link_find, act_link_use
from prm.notifications.services.administering import mail_retry, sample_send
from prm.notifications.services.preferring import Hours, preferences_update
from prm.notifications.services.reading import notice_read, notices_read
from prm.notifications.services.telling import notify, notify_address

__all__ = [
    "Hours",
    "act_link_find",
    "act_link_use",
    "mail_retry",
    "notice_read",
    "notices_read",
    "notify",
    "notify_address",
    "preferences_update",
    "sample_send",
]
