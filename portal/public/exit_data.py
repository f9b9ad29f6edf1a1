"""The link by which a partner that has left fetches its data, without an account."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from partners.services.data_exports import data_export_by_link, data_export_of_link
from prm.errors import NotFound
from prm.files.responses import file_response


def exit_data(request: Any, token: str) -> HttpResponseBase:
    """Says what the file is; posting hands it out. A link that opens nothing looks the same whatever the reason."""
    if request.tenant is None:
        return render(request, "portal/public/exit_data_gone.html", status=404)
    try:
        if request.method == "POST":
            return file_response(data_export_by_link(token=token))
        export = data_export_of_link(token)
    except NotFound:
        return render(request, "portal/public/exit_data_gone.html", status=404)
    response = render(request, "portal/public/exit_data.html", {"export": export})
    response.headers["Cache-Control"] = "no-store"
    return response
