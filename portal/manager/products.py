"""Products: what sale lines name by SKU and programs by line, category and brand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commerce.selectors import product_facets, product_get, product_list
from commerce.services import product_create, product_update
from portal.shared.forms import AmountField, attempt
from portal.shared.listing import FilterForm, page_of, select, sort_of
from portal.shared.pages import done, form_response, page_response
from prm.identity.rights import Right
from prm.money import plain
from prm.web.surfaces import PortalRequest, page

COLUMNS = {
    "sku": ["sku"],
    "name": ["name", "sku"],
    "line": ["line", "sku"],
    "category": ["category", "sku"],
    "brand": ["brand", "sku"],
    "cost": ["unit_cost", "sku"],
}


class ProductFilters(FilterForm):
    q = forms.CharField(label=gettext_lazy("Name or SKU"))

    def __init__(self, *args: Any, facets: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = {
            "line": (_("Product line"), _("All lines")),
            "category": (_("Category"), _("All categories")),
            "brand": (_("Brand"), _("All brands")),
        }
        for name, (label, first) in every.items():
            self.fields[name] = select(label, first, facets.get(name, []))


class ProductForm(forms.Form):
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=100, help_text=gettext_lazy("As in your ERP."))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    line = forms.CharField(label=gettext_lazy("Product line"), max_length=100, required=False)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=100, required=False)
    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=100, required=False)
    unit_cost = AmountField(
        label=gettext_lazy("Unit cost"),
        required=False,
        help_text=gettext_lazy("In base currency. Programs on margin need it."),
    )

    def __init__(self, *args: Any, facets: dict[str, list[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = {f"{name}-values": (facets or {}).get(name, []) for name in ("line", "category", "brand")}
        for name in ("line", "category", "brand"):
            self.fields[name].widget.attrs |= {"list": f"{name}-values", "autocomplete": "off"}

    def clean_unit_cost(self) -> str | None:
        return self.cleaned_data["unit_cost"] or None


@page(Right.PRODUCTS_VIEW)
def catalog(request: PortalRequest) -> HttpResponse:
    filters = ProductFilters(request.GET, facets=product_facets(request.actor))
    values = filters.values
    found = product_list(request.actor, search=values.pop("q"), **values)
    sort, order = sort_of(request, COLUMNS, "sku")
    context = {"page": page_of(request, found.order_by(*order)), "filters": filters, "sort": sort}
    return page_response(request, "portal/manager/products/list.html", context)


@page(Right.PRODUCTS_EDIT)
def create(request: PortalRequest) -> HttpResponse:
    form = ProductForm(request.POST or None, facets=product_facets(request.actor))
    if attempt(form, lambda data: product_create(actor=request.actor, **data)):
        return done(
            request, reverse("manager:products"), _("%(name)s was added.") % {"name": form.cleaned_data["name"]}
        )
    return form_response(request, "portal/manager/products/form.html", {}, form)


@page(Right.PRODUCTS_EDIT)
def edit(request: PortalRequest, product_id: UUID) -> HttpResponse:
    product = product_get(request.actor, product_id)
    initial = {name: getattr(product, name) for name in ProductForm.base_fields}
    initial["unit_cost"] = "" if product.unit_cost is None else plain(product.unit_cost)
    form = ProductForm(request.POST or None, initial=initial, facets=product_facets(request.actor))
    form.fields["sku"].disabled = True

    def save(data: dict[str, Any]) -> None:
        product_update(actor=request.actor, product_id=product_id, **{k: v for k, v in data.items() if k != "sku"})

    if attempt(form, save):
        return done(request, reverse("manager:products"), _("Your changes were saved."))
    return form_response(request, "portal/manager/products/form.html", {"product": product}, form)
