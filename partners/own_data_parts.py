"""What this app knows of a partner, for its own archive."""

from __future__ import annotations

from pathlib import Path

from partners.models import Exit, Partner
from partners.own_data import Archive, DataPart, register
from partners.selectors.accounts import account_list
from partners.selectors.agreements import agreement_file, agreement_list
from partners.selectors.certificates import certificates_left_with
from partners.selectors.partners import tier_history
from partners.selectors.plans import action_list, plan_comments, plan_list, plan_versions
from partners.selectors.profile import location_list, profile_get, specialisations_of
from partners.selectors.reviews import NARRATIVES, review_list, review_pack
from partners.selectors.suspension import suspension_list
from prm.files.models import StoredFile
from prm.files.services import file_open
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


def profile(actor: Actor, partner: Partner, archive: Archive) -> None:
    found = profile_get(actor, partner.pk)
    names = ("website", "phone", "email", "employees", "blurb_en", "blurb_zh", "is_public")
    special = [one.code for one in specialisations_of(actor, partner.pk)]
    archive.add_json("profile.json", {name: getattr(found, name) for name in names} | {"specialisations": special})
    columns = ("name", "address", "city", "region", "postal_code", "country", "phone", "is_main", "is_public")
    archive.add_rows("locations.csv", columns, location_list(actor, partner.pk).values_list(*columns))


def agreements(actor: Actor, _partner: Partner, archive: Archive) -> None:
    """Each with its signed paper, or the one that was sent."""
    names = ("number", "kind", "title_en", "title_zh", "status", "starts_on", "ends_on", "active_from", "active_to")
    found = list(agreement_list(actor).order_by("number"))
    archive.add_rows("agreements.csv", names, [[getattr(one, name) for name in names] for one in found])
    for one in found:
        _add_file(archive, f"agreements/{one}", agreement_file(actor, one.pk))


def certificates(actor: Actor, partner: Partner, archive: Archive) -> None:
    names = (
        "person__email", "person__name", "certification__code", "issued_on", "expires_on", "revoked_on", "status",
        "course", "version", "score", "issuer", "reference",
    )  # fmt: skip
    rows = certificates_left_with(actor, partner.pk)
    header = [name.replace("person__", "").replace("__code", "") for name in names]
    archive.add_rows("certificates.csv", header, rows.values_list(*names))
    for number, one in enumerate(rows.filter(evidence__isnull=False), start=1):
        _add_file(archive, f"certificates/{number:04d}-{one.certification.code}", one.evidence)


def plans(actor: Actor, _partner: Partner, archive: Archive) -> None:
    goal = ("title", "metric", "unit", "currency", "start_value", "target", "due_on", "side")
    said = ("at", "side", "author_label")
    for number, plan in enumerate(plan_list(actor).order_by("fiscal_year", "created_at"), start=1):
        facts = {name: getattr(plan, name) for name in ("fiscal_year", "title", "ambition", "status")}
        versions = plan_versions(actor, plan.pk).prefetch_related(None).values("number", *said, "document")
        rest = {
            "goals": list(plan.goals.order_by("place", "id").values(*goal)), "versions": list(versions),
            "comments": list(plan_comments(actor, plan.pk).values(*said, "text")),
        }  # fmt: skip
        archive.add_json(f"plans/{plan.fiscal_year}-{number:02d}.json", facts | rest)
    names = ("title", "side", "owner_label", "due_on", "status", "note", "ended_at")
    archive.add_rows("actions.csv", names, action_list(actor).values_list(*names))


def reviews(actor: Actor, _partner: Partner, archive: Archive) -> None:
    names = ("period_key", "starts_on", "ends_on", "meet_on", "status", *NARRATIVES, "partner_words")
    for review in review_list(actor).order_by("starts_on", "id"):
        pack = review_pack(actor, review)
        shown = {"shown": pack.document if pack else None}
        archive.add_json(f"reviews/{review.period_key}.json", {name: getattr(review, name) for name in names} | shown)


def _add_file(archive: Archive, name: str, stored: StoredFile) -> None:
    with file_open(stored) as content:
        archive.add(f"{name}{Path(stored.name).suffix}", content.read())


register(DataPart("partners.company", 10, company))
register(DataPart("partners.profile", 15, profile))
register(DataPart("partners.people", 20, people))
register(DataPart("partners.tiers", 30, tiers))
register(DataPart("partners.suspensions", 40, suspensions))
register(DataPart("partners.accounts", 50, accounts))
register(DataPart("partners.agreements", 55, agreements))
register(DataPart("partners.certificates", 60, certificates))
register(DataPart("partners.plans", 62, plans))
register(DataPart("partners.reviews", 64, reviews))
