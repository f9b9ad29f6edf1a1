"""Vendors, for operators at /ops/. A new vendor comes with the invitation of its first administrator."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminEmailInputWidget

from prm.tenancy.models import Tenant


class NewVendorForm(forms.ModelForm):  # type: ignore[type-arg]
    administrator_email = forms.EmailField(
        label=_("First administrator"),
        max_length=254,
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("Gets an invitation by e-mail."),
    )

    class Meta:
        model = Tenant
        fields = (
            "slug", "name", "base_currency", "time_zone", "workday_calendar", "fiscal_start_month", "brand_color",
            "locale",
        )  # fmt: skip


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):
    list_display: ClassVar = ["name", "slug", "base_currency", "time_zone", "is_active", "created_at"]
    list_filter: ClassVar = ["is_active"]
    search_fields: ClassVar = ["name", "slug"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewVendorForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return [*NewVendorForm.Meta.fields, "administrator_email"]
        return [
            "slug",
            "name",
            "time_zone",
            "workday_calendar",
            "brand_color",
            "locale",
            "is_active",
            "base_currency",
            "fiscal_start_month",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Addresses and amounts of the past depend on these."""
        return ["slug", "base_currency", "fiscal_start_month"] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        # Imported here: identity stands above tenancy.
        from prm.identity.actor import Actor
        from prm.identity.services import vendor_create

        fields = {name: form.cleaned_data[name] for name in NewVendorForm.Meta.fields}
        operator = Actor.operator(request.user)  # type: ignore[arg-type]
        made = vendor_create(actor=operator, administrator_email=form.cleaned_data["administrator_email"], **fields)
        obj.pk, obj.created_at, obj._state.adding = made.pk, made.created_at, False
