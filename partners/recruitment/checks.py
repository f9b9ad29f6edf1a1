"""What can be said of a company from what it wrote: tax number, D-U-N-S, domain, phone. Pure; nothing is looked up.

A finding is `ok`, `warn` (a reviewer should look) or `bad` (it cannot be right: the applicant is asked at the field).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import idna
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions, get_cc_module
from stdnum.cn import uscc

from partners.recruitment.words import PUBLIC_MAIL

Text = str | Promise
OK, WARN, BAD = "ok", "warn", "bad"
EU_VAT = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
_PHONE = re.compile(r"[^\d]")
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")


@dataclass(frozen=True, slots=True)
class Check:
    """`field` is the form's, `code` names what was looked at, `value` is the normalised form, "" when there is none."""

    field: str
    code: str
    level: str
    message: Text
    value: str = ""


def check_tax_id(country: str, number: str) -> Check:
    """The unified social credit code in China, the VAT number elsewhere, as far as its country's form is known."""
    if country == "CN":
        return _check_uscc(number)
    module = get_cc_module(country, "vat") if country else None
    if module is None:
        plain = re.sub(r"[\s.\-/]", "", number).upper()
        return Check("tax_id", "vat", WARN, _("The form of this country's numbers is not known here."), plain)
    try:
        plain = module.validate(number)
    except exceptions.ValidationError as error:
        return Check("tax_id", "vat", BAD, _why_vat(error, country))
    prefix = _prefix(country) if country in EU_VAT and not plain.startswith(_prefix(country)) else ""
    return Check("tax_id", "vat", OK, _("The number has the form and check digit of its country."), prefix + plain)


def _check_uscc(number: str) -> Check:
    try:
        plain = uscc.validate(number)
    except exceptions.InvalidLength:
        found = len(uscc.compact(number))
        text = _("A unified social credit code has 18 characters; this has %(found)d.")
        return Check("tax_id", "uscc", BAD, str(text) % {"found": found})
    except exceptions.InvalidChecksum:
        return Check("tax_id", "uscc", BAD, _("The check digit is wrong: please compare it with the business licence."))
    except exceptions.ValidationError:
        return Check("tax_id", "uscc", BAD, _("It has characters that no such code has, such as I, O, S, V or Z."))
    return Check("tax_id", "uscc", OK, _("The check digit of the unified social credit code is right."), plain)


def _why_vat(error: exceptions.ValidationError, country: str) -> str:
    if isinstance(error, exceptions.InvalidLength):
        text = _("A tax number of %(country)s has another length.")
    elif isinstance(error, exceptions.InvalidChecksum):
        text = _("The check digit of this %(country)s tax number is wrong.")
    else:
        text = _("This is not how tax numbers of %(country)s look.")
    return str(text) % {"country": country}


def _prefix(country: str) -> str:
    return "EL" if country == "GR" else country


def check_duns(number: str) -> Check:
    plain = re.sub(r"[\s\-]", "", number)
    if not re.fullmatch(r"\d{9}", plain, re.ASCII):
        return Check("duns", "duns", BAD, _("A D-U-N-S number has nine digits."))
    return Check("duns", "duns", OK, _("Nine digits, as a D-U-N-S number has."), plain)


def domain_of(text: str) -> str:
    """The host of an address or link as ASCII, without `www.`; "" when there is none."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().casefold()).rpartition("@")[2]
    host = re.split(r"[/?#:\s]", host, maxsplit=1)[0].replace("。", ".").strip(".").removeprefix("www.")
    try:
        name = idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""
    labels = name.split(".")
    return name if len(labels) > 1 and all(_LABEL.match(label) for label in labels) and not _is_address(name) else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit()
    return True


def check_website(text: str) -> Check:
    name = domain_of(text)
    if not name:
        return Check("website", "domain", BAD, _("Please enter a domain such as example.com."))
    if name in PUBLIC_MAIL:
        return Check("website", "domain", BAD, _("This is a public mail service, not the company's own domain."))
    return Check("website", "domain", OK, _("A domain of the company's own."), name)


def check_email(email: str, website: str) -> Check:
    """Whether the contact writes from the company's own domain."""
    name, own = domain_of(email), domain_of(website)
    if name in PUBLIC_MAIL:
        return Check("email", "email", WARN, _("The address is at a public mail service."))
    if own and name != own and not name.endswith(f".{own}"):
        return Check("email", "email", WARN, _("The address is at another domain than the website."), name)
    return Check("email", "email", OK, _("The address is at the company's domain."), name)


CALLING = {
    "CN": "86", "HK": "852", "MO": "853", "TW": "886", "SG": "65", "MY": "60", "JP": "81", "KR": "82", "IN": "91",
    "AU": "61", "NZ": "64", "US": "1", "CA": "1", "GB": "44", "IE": "353", "DE": "49", "AT": "43", "CH": "41",
    "FR": "33", "IT": "39", "ES": "34", "PT": "351", "NL": "31", "BE": "32", "PL": "48", "CZ": "420", "SE": "46",
    "NO": "47", "DK": "45", "FI": "358", "TH": "66", "VN": "84", "ID": "62", "PH": "63", "AE": "971", "SA": "966",
    "TR": "90", "MX": "52", "BR": "55", "ZA": "27",
}  # fmt: skip


def phone_of(text: str, country: str) -> str:
    """Digits with the calling code; "" when there are too few or too many to be a phone number."""
    typed = text.strip()
    digits = _PHONE.sub("", typed)
    code = CALLING.get(country, "")
    if typed.startswith(("+", "00")):
        plain = digits.removeprefix("00")
    elif code and digits.startswith(code) and len(digits) > 10:
        plain = digits
    else:
        plain = code + (digits if country == "IT" else digits.lstrip("0"))
    return plain if 7 <= len(plain) <= 15 else ""


def check_phone(field: str, text: str, country: str) -> Check:
    plain = phone_of(text, country)
    if not plain:
        return Check(field, "phone", BAD, _("Please enter a phone number with its area code."))
    return Check(field, "phone", OK, _("A complete phone number."), plain)


def check_company(answers: Mapping[str, Any]) -> list[Check]:
    """Everything that can be checked of the answers given; what is empty is not checked."""
    country = str(answers.get("country") or "")
    given = {name: str(answers.get(name) or "").strip() for name in ("tax_id", "duns", "website", "email")}
    found = []
    if given["tax_id"]:
        found.append(check_tax_id(country, given["tax_id"]))
    if given["duns"]:
        found.append(check_duns(given["duns"]))
    if given["website"]:
        found.append(check_website(given["website"]))
    if given["email"]:
        found.append(check_email(given["email"], given["website"]))
    phones = {name: str(answers.get(name) or "").strip() for name in ("phone", "contact_phone")}
    return found + [check_phone(name, text, country) for name, text in phones.items() if text]
