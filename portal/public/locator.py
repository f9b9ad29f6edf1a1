"""Finding a partner: a page for everybody, and the same as a frame that the vendor's own sites may embed."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from partners.selectors.locator import locator_facets, locator_partners, locator_shown, locator_specialisations
from partners.selectors.recruitment import recruitment_settings
from portal.shared.countries import country_name
from portal.shared.listing import FilterForm, page_of, select

PAGE = 24
LANGUAGES = {"en": "en", "zh": "zh-hans", "zh-hans": "zh-hans"}


class LocatorFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name of the partner"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facets = locator_facets()
        countries = sorted(((code, country_name(code)) for code in facets["country"]), key=lambda pair: pair[1])
        self.fields["country"] = select(_("Country"), _("All countries"), countries)
        self.fields["region"] = select(_("Region"), _("All regions"), facets["region"])
        skills = [(one.code, one.name) for one in locator_specialisations()]
        self.fields["specialisation"] = select(_("Specialisation"), _("All specialisations"), skills)


@require_safe
def locator(request: Any) -> HttpResponse:
    return render(request, "portal/public/locator/page.html", _context(request))


@xframe_options_exempt
@require_safe
def embed(request: Any) -> HttpResponse:
    """In a frame cookies do not arrive, so the language is in the address. Who may embed it is the vendor's choice."""
    language = LANGUAGES.get(request.GET.get("lang", ""), get_language() or "en")
    with translation.override(language):
        context = _context(request) | {"lang": request.GET.get("lang", "")}
        response = render(request, "portal/public/locator/embed.html", context)
    origins: list[Any] = list(recruitment_settings().embed_origins)
    response._csp_replace = {"frame-ancestors": origins or [NONE]}  # type: ignore[attr-defined]
    return response


def _context(request: Any) -> dict[str, Any]:
    if request.tenant is None:
        raise Http404
    filters = LocatorFilters(request.GET)
    values = filters.values
    page = page_of(request, locator_partners(search=values.pop("q"), **values), PAGE)
    return {"page": page, "found": locator_shown(list(page)), "filters": filters}
