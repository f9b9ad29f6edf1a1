"""The directory as a file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partners import directory
from partners.models import Partner
from partners.selectors.directory import directory_rows
from partners.selectors.partners import with_tier
from prm.exports.cells import CODE, DAY, INSTANT
from prm.exports.kinds import Column, ExportKind, Filter, register
from prm.identity.actor import Actor
from prm.identity.rights import Right

PARTNERS = [
    Column("code", _("Code"), "code"),
    Column("name", _("Name"), "name"),
    Column("legal_name", _("Legal name"), "legal_name"),
    Column("type", _("Type"), "type"),
    Column("region", _("Region"), "region"),
    Column("country", _("Country"), "country"),
    Column("tier", _("Tier"), "tier"),
    Column("owner", _("Owner"), "manager__email"),
    Column("status", _("Status"), "status", CODE),
    Column("term_ends", _("Term ends"), "renewal_on", DAY),
    Column("since", _("Here since"), "created_at", INSTANT),
]


def partners(actor: Actor, **filters: Any) -> QuerySet[Partner]:
    """By name, without ties."""
    return with_tier(directory_rows(actor, filters)).order_by("name_folded", "code")


register(
    ExportKind(
        "partners", _("Partners"), _("The directory as of today."), Right.PARTNERS_VIEW, PARTNERS,
        [Filter("q", _("Name or code")), *(Filter(one.code, one.label) for one in directory.filters())],
        partners,
    )
)  # fmt: skip
