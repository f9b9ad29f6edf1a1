"""What happened at a demo vendor, told through the product's own services: from imports to settlements."""

from __future__ import annotations

import csv
import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.db import transaction

from partners.metrics import WindowKind, WindowSpec, values
from partners.selectors.partners import partner_list
from portal.demo import catalog, certificates, names, onboarding, payouts, people, profile, sales
from portal.demo.agreements import agreements_make
from portal.demo.books import books_make
from portal.demo.clockwork import on
from portal.demo.lifecycle import lifecycle_make
from portal.demo.news import old_news_skip
from portal.demo.objection import objection_make
from portal.demo.plans import plans_make
from portal.demo.question import question_ask
from portal.demo.recruitment import recruitment_make
from portal.demo.scorecards import scorecards_make
from portal.demo.tiers import tiers_make
from portal.demo.vendors import Vendor
from prm import clock
from prm.exports.services import column_set_save
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.imports.services import import_file_now
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from rebates.engine.periods import Calendar, Period, PeriodKind
from rebates.selectors.programs import program_list
from rebates.selectors.statements import statement_list
from rebates.services.accruals import accruals_rebuild
from rebates.services.leakage import leakage_start
from rebates.services.periods import period_close
from rebates.services.programs import program_import, program_publish
from rebates.services.provisions import provision_rule_set, provisions_update
from rebates.services.reviews import review_settings_change
from rebates.services.statements import statement_approve

MONTHS = 18
SYSTEM = Actor.system("demo")
Sold = dict[dt.date, list[dict[str, str]]]
"""Sale lines by the first day of their month."""
TIERS = ["registered", "silver", "gold", "platinum"]


@dataclass(frozen=True, slots=True)
class Timeline:
    months: list[dt.date]
    """First days of the months with sales, the current one last."""
    closing: list[Period]
    """Periods to close, oldest first: the quarters before the current one and the months in them."""
    older: Period
    """The older closed quarter; programs start on its first day."""
    today: dt.date


def vendor_create(vendor: Vendor) -> Tenant:
    """Create the vendor with its whole history, or nothing at all."""
    tenant = Tenant(
        slug=vendor.slug, name=vendor.name, base_currency=vendor.base_currency, time_zone=vendor.time_zone,
        fiscal_start_month=vendor.fiscal_start_month, brand_color=vendor.brand_color, locale=vendor.locale,
        workday_calendar=vendor.workday_calendar,
        is_demo=True,
    )  # fmt: skip
    random = Random(f"qudao-{vendor.slug}")
    times = _timeline(tenant)
    # The vendor's own row too: a run that is stopped leaves nothing that the next one would take for a whole vendor.
    with transaction.atomic():
        tenant.save()
        _history(tenant, vendor, random, times)
    return tenant


def _history(tenant: Tenant, vendor: Vendor, random: Random, times: Timeline) -> None:
    with tenant_context(tenant):
        with on(times.older.start):
            sellers, sold = _master_data(random, vendor, times)
            found = {partner.code: partner.pk for partner in partner_list(SYSTEM)}
            staff = people.people_create(tenant, [found[sellers[0].code], found[sellers[4].code]])
            manager, administrator = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
            documents = vendor.programs(times.older.start)
            programs = [program.pk for program in program_import(actor=manager, document=documents)]
            for program_id in programs:
                program_publish(actor=administrator, program_id=program_id)
            finance = Actor.user(staff[Role.FINANCE])
            payouts.accounts_create(manager, finance, administrator, vendor.name)
            review_settings_change(actor=administrator, review_days=0, reminder_days=3, dispute_days=10)
        _months(staff, times, sold)
        _forecasts(finance)
        books_make(staff, locked_until=times.older.end, today=times.today)
        _people(tenant, staff)
        objection_make(staff)
        recruitment_make(staff)
        agreements_make(staff)
        good, own = _good_years(tenant, staff)
        scorecards_make(staff, good)
        plans_make(staff, own)
        # The worker makes it when the product is up.
        leakage_start(actor=finance)
        _column_set(staff)
        tiers_make(staff)
        question_ask(tenant, manager, zip(programs, documents, strict=True))
        lifecycle_make(staff)
        old_news_skip()


def _good_years(tenant: Tenant, staff: Mapping[Role, Membership]) -> tuple[Decimal, Decimal]:
    """What a good partner sells in a year, and what the demo partner could, in the vendor's currency."""
    spec = WindowSpec(WindowKind.TRAILING_MONTHS, 12)
    found = values("revenue", spec.window(clock.today(tenant), tenant.fiscal_start_month))
    sold = sorted(one.value or Decimal(0) for one in found.values())
    own = found[staff[Role.PARTNER_ADMINISTRATOR].partner_id].value or Decimal(0)  # type: ignore[index]
    return round(sold[len(sold) * 3 // 5], -5), round(own * Decimal("1.1"), -5)


def _timeline(tenant: Tenant) -> Timeline:
    today = clock.today(tenant)
    calendar = Calendar(tenant.fiscal_start_month)
    last = calendar.previous(calendar.period(PeriodKind.QUARTER, today))
    older = calendar.previous(last)
    closing: list[Period] = []
    for quarter in (older, last):
        closing += [*calendar.periods(PeriodKind.MONTH, quarter.start, quarter.end), quarter]
    return Timeline(_months_until(today), closing, older, today)


def _months_until(today: dt.date) -> list[dt.date]:
    newest = today.year * 12 + today.month - 1
    return [dt.date(index // 12, index % 12 + 1, 1) for index in range(newest - MONTHS + 1, newest + 1)]


def _master_data(random: Random, vendor: Vendor, times: Timeline) -> tuple[list[sales.Seller], Sold]:
    """Everything but the sales, and those of before the programs; the sales since then are given back by month."""
    sellers = _sellers(random, vendor)
    items = catalog.items(random, vendor.products)
    _bring("partners", _partner_rows(random, sellers, times))
    _bring("products", _product_rows(items))
    _bring("rates", _rate_rows(random, vendor, times))
    sold = _by_month(_sales_rows(random, sellers, items, vendor, times))
    first = times.older.start
    _bring("sales", [row for month in sorted(sold) if month < first for row in sold[month]])
    return sellers, {month: rows for month, rows in sold.items() if month >= first}


def _bring(kind: str, rows: Iterable[Mapping[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.csv"
        _write(path, rows)
        import_file_now(actor=SYSTEM, kind=kind, path=path)


def _by_month(rows: Iterable[dict[str, str]]) -> Sold:
    """Sale lines by the first day of their month; returns stand with their originals, so that nothing comes late."""
    months: dict[str, dt.date] = {}
    sold: Sold = {}
    for row in rows:
        month = months.get(row["reverses"]) or dt.date.fromisoformat(row["sold_on"]).replace(day=1)
        months[row["external_id"]] = month
        sold.setdefault(month, []).append(row)
    return sold


def _sellers(random: Random, vendor: Vendor) -> list[sales.Seller]:
    companies = names.chinese_companies(random, vendor.chinese_partners)
    companies += names.english_companies(random, vendor.english_partners)
    return [
        sales.Seller(
            f"P{1001 + rank}", company, 1 / (rank % vendor.chinese_partners + 3), vendor.rate(company.currency)
        )
        for rank, company in enumerate(companies)
    ]


def _partner_rows(random: Random, sellers: list[sales.Seller], times: Timeline) -> Iterable[dict[str, str]]:
    for seller in sellers:
        rank = min(3, int(seller.weight * 10 + random.random()))
        shared = {
            "code": seller.code, "name": seller.company.name, "legal_name": seller.company.legal_name,
            "type": random.choice(["reseller", "reseller", "integrator", "managed services"]),
            "region": seller.company.region, "country": seller.company.country,
            "tags": ";".join(sorted(random.sample(["cloud", "public-sector", "education", "industrial"], 2))),
        }  # fmt: skip
        yield shared | {"tier": TIERS[rank], "tier_from": ""}
        if rank < len(TIERS) - 1 and random.random() < 0.3:
            yield shared | {"tier": TIERS[rank + 1], "tier_from": times.older.start.isoformat()}


def _product_rows(items: Iterable[catalog.Item]) -> Iterable[dict[str, str]]:
    for item in items:
        yield {
            "sku": item.sku, "name": item.name, "line": item.line, "category": item.category, "brand": item.brand,
            "unit_cost": str(item.unit_cost),
        }  # fmt: skip


def _rate_rows(random: Random, vendor: Vendor, times: Timeline) -> Iterable[dict[str, str]]:
    for (source, target), start in vendor.rates.items():
        rate = start
        for month in times.months:
            rate = (rate * (1000 + Decimal(random.randint(-12, 12))) / 1000).quantize(Decimal("0.000001"))
            yield {"date": month.isoformat(), "from_currency": source, "to_currency": target, "rate": str(rate)}


def _sales_rows(
    random: Random, sellers: list[sales.Seller], items: list[catalog.Item], vendor: Vendor, times: Timeline
) -> Iterable[dict[str, str]]:
    return sales.sale_lines(random, sellers, items, months=times.months, until=times.today, total=vendor.sales)


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    rows = iter(rows)
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def _months(staff: Mapping[Role, Membership], times: Timeline, sold: Sold) -> None:
    """Month after month its sales come in; then what is over is closed, and paid or half approved."""
    for month in sorted(sold):
        with on(_last_day(month)):
            _bring("sales", sold[month])
            accruals_rebuild(actor=SYSTEM)
        for period in times.closing:
            if period.end == _last_day(month):
                _close(staff, times, period)


def _close(staff: Mapping[Role, Membership], times: Timeline, period: Period) -> None:
    """Older periods are paid, the last quarter is half approved: every station of a statement can be seen."""
    finance, second = (Actor.user(staff[role]) for role in (Role.FINANCE, Role.ADMINISTRATOR))
    is_quarter = period.kind == PeriodKind.QUARTER
    closed_on, paid_on = _after(period.end, 8 if is_quarter else 3), _after(period.end, 20 if is_quarter else 6)
    with on(closed_on):
        period_close(actor=finance, kind=period.kind, key=period.key)
    prepared = [statement.pk for statement in statement_list(finance, period_key=period.key, status="prepared")]
    if period.end > times.older.end:
        if is_quarter:
            review_settings_change(actor=second, review_days=10, reminder_days=3, dispute_days=10)
        statement_approve(actor=second, statement_ids={*prepared[::2], *_own(finance, staff, period)})
    elif prepared:
        with on(paid_on):
            statement_approve(actor=second, statement_ids=prepared)
            payouts.settle(finance, prepared, paid_on=min(paid_on, times.today), trouble=is_quarter)


def _people(tenant: Tenant, staff: Mapping[Role, Membership]) -> None:
    """What partners tell of themselves, who is certified, who has just begun."""
    manager, administrator = (Actor.user(staff[role]) for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
    login = staff[Role.PARTNER_ADMINISTRATOR]
    profile.profiles_create(manager)
    certificates.certificates_create(tenant, manager, administrator, login)
    assert login.partner_id is not None  # noqa: S101 (a partner's role has one)
    onboarding.onboarding_create(tenant, manager, login.partner_id)


def _forecasts(finance: Actor) -> None:
    """Finance provides for the bands that the programs with bands will reach by the end of the quarter."""
    published: Any = program_list(finance, status="published")
    for program in published:
        definition = program.all_versions[0].definition
        if definition["calculation"]["type"] in ("retroactive", "marginal") and definition["period"] == "quarter":
            provision_rule_set(actor=finance, program_id=program.pk, method="linear")
    provisions_update(actor=finance)


def _last_day(month: dt.date) -> dt.date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _after(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


def _own(finance: Actor, staff: Mapping[Role, Membership], period: Period) -> list[UUID]:
    """The statements of the company that the partner's login shows first."""
    company = staff[Role.PARTNER_ADMINISTRATOR].partner_id
    return [one.pk for one in statement_list(finance, partner_id=company, period_key=period.key, status="prepared")]


def _column_set(staff: Mapping[Role, object]) -> None:
    """What the ERP wants of a statement, in its order, for everybody."""
    columns = ["statement", "partner_code", "legal_name", "program_code", "kind", "origin_period", "amount", "currency"]
    finance = Actor.user(staff[Role.FINANCE])  # type: ignore[arg-type]
    column_set_save(actor=finance, kind="statement_lines", name="ERP", columns=columns, is_shared=True)
