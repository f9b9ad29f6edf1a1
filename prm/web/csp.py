"""Content-Security-Policy: one strict policy, and named exceptions by path prefix."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .conf import CSP_BY_PREFIX


class PolicyMiddleware(CSPMiddleware):
    """Strict everywhere; a relaxed policy replaces it only below the prefixes of `conf.CSP_BY_PREFIX`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if report_only or parts.config is not None:
            return parts
        for prefix, directives in CSP_BY_PREFIX:
            if request.path_info.startswith(prefix):
                # A nonce in the header would switch 'unsafe-inline' off again.
                parts.config, parts.nonce = directives, None
                break
        return parts
