"""What stands for the variables of an agreement, in each language."""

from __future__ import annotations

import calendar
import datetime as dt

import pycountry
from babel import Locale

from partners.agreement_text import VARIABLES, day_text, filled, list_text, variables_in
from partners.models import Agreement, TierChange
from partners.states.agreements import EntitlementKind
from prm import clock
from prm.db.scope import require_tenant

GRANTED = {
    "territory": EntitlementKind.TERRITORY,
    "product_lines": EntitlementKind.PRODUCT_LINE,
    "programs": EntitlementKind.PROGRAM,
    "benefits": EntitlementKind.BENEFIT,
}
NO_TERM = {"en": "an indefinite number of", "zh": "不限"}


def last_day_of(starts_on: dt.date, term_months: int | None) -> dt.date | None:
    """A year from 1 March ends on the last day of February; one from 31 January by a month on the last of February."""
    if term_months is None:
        return None
    return months_after(starts_on, term_months) - dt.timedelta(days=1)


def months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def values_of(agreement: Agreement, language: str) -> dict[str, str]:
    """Every variable that has a value; empty ones are left out, so that they are seen to be missing."""
    partner = agreement.partner
    granted = {
        name: list_text([one["value"] for one in agreement.entitlements if one["kind"] == kind], language)
        for name, kind in GRANTED.items()
    }
    found = {
        "agreement_number": str(agreement),
        "vendor_name": require_tenant().name,
        "partner_name": partner.name,
        "partner_legal_name": partner.legal_name or partner.name,
        "partner_code": partner.code,
        "partner_type": partner.type,
        "partner_region": partner.region,
        "partner_country": _country(partner.country, language),
        "partner_tier": _tier(agreement),
        "starts_on": day_text(agreement.starts_on, language),
        "ends_on": day_text(agreement.ends_on, language),
        "term_months": str(agreement.term_months or NO_TERM[language]),
        "renewal_notice_days": str(agreement.renewal_notice_days),
        "predecessor_number": str(agreement.predecessor or ""),
        **granted,
        **{name: str(value) for name, value in agreement.values.items() if name not in VARIABLES},
    }
    return {name: value for name, value in found.items() if value}


def texts_of(agreement: Agreement) -> dict[str, str]:
    """Titles and bodies with their variables filled; what has no value keeps its braces."""
    values = {language: values_of(agreement, language) for language in ("en", "zh")}
    return {
        f"{part}_{language}": filled(getattr(agreement, f"{part}_{language}"), values[language])
        for part in ("title", "body")
        for language in ("en", "zh")
    }


def missing_in(agreement: Agreement) -> list[str]:
    """Variables of its text that have no value."""
    missing: set[str] = set()
    for language in ("en", "zh"):
        known = values_of(agreement, language)
        for part in ("title", "body"):
            missing |= variables_in(getattr(agreement, f"{part}_{language}")) - set(known)
    return sorted(missing)


def _tier(agreement: Agreement) -> str:
    today = clock.today(require_tenant())
    changes = TierChange.objects.filter(partner_id=agreement.partner_id, valid_from__lte=today)
    return str(changes.order_by("-valid_from").values_list("tier", flat=True).first() or "")


def _country(code: str, language: str) -> str:
    if not code or pycountry.countries.get(alpha_2=code) is None:
        return code
    return str(Locale.parse("zh_Hans" if language == "zh" else "en").territories.get(code, code))
