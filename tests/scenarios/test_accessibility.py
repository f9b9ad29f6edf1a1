"""Every page, with data on it, in Chromium: axe finds nothing, nothing is too wide, every text is translated.

Each page is seen on both devices, in both languages and in both colour schemes: two of four states, in turns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, get_resolver, reverse

from prm.identity.rights import Role
from prm.testing.make import PASSWORD, Cast
from tests.scenarios import life, people
from tests.scenarios.furnished import Furnished, furnish

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

# (device, locale, scheme) of the pages with even and with odd numbers: both states differ in everything.
STATES = [
    (0, "phone", "zh-Hans", "light"),
    (0, "desktop", "en", "dark"),
    (1, "phone", "en", "dark"),
    (1, "desktop", "zh-Hans", "light"),
]


@dataclass(frozen=True)
class Page:
    """`who` looks: a role, or None for a stranger. `args` are names in `Furnished.ids`, or plain texts."""

    name: str
    who: Role | None = Role.ADMINISTRATOR
    args: tuple[str, ...] = ()
    query: str = ""
    twin: bool = False
    """Stands on the manager's and the finance surface alike: each of the two is seen in one state."""

    def address(self, house: Furnished) -> str:
        values = [house.token if name == "token" else house.ids.get(name, name) for name in self.args]
        return reverse(self.name, args=values) + self.query.format(**house.ids)


PARTNER = Role.PARTNER_ADMINISTRATOR
# Menus and the finder are the same on all pages: they are looked at on the first of each surface.
SHELL = ".app-side, dialog#finder"


def of_vendor(surface: str) -> Iterator[Page]:
    for name in [
        "accruals",
        "exceptions",
        "imports",
        "import_new",
        "programs",
        "rates",
        "rate_new",
        "sales",
        "statements",
    ]:
        yield Page(f"{surface}:{name}", twin=True)
    yield Page(f"{surface}:targets", twin=True)
    yield Page(f"{surface}:accrual", args=("accrual_id",), twin=True)
    yield Page(f"{surface}:partner_earnings", args=("partner_id",), twin=True)
    yield Page(f"{surface}:program_what_if", args=("program_id",), twin=True)
    yield Page(f"{surface}:what_if_run", args=("what_if_id",), twin=True)
    yield Page(f"{surface}:what_if_run", args=("what_if_waiting_id",), twin=True)
    yield Page(f"{surface}:import", args=("import_id",), twin=True)
    yield Page(f"{surface}:import", args=("mapping_id",), twin=True)
    yield Page(f"{surface}:import", args=("waiting_id",), twin=True)
    yield Page(f"{surface}:import_undo", args=("import_id",), twin=True)
    yield Page(f"{surface}:program", args=("program_id",), twin=True)
    yield Page(f"{surface}:sale", args=("sale_id",), twin=True)
    yield Page(f"{surface}:statement", args=("statement_id",), twin=True)
    yield Page(f"{surface}:statement_line", args=("statement_id", "line_id"), twin=True)
    yield Page(f"{surface}:disputes", twin=True)
    yield Page(f"{surface}:dispute", args=("dispute_id",), twin=True)
    yield Page(f"{surface}:statement", args=("reviewed_id",), twin=True)
    yield Page(f"{surface}:sales", query="?search=nothing-like-this", twin=True)


def of_partner() -> Iterator[Page]:
    for name in ["home", "earnings", "programs", "statements", "disputes", "what_if"]:
        yield Page(f"partner:{name}", PARTNER)
    yield Page("partner:earning", PARTNER, ("accrual_id",))
    yield Page("partner:statement", PARTNER, ("statement_id",))
    yield Page("partner:payments", PARTNER)
    yield Page("partner:account_new", PARTNER)
    yield Page("partner:deduction", PARTNER, ("payment_id",))
    yield Page("partner:statement_line", PARTNER, ("statement_id", "line_id"))
    yield Page("partner:statement", PARTNER, ("reviewed_id",))
    yield Page("partner:statement_agree", PARTNER, ("reviewed_id",))
    yield Page("partner:dispute_new", PARTNER, ("reviewed_id", "reviewed_line_id"))
    for name in ["dispute", "dispute_answer", "dispute_withdraw", "dispute_escalate"]:
        yield Page(f"partner:{name}", PARTNER, ("dispute_id",))
    for name in ["shared:team", "shared:team_invite", "shared:profile", "shared:switch", "web:menu"]:
        yield Page(name, PARTNER)


def of_manager() -> Iterator[Page]:
    for name in ["home", "partners", "partner_new", "products", "product_new", "program_new", "program_import"]:
        yield Page(f"manager:{name}")
    yield Page("manager:partner", args=("partner_id",))
    yield Page("manager:partner_edit", args=("partner_id",))
    yield Page("manager:partner_status", args=("partner_id", "suspend"))
    yield Page("manager:tier_new", args=("partner_id",))
    yield Page("manager:partner_account", args=("partner_id",))
    yield Page("manager:partner_payout", args=("partner_id",))
    yield Page("manager:product_edit", args=("product_id",))
    yield Page("manager:program", args=("draft_id",))
    for name in ["program_edit", "program_publish", "program_discard", "program_amendment"]:
        yield Page(f"manager:{name}", args=("draft_id",))
    yield Page("manager:program_edit", args=("program_id",))
    yield Page("manager:program_templates")
    yield Page("manager:program_new", query="?template=collection")
    yield Page("manager:program_new", query="?template=mix")
    yield Page("manager:program_end", args=("program_id",))
    yield Page("manager:program_booked", args=("program_id", "1"))


def of_finance() -> Iterator[Page]:
    for name in [
        "home", "settlements", "settlement_new", "audit", "payments", "clawbacks", "accounts", "account_new",
        "account_numbers", "bank_results", "bank_result_new",
    ]:  # fmt: skip
        yield Page(f"finance:{name}")
    yield Page("finance:period", args=("kind", "key"))
    yield Page("finance:period", args=("kind", "closed_key"))
    yield Page("finance:period_close", args=("kind", "key"))
    yield Page("finance:statement", args=("prepared_id",))
    yield Page("finance:statement_approve", args=("prepared_id",))
    yield Page("finance:review_settings")
    for name in ["dispute_ask", "dispute_decide", "dispute_escalate"]:
        yield Page(f"finance:{name}", args=("dispute_id",))
    yield Page("finance:settlement", args=("settlement_id",))
    yield Page("finance:settlement", args=("exported_id",))
    yield Page("finance:settlement_pay", args=("exported_id",))
    for name in ["exports", "export_new", "column_sets", "liability", "as_of", "books", "leakage", "provisions"]:
        yield Page(f"finance:{name}")
    yield Page("finance:export_new", query="?kind=statement_lines")
    yield Page("finance:export_new", query="?kind=ledger_entries")
    yield Page("finance:column_set", args=("column_set_id",))
    yield Page("finance:column_set_new", args=("sales",))
    yield Page("finance:column_set_remove", args=("column_set_id",))
    yield Page("finance:exports", query="?status=failed")
    yield Page("finance:liability", query="?by=partner")
    yield Page("finance:as_of", query="?show=all")
    yield Page(
        "finance:as_of_journals",
        query="?on={before}&partner_id={partner_id}&program_id={program_id}&period={key}&currency=CNY",
    )
    yield Page("finance:provision", args=("program_id",))
    yield Page("finance:payment", args=("payment_id",))
    yield Page("finance:payment_act", args=("payment_id", "reversed"))
    yield Page("finance:bank_result", args=("result_id",))
    yield Page("finance:bank_result", args=("result_id",), query="?show=left_out")
    yield Page("finance:account_confirm", args=("account_id",))
    yield Page("finance:account_reject", args=("account_id",))


def of_everybody() -> Iterator[Page]:
    for name in ["team", "team_invite", "profile", "api_keys", "api_key_new", "switch"]:
        yield Page(f"shared:{name}")
    for name in ["inbox", "notification_settings", "mails"]:
        yield Page(f"shared:{name}")
    yield Page("shared:inbox", PARTNER)
    yield Page("shared:mail_kind", args=("rebates.statement.for_review",))
    yield Page("shared:act", None, ("nonsense",))
    yield Page("shared:member_role", args=("membership_id",))
    yield Page("shared:member_deactivate", args=("membership_id",))
    yield Page("shared:invitation_revoke", args=("invitation_id",))
    yield Page("shared:api_key_end", args=("api_key_id",))
    yield Page("web:menu")
    for name in [
        "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
        "account_email", "account_change_password", "usersessions_list", "account_logout",
    ]:  # fmt: skip
        yield Page(name)
    for name in [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "web:offline",
    ]:
        yield Page(name, None)
    yield Page("shared:root", None)
    yield Page("shared:invitation", None, ("token",))
    yield Page("shared:invitation", args=("token",))
    yield Page("shared:invitation", None, ("nonsense",))


def of_people() -> Iterator[Page]:
    for name, who, args in people.SEEN:
        yield Page(name, who, args)


PAGES = [
    *of_people(),
    *of_partner(),
    *of_vendor("manager"),
    *of_vendor("finance"),
    *of_manager(),
    *of_finance(),
    *of_everybody(),
]

# Files, parts of pages, and addresses that only take forms.
NO_PAGES = people.FILES | life.ELSEWHERE | {
    "manager:statement_pdf", "finance:statement_pdf", "partner:statement_pdf", "manager:dispute_file",
    "finance:dispute_file", "partner:dispute_file", "finance:dispute_acknowledge",
    "manager:tier_remove", "manager:program_preview", "manager:program_preview_cost", "manager:program_json",
    "manager:program_cost",
    "manager:import_run", "manager:import_progress", "manager:import_refused", "finance:liability_csv",
    "finance:export_file", "finance:export_cancel", "finance:export_retry",
    "finance:statements_approve", "finance:settlement_export", "finance:import_run", "finance:import_progress",
    "finance:import_refused", "finance:program_json", "shared:session_start", "shared:session_handoff",
    "shared:session_accept", "shared:member_reactivate", "shared:invitation_resend",
    "finance:settlement_preview", "finance:accrual_why", "manager:accrual_why", "finance:leakage_csv",
    "finance:statement_why", "manager:statement_why", "finance:leakage_run", "finance:what_if_partners",
    "manager:what_if_partners", "finance:bank_result_apply", "finance:bank_result_file", "finance:provisions_update",
    "finance:rebuild", "shared:bell", "shared:inbox_read", "shared:notice", "shared:notice_read", "shared:mail_frame",
    "shared:mail_sample", "shared:mail_again",
    # Full of made-up names of companies, certificates and people.
    "shared:mail_kinds",
}  # fmt: skip

FACTS = """() => {
  const shown = (e) => e && e.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const own = (e) => e.closest("[lang=en], code, pre, .mono, script, style, template, noscript, option");
  const spoken = ["aria-label", "placeholder", "title", "alt"];
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data.replace(/\\s+/g, " ").trim();
    if (text && shown(node.parentElement) && !own(node.parentElement)) texts.push(text);
  }
  for (const e of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (own(e)) continue;
    for (const name of spoken) if (e.getAttribute(name)) texts.push(e.getAttribute(name));
  }
  // Time zones have no other names.
  const options = document.querySelectorAll("option:not([name=time_zone] *, [lang=en] *)");
  for (const e of options) texts.push(e.textContent.trim());
  return {
    texts, title: document.title, lang: document.documentElement.lang,
    h1: [...document.querySelectorAll("h1")].filter(shown).length,
    wide: document.documentElement.scrollWidth,
  };
}"""
ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|^(?:[A-Z][a-z]{2,})$")
NAMES = {
    "English", "Acme", "Road", "Qudao", "Excel", "Ctrl", "Cloud", "Commerzbank",
    "NATIONAL WESTMINSTER BANK PUBLIC LIMITED COMPANY",
}  # fmt: skip
"""Names of a language, a vendor, a program, a key, a bank: any other English words are a text somebody forgot."""


def test_every_page_is_in_the_list() -> None:
    def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
        for entry in patterns:
            if isinstance(entry, URLPattern):
                yield f"{prefix}{entry.name}"
            else:
                yield from names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)

    surfaces = ("partner:", "manager:", "finance:", "shared:")
    known = {name for name in names(get_resolver().url_patterns) if name.startswith(surfaces)}
    assert known - {page.name for page in PAGES} == NO_PAGES


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("turn", "device", "locale", "scheme"), STATES)
def test_every_page(browser: Callable[..., Any], cast: Cast, turn: int, device: str, locale: str, scheme: str) -> None:
    house = furnish(cast)
    open_pages = {
        who: browser(who and cast.user(who), device=device, locale=locale, scheme=scheme)
        for who in (Role.ADMINISTRATOR, PARTNER, None)
    }
    _confirm_who_is_there(open_pages[Role.ADMINISTRATOR])
    faults = {}
    for number, one in enumerate(PAGES):
        if is_seen(one, number, turn, device):
            page, address = open_pages[one.who], one.address(house)
            if found := list(_faults(page, address, locale)):
                faults[f"{address} {one.who}"] = found
    assert not faults, "\n".join(f"{address}: {fault}" for address, found in faults.items() for fault in found)


def is_seen(one: Page, number: int, turn: int, device: str) -> bool:
    if one.twin:
        return turn == 0 and one.name.startswith("manager:" if device == "phone" else "finance:")
    return number % 2 == turn


def _confirm_who_is_there(page: Any) -> None:
    """Pages about the account's security ask for the password once more, even of people just signed in."""
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/totp/activate/")


def _faults(page: Any, address: str, locale: str) -> Iterator[str]:
    page.errors.clear()
    answer = page.goto(address)
    gone = "nonsense" in address
    if answer.status != (404 if gone else 200):
        yield f"status {answer.status}"
    facts = page.evaluate(FACTS)
    if facts["h1"] != 1:
        yield f"{facts['h1']} first headings"
    if not re.match(r"[^·\s]", facts["title"]):
        yield f"title {facts['title']!r}"
    if facts["lang"] != locale.lower():
        yield f"language {facts['lang']}"
    if locale == "zh-Hans":
        yield from (f"in English: {text}" for text in sorted(set(facts["texts"])) if _is_english(text))
    yield from _violations(page)
    yield from _too_wide(page, facts["wide"])
    yield from (f"console: {error}" for error in page.errors if not (gone and "404" in error))


def _violations(page: Any) -> Iterator[str]:
    is_first = page.url.endswith(("/p/", "/m/", "/f/"))
    # axe refuses to leave out what is not there.
    has_shell = page.locator(SHELL).count() > 0 and not is_first
    context = {"exclude": [[selector] for selector in SHELL.split(", ")]} if has_shell else None
    for violation in Axe().run(page, context, RULES).response["violations"]:
        yield from (f"{violation['id']}: {node['html'][:160]}" for node in violation["nodes"])


def _is_english(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return bool(ENGLISH.search(text.strip()))


def _too_wide(page: Any, wide: int) -> Iterator[str]:
    size = page.viewport_size
    if wide > size["width"]:
        yield f"{wide} px wide at {size['width']}"
    if size["width"] < 500:
        page.set_viewport_size({"width": 360, "height": 740})
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(size)
        if wide > 360:
            yield f"{wide} px wide at 360"
