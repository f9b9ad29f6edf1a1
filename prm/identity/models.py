"""Users are global (one login); memberships, invitations and API keys belong to a tenant."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm import clock
from prm.db.models import TenantForeignKey, TenantModel
from prm.identity.rights import PARTNER_ROLES, VENDOR_ROLES, Role
from prm.ids import new_id


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    locale = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("platform operator"), default=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return str(self.name or self.email)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]


def _role_fits_partner(field: str = "role") -> Q:
    """Vendor roles stand without a partner, partner roles with one."""
    vendor = Q(**{f"{field}__in": sorted(VENDOR_ROLES)}, partner__isnull=True)
    return vendor | Q(**{f"{field}__in": sorted(PARTNER_ROLES)}, partner__isnull=False)


class Membership(TenantModel):
    """A user's place at a vendor, or at one of the vendor's partners."""

    # The switcher lists a user's memberships across tenants, through a definer function of the worker role.
    worker_rights: ClassVar[tuple[str, ...]] = ("SELECT",)

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    partner = TenantForeignKey("partners.Partner", null=True, blank=True, related_name="+")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_role_fits_partner(), name="membership_role_fits_partner"),
            models.UniqueConstraint(
                fields=["tenant", "user", "partner"], name="membership_once", nulls_distinct=False
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["tenant", "user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Invitation(TenantModel):
    """An invitation by e-mail; only the hash of its secret is kept, so a stolen table invites nobody."""

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    partner = TenantForeignKey("partners.Partner", null=True, blank=True, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="invitation_token"),
            models.UniqueConstraint(
                fields=["tenant", "email", "partner"], name="invitation_one_open", nulls_distinct=False,
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
            models.CheckConstraint(condition=_role_fits_partner(), name="invitation_role_fits_partner"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.email

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= clock.now()


class ApiKey(TenantModel):
    """A key of a vendor's system. `prefix` finds the row, `secret_hash` (SHA-256) proves the key."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=16, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "prefix"], name="apikey_prefix")]

    def __str__(self) -> str:
        return self.name
