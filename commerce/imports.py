"""The import kinds of this app: products, exchange rates, and sale lines (`commerce.sales_import`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from commerce.models import ExchangeRate, Product
from commerce.overdue_import import OVERDUE
from commerce.sales_import import ATTRIBUTE, SALE_COLUMNS, apply_sales, undo_sales
from prm.identity.rights import Right
from prm.imports.kinds import (
    Applied,
    Column,
    CurrencyColumn,
    DayColumn,
    ImportKind,
    NumberColumn,
    TextColumn,
    register,
)
from prm.imports.models import Import
from prm.imports.staging import Stage
from prm.imports.undo import rows_restore
from prm.imports.upsert import Upsert

PRODUCT_COLUMNS = (
    Column(
        "sku",
        TextColumn(100),
        _("SKU"),
        required=True,
        aliases=("product code", "item code", "产品编码", "产品编号", "商品编码", "物料编码", "货号", "料号"),
    ),
    Column(
        "name",
        TextColumn(300),
        _("name"),
        required=True,
        aliases=("product name", "产品名称", "商品名称", "名称", "品名"),
    ),
    Column("line", TextColumn(100), _("product line"), required=True, aliases=("product line", "产品线", "系列")),
    Column(
        "category",
        TextColumn(100),
        _("category"),
        required=True,
        aliases=("product category", "类别", "品类", "产品类别", "分类"),
    ),
    Column("brand", TextColumn(100), _("brand"), aliases=("品牌",)),
    Column("unit_cost", NumberColumn(sign="not_negative"), _("unit cost"), aliases=("cost", "单位成本", "成本")),
)


def apply_products(stage: Stage) -> Applied:
    values = ["name", "line", "category", "brand", "unit_cost"]
    parts = [f"s.row, {stage.cell('sku')} AS sku"]
    for name in values:
        absent = "NULL::numeric" if name == "unit_cost" else "''::text"
        parts.append(f"{stage.value(name) if name in stage.positions else absent} AS {name}")
        parts.append(f"{stage.cell(name)} <> '' AS has_{name}")
    upsert = Upsert(
        stage,
        "product",
        "commerce_product",
        ["sku"],
        values,
        f"SELECT {', '.join(parts)} FROM {stage.sound}",
        touches=True,
    )
    upsert.run()
    return _counted(stage, upsert.result, "commerce.products.changed", {"import_id": str(stage.import_id)})


RATE_COLUMNS = (
    Column("date", DayColumn(), _("date"), required=True, aliases=("valid from", "日期", "生效日期")),
    Column(
        "from_currency",
        CurrencyColumn(),
        _("from currency"),
        required=True,
        aliases=("from", "源币种", "原币", "原币种"),
    ),
    Column(
        "to_currency", CurrencyColumn(), _("to currency"), required=True, aliases=("to", "目标币种", "本币", "折算币种")
    ),
    Column("rate", NumberColumn(15, 15, "positive"), _("rate"), required=True, aliases=("exchange rate", "汇率")),
)


def apply_rates(stage: Stage) -> Applied:
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params) SELECT s.row, 'to_currency', 'same_currency', '{{}}'"
        f" FROM {stage.sound} AND {stage.cell('from_currency')} = {stage.cell('to_currency')}"
    )
    source = (
        f"SELECT s.row, {stage.value('date')} AS valid_from, {stage.cell('from_currency')} AS from_currency,"
        f" {stage.cell('to_currency')} AS to_currency, {stage.value('rate')} AS rate, true AS has_rate"
        f" FROM {stage.sound}"
    )
    key = ["from_currency", "to_currency", "valid_from"]
    upsert = Upsert(stage, "rate", "commerce_exchangerate", key, ["rate"], source)
    upsert.run()
    [(since,)] = stage.fetch(
        f"SELECT min(t.valid_from) FROM {upsert.result} r JOIN commerce_exchangerate t ON t.id = r.id"
        " WHERE r.outcome <> 'same'"
    )
    return _counted(stage, upsert.result, "commerce.rates.changed", {"since": since.isoformat() if since else None})


def _counted(stage: Stage, result: str, topic: str, payload: dict[str, Any]) -> Applied:
    [(sound, accepted)] = stage.fetch(
        f"SELECT (SELECT count(*) FROM {stage.sound}), (SELECT count(*) FROM {result} WHERE outcome <> 'same')"
    )
    return Applied(accepted, sound - accepted, topic if accepted else "", payload)


def undo_products(run: Import) -> Applied:
    return Applied(rows_restore(run, Product), 0, "commerce.products.changed", {"import_id": str(run.pk)})


def undo_rates(run: Import) -> Applied:
    touched = ExchangeRate.objects.filter(pk__in=run.changes.values("object_id"))
    since = touched.aggregate(since=Min("valid_from"))["since"]
    count = rows_restore(run, ExchangeRate)
    return Applied(count, 0, "commerce.rates.changed", {"since": since.isoformat() if since else None})


register(ImportKind("products", _("Products"), Right.PRODUCTS_EDIT, PRODUCT_COLUMNS, apply_products, undo_products))
register(ImportKind("rates", _("Exchange rates"), Right.RATES_EDIT, RATE_COLUMNS, apply_rates, undo_rates))
register(ImportKind("sales", _("Sale lines"), Right.SALES_EDIT, SALE_COLUMNS, apply_sales, undo_sales, extra=ATTRIBUTE))
register(OVERDUE)
