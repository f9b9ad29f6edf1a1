"""A vendor with some history, as the manager's and finance's pages show it, and short ways to ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from prm.identity.rights import Role
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.bank_results.work import APPLICATIONS
from rebates.close_work import CLOSES
from rebates.models import ApplyRun, CloseRun, Program, Statement
from rebates.services.periods import period_close
from tests.rebates.world import World

NOW = "2026-11-23T04:00:00Z"
QUARTER = {"kind": "quarter", "key": "2026-Q3"}


@dataclass
class Vendor:
    """`cast` are the people; `world` makes partners, products and sales inside the tenant."""

    cast: Cast
    world: World

    def client(self, role: Role) -> Client:
        return self.cast.client(role)

    @property
    def manager(self) -> Client:
        return self.client(Role.CHANNEL_MANAGER)

    @property
    def finance(self) -> Client:
        return self.client(Role.FINANCE)

    @property
    def administrator(self) -> Client:
        return self.client(Role.ADMINISTRATOR)

    def inside(self) -> Any:
        return tenant_context(self.cast.tenant)

    def history(self, *, partners: int = 2) -> Program:
        """One published program of all sales in CNY, sales in the last and the present quarter, accruals of both."""
        with self.inside():
            self.world.no_review()
            program = self.world.published("P1", currency="CNY")
            for number in range(1, partners + 1):
                code = f"P-{number}"
                self.world.sale(code, "2026-08-01", f"{number}0000", currency="CNY", customer_name="Hospital")
                self.world.sale(code, "2026-10-05", f"{number}5000", currency="CNY")
            self.world.update()
        return program

    def carry_out(self) -> None:
        """Whatever was ordered, as the worker does."""
        with self.inside():
            closes = list(CloseRun.objects.filter(status="queued").values_list("pk", flat=True))
            applications = list(ApplyRun.objects.filter(status="queued").values_list("pk", flat=True))
        for run_id in closes:
            CLOSES.run(self.cast.tenant, run_id)
        for run_id in applications:
            APPLICATIONS.run(self.cast.tenant, run_id)

    def closed(self) -> list[Statement]:
        """The history with the third quarter closed by finance."""
        self.history()
        with self.inside():
            period_close(actor=self.cast.finance, **QUARTER)
            return list(Statement.objects.select_related("partner").order_by("number"))


def get(client: Client, page: str, /, *args: object, **query: str) -> HttpResponse:
    return client.get(reverse(page, args=args), query)


def post(client: Client, page: str, /, *args: object, **data: Any) -> HttpResponse:
    return client.post(reverse(page, args=args), data)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
