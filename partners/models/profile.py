"""What a partner company tells of itself: its profile, where it is, what it is good at."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.models.partner import COUNTRY, Partner
from prm.db.models import TenantForeignKey, TenantModel

PHONE = RegexValidator(r"^\+?[0-9 ()/.-]{4,30}$", _("Digits with blanks or hyphens, such as +86 21 5555 0100."))
WEBSITE = URLValidator(schemes=["http", "https"])
WORD = RegexValidator(r"^[a-z0-9][a-z0-9_-]{0,63}$", _("Lower-case letters, digits, hyphens and underscores."))


def spoken(english: str, chinese: str) -> str:
    """The text in the reader's language, or in the other one where it is missing."""
    is_chinese = (get_language() or "en").startswith("zh")
    return (chinese or english) if is_chinese else (english or chinese)


class PartnerProfile(TenantModel):
    """One for each partner that has told anything. `is_public` is its own wish to be found by strangers."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    website = models.CharField(_("website"), max_length=200, blank=True, validators=[WEBSITE])
    phone = models.CharField(_("phone"), max_length=31, blank=True, validators=[PHONE])
    email = models.EmailField(_("public e-mail"), blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True, validators=[MinValueValidator(1)])
    blurb_en = models.CharField(_("about the company, in English"), max_length=600, blank=True)
    blurb_zh = models.CharField(_("about the company, in Chinese"), max_length=600, blank=True)
    is_public = models.BooleanField(_("found in the public partner search"), default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("company profile")
        verbose_name_plural = _("company profiles")
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "partner"], name="profile_one_each")]

    def __str__(self) -> str:
        return str(self.partner)

    @property
    def blurb(self) -> str:
        return spoken(self.blurb_en, self.blurb_zh)


class Location(TenantModel):
    """A place where the partner works; one of them is the main one."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    phone = models.CharField(_("phone"), max_length=31, blank=True, validators=[PHONE])
    is_main = models.BooleanField(_("main location"), default=False)
    is_public = models.BooleanField(_("shown in the public partner search"), default=True)

    class Meta:
        ordering: ClassVar = ["-is_main", "name", "id"]
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        indexes: ClassVar = [models.Index(fields=["tenant", "partner"], name="location_partner")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], condition=Q(is_main=True), name="location_one_main")
        ]

    def __str__(self) -> str:
        return self.name


class Specialisation(TenantModel):
    """A word of the vendor's own list of what partners may be good at."""

    code = models.CharField(_("code"), max_length=64, validators=[WORD])
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("specialisation")
        verbose_name_plural = _("specialisations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="specialisation_code"),
            models.CheckConstraint(condition=~Q(name_en="", name_zh=""), name="specialisation_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return spoken(self.name_en, self.name_zh)


class PartnerSpecialisation(TenantModel):
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    specialisation = TenantForeignKey(Specialisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("specialisation of a partner")
        verbose_name_plural = _("specialisations of partners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner", "specialisation"], name="partnerspecialisation_once")
        ]

    def __str__(self) -> str:
        return str(self.specialisation)
