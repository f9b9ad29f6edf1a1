"""Targets of partners: brought in by file, shown to whoever works with programs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from portal.shared.listing import FilterForm, page_of, select
from portal.shared.pages import page_response
from prm.identity.rights import Right
from prm.web.surfaces import PortalRequest, page
from rebates.selectors.programs import program_list
from rebates.selectors.targets import target_list, target_program_codes


class TargetFilters(FilterForm):
    search = forms.CharField(label=gettext_lazy("Partner"), max_length=100)
    period_key = forms.CharField(label=gettext_lazy("Period"), max_length=10)

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program_code"] = select(gettext_lazy("Program"), gettext_lazy("All programs"), codes)


@page(Right.PROGRAMS_VIEW)
def targets(request: PortalRequest) -> HttpResponse:
    filters = TargetFilters(request.GET, codes=target_program_codes(request.actor))
    context = {
        "page": page_of(request, target_list(request.actor, **filters.values)), "filters": filters,
        "rules": _rules(request),
        "may_import": request.actor.can(Right.IMPORTS_RUN) and request.actor.can(Right.PROGRAMS_EDIT),
    }  # fmt: skip
    return page_response(request, "portal/shared/targets/list.html", context)


def _rules(request: PortalRequest) -> dict[str, Any]:
    """Programs by code as they stand now: their names, and whether a target is money or a quantity."""
    rows: Any = program_list(request.actor)
    return {one.code: one.all_versions[0] for one in rows if one.all_versions}
