"""Addresses of imports below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prm.imports import api

urlpatterns = [
    path("imports/", api.Imports.as_view(), name="imports"),
    path("imports/<uuid:import_id>/", api.ImportDetail.as_view(), name="import"),
    path("imports/<uuid:import_id>/preview/", api.ImportPreview.as_view(), name="import-preview"),
    path("imports/<uuid:import_id>/start/", api.ImportStart.as_view(), name="import-start"),
    path("imports/<uuid:import_id>/errors/", api.ImportErrors.as_view(), name="import-errors"),
    path("imports/<uuid:import_id>/undo/", api.ImportUndo.as_view(), name="import-undo"),
]
