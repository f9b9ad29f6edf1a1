"""Every page, with data on it, in Chromium: axe finds nothing, nothing is too wide, every text is translated.

Two walks, each by some surfaces: from their front pages and from what no link leads to, along every link, to one
address of each name. Both must have seen every page there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, get_resolver, reverse

from partners import agreement_pdf
from prm.identity.rights import Role
from prm.testing.make import PASSWORD, Cast
from tests.scenarios.furnished import furnish
from tests.scenarios.life import furnish_life
from tests.scenarios.walk import Data, Look, Map, Start

ADMIN, PARTNER = Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR
STATES = [("phone", "zh-Hans", "light"), ("desktop", "en", "dark")]
SURFACES = [("manager:",), ("partner:", "public:", "finance:", "shared:")]
ACCOUNT = [
    "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "account_email", "account_change_password", "usersessions_list", "account_logout", "web:menu",
]  # fmt: skip
OPEN = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "web:offline"]

# Where the walk begins, and what only the furnished ids, a state or a mail lead to.
STARTS = [
    Start("manager:home"),
    Start("manager:sales", query="?search=nothing-like-this"),
    Start("manager:import", args=("mapping_id",)),
    Start("manager:import", args=("waiting_id",)),
    Start("manager:program", args=("draft_id",)),
    Start("manager:program_new", query="?template=collection"),
    Start("manager:program_new", query="?template=mix"),
    Start("manager:program_booked", args=("program_id", "1")),
    Start("manager:partner_status", args=("partner_id", "suspend")),
    Start("manager:what_if_run", args=("what_if_id",)),
    Start("manager:what_if_run", args=("what_if_waiting_id",)),
    Start("manager:onboarding_task", args=("done_id",)),
    Start("manager:onboarding_template", args=("template_draft_id",)),
    *(Start("manager:agreement", args=(one,)) for one in ("agreement_draft_id", "agreement_sent_id")),
    Start("manager:agreement_template", args=("agreement_template_id",)),
    *(Start(f"manager:{name}", args=("vendor_plan_id",)) for name in ("plan", "plan_edit", "goal_new")),
    *(Start(f"manager:{name}", args=("vendor_plan_id", "vendor_goal_id")) for name in ("goal_edit", "goal_remove")),
    Start("manager:suspension_lift", args=("suspension_id",)),
    Start("manager:exit", args=("exit_id",)),
    Start("manager:exit_finish", args=("exit_id",)),
    Start("manager:exit_waive", args=("exit_id", "rebates.reserve")),
    Start("manager:exit_reserve", args=("leaving_id",)),
    Start("manager:tier_scheme", args=("scheme_id",)),
    Start("manager:tier_publish", args=("track_id",)),
    *(Start(f"manager:{name}", args=("stay_id",)) for name in ("tier_stay", "tier_stay_keep", "tier_stay_told")),
    Start("manager:partner", args=("newcomer_id",)),
    Start("manager:onboarding_start", args=("newcomer_id",)),
    Start("manager:onboarding_activate", args=("newcomer_id",)),
    Start("manager:program_amendment", args=("draft_id",)),
    Start("manager:scorecard_version", args=("scorecard_draft_id",)),
    Start("partner:home", PARTNER),
    Start("partner:statement", PARTNER, ("statement_id",)),
    Start("partner:statement", PARTNER, ("reviewed_id",)),
    Start("partner:statement_agree", PARTNER, ("reviewed_id",)),
    *(Start(f"partner:dispute_{verb}", PARTNER, ("dispute_id",)) for verb in ("answer", "withdraw", "escalate")),
    Start("partner:agreement_notice", PARTNER, ("own_active_id",)),
    Start("partner:agreement_sign", PARTNER, ("own_asked_id",)),
    Start("partner:tier_appeal", PARTNER),
    Start("partner:review_answer", PARTNER, ("own_review_id",)),
    *(Start(f"partner:{name}", PARTNER, ("own_plan_id",)) for name in ("plan", "plan_edit", "goal_new")),
    *(Start(f"partner:{name}", PARTNER, ("own_plan_id", "own_goal_id")) for name in ("goal_edit", "goal_remove")),
    *(Start(f"partner:{name}", PARTNER) for name in ("plans", "plan_new")),
    Start("partner:deduction", PARTNER, ("payment_id",)),
    Start("partner:onboarding_task", PARTNER, ("task_id",)),
    Start("partner:onboarding_task", PARTNER, ("done_id",)),
    Start("partner:account_stop", PARTNER, ("cooling_id",)),
    *(Start(name, PARTNER) for name in ("shared:team", "shared:team_invite", "shared:inbox", "shared:profile")),
    *(Start(f"shared:{name}", PARTNER) for name in ("switch", "team_invite_many")),
    Start("finance:home"),
    Start("finance:period", args=("kind", "closed_key")),
    Start("finance:statement", args=("reviewed_id",)),
    Start("finance:statement", args=("prepared_id",)),
    Start("finance:statement_approve", args=("prepared_id",)),
    Start("finance:settlement", args=("settlement_id",)),
    Start("finance:settlement", args=("exported_id",)),
    Start("finance:export_new", query="?kind=statement_lines"),
    Start("finance:export_new", query="?kind=ledger_entries"),
    Start("finance:exports", query="?status=failed"),
    Start("finance:liability", query="?by=partner"),
    Start("finance:as_of", query="?show=all"),
    Start(
        "finance:as_of_journals",
        query="?on={before}&partner_id={partner_id}&program_id={program_id}&period={key}&currency=CNY",
    ),
    Start("finance:payment_act", args=("payment_id", "reversed")),
    Start("finance:bank_result", args=("result_id",), query="?show=left_out"),
    Start("shared:team"),
    Start("shared:inbox"),
    Start("shared:mail_kind", args=("rebates.statement.for_review",)),
    Start("shared:invitation", None, ("token",)),
    Start("shared:invitation", args=("token",)),
    Start("shared:invitation", None, ("nonsense",)),
    Start("shared:act", None, ("nonsense",)),
    Start("shared:root", None),
    *(Start(f"public:{name}", None) for name in ("join", "locator", "locator_embed", "verify")),
    Start("public:application", None, ("application_token",)),
    Start("public:application_send", None, ("application_token",)),
    Start("public:sign", None, ("sign_token",)),
    Start("public:exit_data", None, ("data_token",)),
    *(Start(f"public:{name}", None, ("nonsense",)) for name in ("application", "sign", "exit_data")),
    *(Start(name) for name in ACCOUNT),
    *(Start(name, None) for name in OPEN),
]

# Parts of pages and files that no link names, forms behind something that must be found first, a decision of another
# day, the door between hosts.
NOT_WALKED = {
    "manager:agreement_service_retry", "manager:application_duplicate", "manager:plan_comment",
    "manager:scorecard_revise", "manager:tier_appeal_file", "manager:tier_backtest_new", "manager:tier_stay_lose",
    "finance:bank_result_applying", "finance:closing", "finance:leakage_csv",
    "partner:own_data", "partner:plan_comment", "partner:tier_appeal_file",
    "public:application_answer", "public:application_file", "public:application_file_remove",
    "shared:mail_frame", "shared:session_accept", "shared:session_handoff", "shared:session_start",
}  # fmt: skip


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "surfaces", [pytest.param(one, marks=pytest.mark.xdist_group(f"walk-{one[0]}")) for one in SURFACES]
)
def test_every_page(
    browser: Callable[..., Any],
    cast: Cast,
    admin_db: Any,
    surfaces: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nobody looks into the agreements' files, and typesetting them is half the work of furnishing.
    monkeypatch.setattr(agreement_pdf, "_made", lambda one, *_rest, **_more: f"%PDF-1.7\n% {one} {uuid4()}\n".encode())
    house = furnish(cast)
    ids = house.ids | furnish_life(cast, house.now) | {"token": house.token}
    open_tabs: dict[Role | None, list[Any]] = {}

    def tabs(who: Role | None) -> list[Any]:
        if who not in open_tabs:
            open_tabs[who] = [_tab(browser, cast, who, *state) for state in STATES]
        return open_tabs[who]

    starts = [
        (one.who, one.address(ids)) for one in STARTS if one.name.startswith("manager:") == ("manager:" in surfaces)
    ]
    found = Map(cast, surfaces)
    found.draw(starts)
    assert not found.broken
    unseen = _names(surfaces) - found.pages.keys() - found.others - {one.name for one in STARTS} - NOT_WALKED
    assert not {name for name in unseen if not _takes_forms(cast, name)}
    look = Look(tabs, Data(admin_db))
    look.at(dict.fromkeys([*starts, *found.pages.values()]), twice=("partner:", "public:"))
    assert not look.faults, "\n".join(look.faults)


def _tab(browser: Callable[..., Any], cast: Cast, who: Role | None, device: str, locale: str, scheme: str) -> Any:
    page = browser(who and cast.user(who), device=device, locale=locale, scheme=scheme)
    page.context.add_init_script(AXE_SCRIPT)
    page.locale, page.about = locale, f"{device} {who}"
    if who is ADMIN:
        _confirm_who_is_there(page)
    return page


def _confirm_who_is_there(page: Any) -> None:
    """Pages about the account's security ask for the password once more, even of people just signed in."""
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/totp/activate/")


def _names(surfaces: tuple[str, ...]) -> set[str]:
    return {name for name, _pattern in _patterns() if name.startswith(surfaces)}


def _patterns(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry
        else:
            yield from _patterns(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else prefix)


def _takes_forms(cast: Cast, name: str) -> bool:
    """Whether the address answers to forms only."""
    pattern = dict(_patterns())[name].pattern
    values = {key: uuid4() if "UUID" in type(one).__name__ else "1" for key, one in pattern.converters.items()}
    who = PARTNER if name.startswith("partner:") else ADMIN
    return cast.client(who).get(reverse(name, kwargs=values)).status_code == 405
