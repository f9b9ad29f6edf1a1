"""The operators' view of people, at /ops/ on the platform's host. Tenant data is not here: row security hides it."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.identity.models import User
from prm.identity.services import user_deactivate, user_reactivate

# allauth's sign-in: with rate limits and second factor, which the admin's own does not have.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_title = gettext_lazy("Platform")
admin.site.site_header = gettext_lazy("Qudao platform")

# Registered by their packages; they show secrets, or let an operator act as somebody.
for _model in (EmailAddress, EmailConfirmation, Authenticator, UserSession, Group):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Look at people, switch accounts off and on. Accounts are opened by invitation or `manage.py operator_create`."""

    list_display: ClassVar = ["email", "name", "is_active", "is_staff", "last_login", "date_joined"]
    list_filter: ClassVar = ["is_active", "is_staff"]
    search_fields: ClassVar = ["email", "name"]
    ordering: ClassVar = ["email"]
    fields: ClassVar = ["email", "name", "locale", "time_zone", "is_active", "is_staff", "last_login", "date_joined"]
    readonly_fields: ClassVar = fields
    actions: ClassVar = ["deactivate", "reactivate"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Deactivate: end sessions and API keys at once"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, user_deactivate)

    @admin.action(description=gettext_lazy("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, user_reactivate)

    def _for_each(self, request: HttpRequest, queryset: QuerySet[User], do: Any) -> None:
        actor = Actor.operator(request.user)  # type: ignore[arg-type]
        for user in queryset:
            try:
                do(actor=actor, user_id=user.pk)
            except DomainError as error:
                self.message_user(request, f"{user.email}: {error.message}", messages.ERROR)
                continue
            self.log_change(request, user, do.__name__)
            self.message_user(request, _("%(email)s: done.") % {"email": user.email}, messages.SUCCESS)
