"""Problems for errors under /api/ that no view of the API has answered: unknown addresses, hosts, server errors."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from prm.api.problems import CONTENT_TYPE, problem_of_status

PREFIX = "/api/"


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith(PREFIX):
            return response
        if isinstance(response, Response):
            return response
        # Rendered as the views do it: a malformed id must not differ from an unknown one by a blank.
        body = JSONRenderer().render(problem_of_status(response.status_code))
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(body, status=response.status_code, content_type=CONTENT_TYPE, headers=headers)
