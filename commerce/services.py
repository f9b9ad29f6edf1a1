"""Changing products and rates, and recording sale lines that do not come in a file.

Sale lines go through the import's own stage and checks, so that a file and the API never judge a line differently.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from commerce.models import ExchangeRate, Overdue, Product, SaleLine
from commerce.overdue_import import CHANGED as OVERDUE_CHANGED
from commerce.policies import require_vendor
from commerce.sales_import import ATTRIBUTE, SALE_COLUMNS
from partners.models import Partner
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, Invalid, NotFound, Text
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.kinds import kind_named
from prm.imports.messages import reason
from prm.imports.readers.memory import RowsTable
from prm.imports.run import run_table
from prm.money import known_currency, parse_decimal, plain
from prm.outbox.services import emit

MAX_ROWS = 1000
"""Sale lines in one call; more belong into a file."""

PRODUCT_FIELDS = frozenset({"name", "line", "category", "brand", "unit_cost"})


@transaction.atomic
def product_create(
    *, actor: Actor, sku: str, name: str, line: str = "", category: str = "", brand: str = "",
    unit_cost: Decimal | str | None = None,
) -> Product:  # fmt: skip
    """`unit_cost` is in base currency. Emits `commerce.products.changed`. `Conflict`: the SKU is taken."""
    require_vendor(actor, Right.PRODUCTS_EDIT)
    product = Product(
        sku=sku.strip(), name=name.strip(), line=line.strip(), category=category.strip(), brand=brand.strip(),
        unit_cost=_amount("unit_cost", unit_cost),
    )  # fmt: skip
    _check(product)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a product with this SKU already.")
        raise Conflict(text, code="sku_taken", fields={"sku": [text]}) from error
    record(actor, "commerce.product.created", product)
    emit("commerce.products.changed", {})
    return product


@transaction.atomic
def product_update(*, actor: Actor, product_id: UUID, **changes: Any) -> Product:
    """Change some of `PRODUCT_FIELDS`. Emits `commerce.products.changed` when something differs. Raises `Invalid`."""
    require_vendor(actor, Right.PRODUCTS_EDIT)
    unknown = set(changes) - PRODUCT_FIELDS
    if unknown:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product is None:
        raise NotFound
    before = {name: getattr(product, name) for name in changes}
    for name, value in changes.items():
        setattr(product, name, _amount(name, value) if name == "unit_cost" else str(value).strip())
    differing = {name: [_shown(old), _shown(getattr(product, name))] for name, old in before.items()
                 if getattr(product, name) != old}  # fmt: skip
    if not differing:
        return product
    _check(product)
    product.save(update_fields=[*differing, "updated_at"])
    record(actor, "commerce.product.changed", product, differing)
    emit("commerce.products.changed", {})
    return product


@transaction.atomic
def rate_create(
    *, actor: Actor, from_currency: str, to_currency: str, valid_from: dt.date, rate: Decimal | str
) -> ExchangeRate:
    """A rate from that day on. Emits `commerce.rates.changed`. Raises `Invalid`; `Conflict` when the day has one."""
    require_vendor(actor, Right.RATES_EDIT)
    value = _amount("rate", rate)
    faults: dict[str, list[Text]] = {}
    for name, currency in (("from_currency", from_currency), ("to_currency", to_currency)):
        if not known_currency(currency):
            faults[name] = [reason("unknown_currency", {"value": currency[:10]})]
    if from_currency == to_currency and not faults:
        faults["to_currency"] = [reason("same_currency", {})]
    if value is None or value <= 0:
        faults["rate"] = [reason("positive", {"value": "" if value is None else plain(value)})]
    if faults or value is None:
        raise Invalid(fields=faults)
    found = ExchangeRate(from_currency=from_currency, to_currency=to_currency, valid_from=valid_from, rate=value)
    _check(found)
    try:
        with transaction.atomic():
            found.save(force_insert=True)
    except IntegrityError as error:
        text = _("There is a rate for this pair and day already.")
        raise Conflict(text, code="rate_taken", fields={"valid_from": [text]}) from error
    data = {"pair": f"{from_currency}->{to_currency}", "valid_from": valid_from.isoformat(), "rate": str(value)}
    record(actor, "commerce.rate.created", None, data)
    emit("commerce.rates.changed", {"since": valid_from.isoformat()})
    return found


@dataclass(frozen=True, slots=True)
class SaleResult:
    """What became of one row: `created`, `unchanged` (the same line was there) or `refused`, with errors by column."""

    outcome: str
    sale: SaleLine | None = None
    errors: dict[str, list[Text]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()


def sale_create(
    *, actor: Actor, external_id: str, partner_code: str, sku: str, sold_on: dt.date | str, quantity: Decimal | str,
    net_amount: Decimal | str, currency: str, **optional: Any,
) -> SaleLine:  # fmt: skip
    """Record one line; the same line again is returned as it is. Optional columns as in a file, and `attrs`.

    Raises `Invalid` with `fields`, `Conflict` when the external id is taken by a line with other content.
    """
    row = {
        "external_id": external_id, "partner_code": partner_code, "sku": sku, "sold_on": sold_on, "quantity": quantity,
        "net_amount": net_amount, "currency": currency, **optional,
    }  # fmt: skip
    [result] = sales_create(actor=actor, rows=[row])
    if result.sale is not None:
        return result.sale
    if "differs" in result.codes:
        raise Conflict(_("A sale line with this external id exists with other content."), code="differs",
                       fields=result.errors)  # fmt: skip
    raise Invalid(fields=result.errors)


@transaction.atomic
def overdue_record(
    *, actor: Actor, partner_code: str, as_of: dt.date, amount: Decimal | str, currency: str
) -> Overdue:  # fmt: skip
    """What a partner has not paid in time as of a day; 0 says that nothing is overdue any more.

    A second amount of the same day and currency replaces the first; the same one again changes nothing. Emits
    `commerce.overdue.changed`. Raises `Invalid`.
    """
    require_vendor(actor, Right.SALES_EDIT)
    wanted = _overdue(partner_code, as_of, amount, currency)
    place = {"partner": wanted.partner, "as_of": as_of, "currency": currency}
    found = Overdue.objects.select_for_update().filter(**place).first()
    if found is not None and found.amount == wanted.amount:
        return found
    row, _made = Overdue.objects.update_or_create(**place, defaults={"amount": wanted.amount})
    facts = {"partner": row.partner.code, "since": as_of.isoformat(), "overdue": f"{plain(row.amount)} {currency}"}
    record(actor, "commerce.overdue.recorded", row, facts)
    emit(OVERDUE_CHANGED, {"partner_id": str(row.partner_id), "since": as_of.isoformat()})
    return row


def _overdue(partner_code: str, as_of: dt.date, amount: Decimal | str, currency: str) -> Overdue:
    """As it would be saved."""
    value, partner = _amount("amount", amount), Partner.objects.filter(code=partner_code.strip()).first()
    faults: dict[str, list[Text]] = {}
    if partner is None:
        faults["partner_code"] = [reason("unknown_partner", {"value": partner_code[:64]})]
    if value is None or value < 0:
        faults["amount"] = [reason("not_negative", {"value": "" if value is None else plain(value)})]
    if not known_currency(currency):
        faults["currency"] = [reason("unknown_currency", {"value": currency[:10]})]
    if as_of > clock.today(require_tenant()):
        faults["as_of"] = [reason("future_day", {"value": as_of.isoformat()})]
    if faults or value is None:
        raise Invalid(fields=faults)
    found = Overdue(partner=partner, as_of=as_of, amount=value, currency=currency)
    _check(found)
    return found


@transaction.atomic
def sales_create(*, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[SaleResult]:
    """Record up to `MAX_ROWS` lines; one bad row does not stop the others. Results in the order of the rows.

    Emits `commerce.sales.recorded` when a line was created. Raises `Invalid` for too many rows or an unknown column.
    """
    require_vendor(actor, Right.SALES_EDIT)
    if len(rows) > MAX_ROWS:
        raise Invalid(_("At most %(max)d rows in one call; import a file for more.") % {"max": MAX_ROWS})
    if not rows:
        return []
    columns, table = _as_table(rows)
    result = run_table(kind_named("sales"), table, mapping={name: name for name in columns}, errors_kept=None)
    if result.applied.topic:
        emit(result.applied.topic, result.applied.payload)
        record(actor, "commerce.sales.recorded", None, {"rows": result.accepted, "refused": result.refused})
    return _results(rows, result.errors)


def _as_table(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], RowsTable]:
    flat = []
    for row in rows:
        attrs = {f"{ATTRIBUTE}{name}": value for name, value in dict(row.get("attrs") or {}).items()}
        flat.append({**{name: value for name, value in row.items() if name != "attrs"}, **attrs})
    required = [column.name for column in SALE_COLUMNS if column.required]
    columns = list(dict.fromkeys([*required, *(name for row in flat for name in row)]))
    cells = [[_cell(row.get(name)) for name in columns] for row in flat]
    return columns, RowsTable(columns, cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value) if value.is_finite() else str(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _results(rows: Sequence[Mapping[str, Any]], errors: Sequence[Any]) -> list[SaleResult]:
    by_row: dict[int, list[Any]] = {}
    for error in errors:
        by_row.setdefault(error.row, []).append(error)
    with connection.cursor() as cursor:
        cursor.execute("SELECT external_id FROM import_work")
        created = {external_id for (external_id,) in cursor.fetchall()}
    ids = [_cell(row.get("external_id")).strip() for row in rows]
    lines = {line.external_id: line for line in
             SaleLine.objects.filter(external_id__in=ids).select_related("partner", "product")}  # fmt: skip
    results = []
    for number, external_id in enumerate(ids, 2):
        if number in by_row:
            results.append(_refused(by_row[number]))
            continue
        outcome = "created" if external_id in created else "unchanged"
        created.discard(external_id)
        results.append(SaleResult(outcome, lines[external_id]))
    return results


def _refused(errors: Sequence[Any]) -> SaleResult:
    texts: dict[str, list[Text]] = {}
    for error in errors:
        texts.setdefault(error.column, []).append(reason(error.code, error.params))
    return SaleResult("refused", None, texts, frozenset(error.code for error in errors))


def _amount(name: str, value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal) and value.is_finite():
        return value
    try:
        return parse_decimal(str(value))
    except ValueError:
        raise Invalid(fields={name: [reason("not_a_number", {"value": str(value)[:80]})]}) from None


def _check(instance: Product | ExchangeRate | Overdue) -> None:
    try:
        instance.clean_fields(exclude=["tenant"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error
    cost = getattr(instance, "unit_cost", None)
    if cost is not None and cost < 0:
        raise Invalid(fields={"unit_cost": [reason("not_negative", {"value": plain(cost)})]})


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
