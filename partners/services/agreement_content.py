"""What the text of an agreement may say: checked alike in templates and in drafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from partners.agreement_text import NAME, VARIABLES, blocks_of, faults_of
from partners.states.agreements import EntitlementKind
from prm.errors import Invalid

MOST_TEXT = 100_000
MOST_SIGNERS = 5
MOST_MONTHS = 240
MOST_NOTICE = 365
Faults = dict[str, list[str]]


def texts_check(content: Mapping[str, Any], known: Collection[str]) -> Faults:
    """Titles and bodies in both languages: there, not too long, and with known variables only."""
    faults: Faults = {}
    for name in ("title_en", "title_zh", "body_en", "body_zh"):
        text = content[name]
        most = 200 if name.startswith("title") else MOST_TEXT
        if not text.strip():
            faults[name] = [_("Please write the text in both languages.")]
        elif len(text) > most:
            faults[name] = [_("The text is longer than %(max)s characters.") % {"max": most}]
        elif found := faults_of(text, known):
            faults[name] = found[:10]
    if not faults:
        counts = {language: len(blocks_of(content[f"body_{language}"])) for language in ("en", "zh")}
        if counts["en"] != counts["zh"]:
            said = _("The languages stand side by side: %(en)d paragraphs in English, %(zh)d in Chinese.")
            faults["body_zh"] = [said % counts]
    return faults


def known_variables(fields: Sequence[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(VARIABLES) | {field["name"] for field in fields}


def fields_read(given: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Variables of a template's own. Raises `Invalid`."""
    found: list[dict[str, str]] = []
    for one in given:
        field = {name: str(one.get(name, "")).strip() for name in ("name", "en", "zh")}
        if not NAME.fullmatch(field["name"]):
            said = _("“%(name)s” is no name for a variable: small letters, digits and underscores, at most 40.")
            raise Invalid(fields={"fields": [said % {"name": field["name"]}]})
        if field["name"] in VARIABLES or field["name"] in {other["name"] for other in found}:
            raise Invalid(fields={"fields": [_("“%(name)s” is there already.") % {"name": field["name"]}]})
        found.append({**field, "en": field["en"][:100] or field["name"], "zh": field["zh"][:100] or field["name"]})
    return found


def entitlements_read(given: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What is granted, once each. Raises `Invalid`."""
    found: list[dict[str, str]] = []
    for one in given:
        kind, value = str(one.get("kind", "")).strip(), str(one.get("value", "")).strip()
        if kind not in EntitlementKind.values:
            said = _("“%(kind)s” is nothing that an agreement grants. Known are: %(known)s.")
            known = ", ".join(EntitlementKind.values)
            raise Invalid(fields={"entitlements": [said % {"kind": kind, "known": known}]})
        if not value or len(value) > 200:
            raise Invalid(fields={"entitlements": [_("Say what is granted, in at most 200 characters.")]})
        if {"kind": kind, "value": value} not in found:
            found.append({"kind": kind, "value": value})
    return found


def roles_read(given: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The partner's signing roles in their order. Raises `Invalid`."""
    found = [role_read(one) for one in given]
    if not 1 <= len(found) <= MOST_SIGNERS:
        raise Invalid(fields={"signers": [_("Name one to %(most)d roles that sign.") % {"most": MOST_SIGNERS}]})
    return found


def role_read(given: Mapping[str, Any], field: str = "signers") -> dict[str, str]:
    english, chinese = (str(given.get(name, "")).strip()[:100] for name in ("en", "zh"))
    if not (english or chinese):
        raise Invalid(fields={field: [_("Name the role that signs.")]})
    return {"en": english or chinese, "zh": chinese or english}


def term_check(term_months: int | None, renewal_notice_days: int, *, auto_renew: bool) -> Faults:
    faults: Faults = {}
    if term_months is not None and not 1 <= term_months <= MOST_MONTHS:
        faults["term_months"] = [_("1 to %(most)d months.") % {"most": MOST_MONTHS}]
    if not 0 <= renewal_notice_days <= MOST_NOTICE:
        faults["renewal_notice_days"] = [_("0 to %(most)d days.") % {"most": MOST_NOTICE}]
    if auto_renew and term_months is None:
        faults["auto_renew"] = [_("Without a term there is nothing to renew.")]
    return faults
