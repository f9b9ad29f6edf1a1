from __future__ import annotations

from django.urls import path

from portal.public import exit_data

app_name = "public"
urlpatterns = [
    path("exit-data/<str:token>/", exit_data.exit_data, name="exit_data"),
]
