"""Addresses of notifications below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prm.notifications import api

urlpatterns = [
    path("notifications/", api.Notices.as_view(), name="notifications"),
    path("notifications/read/", api.NoticesRead.as_view(), name="notifications-read"),
    path("notifications/<uuid:notice_id>/read/", api.NoticeRead.as_view(), name="notification-read"),
    path("notification-preferences/", api.Preferences.as_view(), name="notification-preferences"),
]
