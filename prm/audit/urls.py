from __future__ import annotations

from django.urls import path

from prm.audit import api

urlpatterns = [path("audit-entries/", api.AuditEntries.as_view(), name="audit-entries")]
