"""Addresses of exports below /api/v1/."""

from __future__ import annotations

from django.urls import path

from prm.exports import api

urlpatterns = [
    path("export-kinds/", api.ExportKinds.as_view(), name="export-kinds"),
    path("exports/", api.Exports.as_view(), name="exports"),
    path("exports/<uuid:export_id>/", api.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/cancel/", api.ExportCancel.as_view(), name="export-cancel"),
    path("exports/<uuid:export_id>/retry/", api.ExportRetry.as_view(), name="export-retry"),
    path("exports/<uuid:export_id>/file/", api.ExportFile.as_view(), name="export-file"),
    path("column-sets/", api.ColumnSets.as_view(), name="column-sets"),
    path("column-sets/<uuid:column_set_id>/", api.ColumnSetDetail.as_view(), name="column-set"),
]
