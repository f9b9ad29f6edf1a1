from __future__ import annotations

from django.urls import path

from prm.local import mail_views

app_name = "local"
urlpatterns = [
    path("", mail_views.mails, name="mails"),
    path("frame/<str:key>/", mail_views.mail_frame, name="mail_frame"),
    path("<str:key>/", mail_views.mail, name="mail"),
]
