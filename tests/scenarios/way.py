"""One way through the product in one language on one device: its pages, texts and people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from prm.identity.rights import Role
from prm.testing.make import Cast
from prm.testing.processes import SiteProcess, WorkerProcesses
from tests.scenarios.material import (
    Quarter,
    this_quarter,
)
from tests.scenarios.steps import (
    said,
)

NAMES = {"en": "Road quarterly", "zh-hans": "道路季度返利"}
GAINS = {
    "en": "Sell ¥149,765.44 more and you earn ¥4,492.96 more, at 5%.",
    "zh-hans": "再卖 ¥149,765.44，即可多赚 ¥4,492.96（按 5%）。",
}
ADDED = {"en": ["row", "column", "reason"], "zh-hans": ["行", "列", "原因"]}
PAID = {"en": "Paid", "zh-hans": "已付"}


@dataclass
class Way:
    """One walk: who walks in which language, and on what the partner reads."""

    language: str
    device: str
    cast: Cast
    open: Callable[..., Any]
    worker: WorkerProcesses
    site: SiteProcess
    pages: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> Quarter:
        return this_quarter()

    @property
    def last(self) -> Quarter:
        return self.now.previous

    @property
    def program(self) -> str:
        return NAMES[self.language]

    def page(self, role: Role, *, signed_in: bool = True) -> Any:
        if role not in self.pages:
            device = self.device if role is Role.PARTNER_ADMINISTRATOR else "desktop"
            locale = "zh-Hans" if self.language == "zh-hans" else "en"
            self.pages[role] = self.open(self.cast.user(role) if signed_in else None, device=device, locale=locale)
        return self.pages[role]

    def said(self, text: str, **values: object) -> str:
        return said(self.language, text, **values)

    def button(self, page: Any, text: str) -> Any:
        return page.get_by_role("button", name=self.said(text), exact=True)

    def link(self, page: Any, text: str) -> Any:
        return page.locator("main").get_by_role("link", name=self.said(text), exact=True)
