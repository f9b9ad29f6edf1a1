"""What this app knows of a partner, for its own archive."""

from __future__ import annotations

from partners.models import Exit, Partner
from partners.own_data import Archive, DataPart, register
from partners.selectors.accounts import account_list
from partners.selectors.partners import tier_history
from partners.selectors.suspension import suspension_list
from prm.identity.actor import Actor
from prm.identity.selectors import member_list

FACTS = ("code", "name", "legal_name", "type", "region", "country", "tags", "status", "created_at")


def company(_actor: Actor, partner: Partner, archive: Archive) -> None:
    archive.add_json("company.json", {name: getattr(partner, name) for name in FACTS})
    exits = Exit.objects.filter(partner=partner).order_by("created_at")
    names = ("status", "reason_code", "notice_on", "last_day")
    archive.add_rows("exits.csv", names, exits.values_list(*names))


def people(actor: Actor, _partner: Partner, archive: Archive) -> None:
    rows = member_list(actor).values_list("user__name", "user__email", "role", "is_active")
    archive.add_rows("people.csv", ("name", "email", "role", "is_active"), rows)


def tiers(actor: Actor, partner: Partner, archive: Archive) -> None:
    rows = tier_history(actor, partner.pk).values_list("valid_from", "tier")
    archive.add_rows("tiers.csv", ("valid_from", "tier"), rows)


def suspensions(actor: Actor, _partner: Partner, archive: Archive) -> None:
    names = ("scope", "reason_code", "reason", "starts_on", "ends_on", "status", "lifted_on", "lift_reason")
    archive.add_rows("suspensions.csv", names, suspension_list(actor).values_list(*names))


def accounts(actor: Actor, partner: Partner, archive: Archive) -> None:
    names = ("currency", "holder", "last4", "bic", "bank_code", "bank_name", "status", "created_at")
    rows = account_list(actor, partner_id=partner.pk).values_list(*names)
    archive.add_rows("bank_accounts.csv", names, rows)


register(DataPart("partners.company", 10, company))
register(DataPart("partners.people", 20, people))
register(DataPart("partners.tiers", 30, tiers))
register(DataPart("partners.suspensions", 40, suspensions))
register(DataPart("partners.accounts", 50, accounts))
