"""Files on their way to a browser: always as an attachment, never sniffed, never cached."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from prm.files.models import StoredFile
from prm.files.services import display_name, file_chunks


@dataclass(frozen=True, slots=True)
class Download:
    """A file made on the spot."""

    name: str
    content_type: str
    content: bytes


def file_response(file: StoredFile | Download) -> HttpResponseBase:
    """The download. Names beyond ASCII are told as RFC 6266 wants it (`filename*`)."""
    response: HttpResponseBase
    if isinstance(file, Download):
        response = HttpResponse(file.content, content_type=file.content_type)
    else:
        response = StreamingHttpResponse(file_chunks(file), content_type=file.content_type)
        response.headers["Content-Length"] = str(file.size)
    disposition = content_disposition_header(as_attachment=True, filename=display_name(file.name))
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
