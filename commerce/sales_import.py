"""Sale lines from files and from the API: their columns, how they are written, and how an import of them is undone."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import UniqueViolation

from commerce.models import SaleLine
from prm.imports.kinds import (
    Applied,
    Column,
    CurrencyColumn,
    DayColumn,
    NumberColumn,
    ReferenceColumn,
    TextColumn,
    WholeColumn,
)
from prm.imports.models import Import
from prm.imports.staging import Stage, literal

PARTNERS_NAMED = 500
"""Up to so many partners an event names them one by one; above, it says `all`."""

ATTRIBUTE = "attr."

MANY = 5_000
"""Rows from which it pays to try without looking for repeated ids first."""

_TEXTS = (
    "invoice_no",
    "customer_code",
    "customer_name",
    "customer_segment",
    "customer_industry",
    "channel",
    "deal_ref",
    "sold_by",
    "reverses",
)
_TYPED = ("partner_code", "sku", "sold_on", "quantity", "net_amount", "currency", *_TEXTS, "days_to_pay")
_TARGETS = {"partner_code": "partner_id", "sku": "product_id"}

SALE_COLUMNS = (
    Column(
        "external_id",
        TextColumn(100),
        _("external id"),
        required=True,
        aliases=(
            "id",
            "line id",
            "line no",
            "外部编号",
            "单据行号",
            "行号",
            "订单行号",
            "明细编号",
            "销售单号",
            "单号",
        ),
    ),
    Column(
        "partner_code",
        ReferenceColumn("partners_partner", "code", "partner"),
        _("partner code"),
        required=True,
        aliases=(
            "partner",
            "dealer code",
            "reseller code",
            "经销商编码",
            "经销商编号",
            "经销商代码",
            "渠道编码",
            "伙伴编码",
            "合作伙伴编码",
            "代理商编码",
        ),
    ),
    Column(
        "sku",
        ReferenceColumn("commerce_product", "sku", "product"),
        _("SKU"),
        required=True,
        aliases=(
            "product",
            "product code",
            "item",
            "item code",
            "material",
            "产品编码",
            "产品编号",
            "商品编码",
            "商品编号",
            "物料编码",
            "物料号",
            "货号",
            "料号",
        ),
    ),
    Column(
        "sold_on",
        DayColumn(),
        _("sold on"),
        required=True,
        aliases=(
            "date",
            "sale date",
            "invoice date",
            "order date",
            "销售日期",
            "开票日期",
            "日期",
            "订单日期",
            "发货日期",
        ),
    ),
    Column(
        "quantity", NumberColumn(), _("quantity"), required=True, aliases=("qty", "units", "数量", "销售数量", "件数")
    ),
    Column(
        "net_amount",
        NumberColumn(),
        _("net amount"),
        required=True,
        aliases=(
            "amount",
            "net",
            "net value",
            "revenue",
            "金额",
            "净额",
            "净金额",
            "销售金额",
            "未税金额",
            "不含税金额",
        ),
    ),
    Column("currency", CurrencyColumn(), _("currency"), required=True, aliases=("curr", "币种", "货币", "币别")),
    Column(
        "invoice_no",
        TextColumn(100),
        _("invoice"),
        aliases=("invoice", "invoice number", "发票号", "发票号码", "发票编号"),
    ),
    Column(
        "customer_code",
        TextColumn(100),
        _("customer code"),
        aliases=("customer id", "end customer", "客户编码", "客户编号", "最终客户编码"),
    ),
    Column("customer_name", TextColumn(300), _("customer"), aliases=("customer", "客户名称", "客户", "最终客户")),
    Column(
        "customer_segment",
        TextColumn(100),
        _("customer segment"),
        aliases=("segment", "客户类别", "客户分类", "客户级别"),
    ),
    Column(
        "customer_industry",
        TextColumn(100),
        _("customer industry"),
        aliases=("industry", "行业", "客户行业", "所属行业"),
    ),
    Column("channel", TextColumn(100), _("channel"), aliases=("渠道", "销售渠道")),
    Column(
        "deal_ref",
        TextColumn(100),
        _("deal"),
        aliases=("deal", "deal id", "报备号", "报备编号", "商机编号", "项目编号"),
    ),
    Column("days_to_pay", WholeColumn(), _("days to pay"), aliases=("payment days", "付款天数", "回款天数")),
    Column(
        "sold_by", TextColumn(200), _("sold by"), aliases=("salesperson", "sales rep", "销售员", "销售人员", "业务员")
    ),
    Column(
        "reverses",
        TextColumn(100),
        _("reverses"),
        aliases=("original id", "return of", "原单号", "冲销单号", "原外部编号", "原行号"),
    ),
)


def _sale_values(stage: Stage) -> dict[str, str]:
    """{target column: SQL of its value} for everything but the external id."""
    values = {_TARGETS.get(name, name): stage.value(name) if name in stage.positions else "" for name in _TYPED}
    for name, value in values.items():
        if not value:
            values[name] = "NULL::integer" if name == "days_to_pay" else "''"
    pairs = [
        f"{literal(name.removeprefix(ATTRIBUTE))}, nullif({stage.cell(name)}, '')"
        for name in stage.positions
        if name.startswith(ATTRIBUTE)
    ]
    values["attrs"] = f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))" if pairs else "'{}'::jsonb"
    return values


def apply_sales(stage: Stage) -> Applied:
    """Insert what is new; skip the same line again, refuse its external id with other content."""
    values = _sale_values(stage)
    stage.execute("DROP TABLE IF EXISTS pg_temp.import_work")
    stage.execute("CREATE TEMPORARY TABLE import_work (external_id text) ON COMMIT DROP")
    accepted = _insert_all(stage, values) if stage.rows >= MANY else None
    skipped = 0
    if accepted is None:
        sound = stage.sound_rows()
        accepted = _insert_new(stage, values)
        skipped = _judge_repeated(stage, values) if accepted < sound else 0
    if not accepted:
        return Applied(0, skipped)
    return Applied(accepted, skipped, "commerce.sales.recorded", _touched(stage))


def _insert_all(stage: Stage, values: dict[str, str]) -> int | None:
    """All sound rows, in the hope that every external id is new; None, and nothing inserted, when one is not.

    ON CONFLICT and the order that it needs take half as long again, and most files are new as a whole.
    """
    try:
        with transaction.atomic():
            return stage.execute(_insert(stage, values))
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return None
        raise


def _insert_new(stage: Stage, values: dict[str, str]) -> int:
    # In the order of the file: of two lines with one id the first stays.
    insert = f"{_insert(stage, values)} ORDER BY s.row ON CONFLICT (tenant_id, external_id) DO NOTHING"
    if stage.import_id:
        return stage.execute(insert)
    # Without an import to know them by, the new lines are noted down.
    return stage.execute(
        f"WITH new AS ({insert} RETURNING external_id) INSERT INTO import_work SELECT external_id FROM new"
    )


def _insert(stage: Stage, values: dict[str, str]) -> str:
    targets = ", ".join(["tenant_id", "import_id", "created_at", "external_id", *values])
    owner = f"{literal(str(stage.import_id))}::uuid" if stage.import_id else "NULL::uuid"
    selected = ", ".join([stage.tenant, owner, stage.now, stage.cell("external_id"), *values.values()])
    return f"INSERT INTO commerce_saleline ({targets}) SELECT {selected} FROM {stage.sound}"


def _judge_repeated(stage: Stage, values: dict[str, str]) -> int:
    """Compare the rows that were not inserted with what has their external id; returns how many are the same line."""
    ours = (
        f"l.import_id IS NOT DISTINCT FROM {literal(str(stage.import_id))}::uuid"
        if stage.import_id
        else "EXISTS (SELECT FROM import_work w WHERE w.external_id = l.external_id)"
    )
    selected = ", ".join(f"{value} AS v{i}" for i, value in enumerate(values.values()))
    same = " AND ".join(f"l.{name} IS NOT DISTINCT FROM r.v{i}" for i, name in enumerate(values))
    differing = "".join(
        f" WHEN l.{name} IS DISTINCT FROM r.v{i} THEN {literal(_column_of(name))}" for i, name in enumerate(values)
    )
    stage.execute("DROP TABLE IF EXISTS pg_temp.import_repeated")
    stage.execute(
        f"CREATE TEMPORARY TABLE import_repeated ON COMMIT DROP AS"
        f" SELECT r.row, {same} AS same, CASE{differing} ELSE '' END AS col, r.first_row, {ours} AS ours"
        f" FROM (SELECT s.row, {stage.cell('external_id')} AS external_id, {selected},"
        f"       min(s.row) OVER (PARTITION BY {stage.cell('external_id')}) AS first_row FROM {stage.sound}) r"
        f" CROSS JOIN LATERAL (SELECT l.* FROM commerce_saleline l WHERE l.tenant_id = {stage.tenant}"
        f" AND l.external_id = r.external_id LIMIT 1) l"
        f" WHERE NOT ({ours} AND r.row = r.first_row)"
    )
    stage.execute(
        "INSERT INTO import_error (row, col, code, params)"
        " SELECT row, col, CASE WHEN ours THEN 'contradicts_row' ELSE 'differs' END,"
        " CASE WHEN ours THEN jsonb_build_object('row', first_row) ELSE '{}' END FROM import_repeated WHERE NOT same"
    )
    return int(stage.fetch("SELECT count(*) FROM import_repeated WHERE same")[0][0])


def _column_of(target: str) -> str:
    return {"partner_id": "partner_code", "product_id": "sku", "attrs": "attr"}.get(target, target)


def _touched(stage: Stage) -> dict[str, Any]:
    """Partners that the file names, days of its sound rows: a little more than what is new, much cheaper to tell."""
    partners = [partner for (partner,) in stage.fetch(f"SELECT id::text FROM {stage.reference('partner_code')}")]
    # ISO dates sort like texts.
    day = f'left({stage.cell("sold_on")}, 10) COLLATE "C"'
    [(since, until)] = stage.fetch(f"SELECT min({day})::date, max({day})::date FROM {stage.sound}")
    return sales_payload(stage.import_id, partners, since, until)


def sales_payload(import_id: Any, partners: list[str], since: Any, until: Any) -> dict[str, Any]:
    named = sorted(partners) if len(partners) <= PARTNERS_NAMED else "all"
    return {
        "import_id": str(import_id) if import_id else None,
        "partner_ids": named,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }


def undo_sales(run: Import) -> Applied:
    lines = SaleLine.objects.filter(import_id=run.pk)
    facts = lines.aggregate(since=Min("sold_on"), until=Max("sold_on"))
    partners = [str(partner) for partner in lines.values_list("partner_id", flat=True).distinct().order_by()]
    # Not QuerySet.delete(): it would fetch every line to look for what hangs on it, which the foreign keys know.
    removed = lines._raw_delete(lines.db)
    if not removed:
        return Applied(0, 0)
    return Applied(
        removed, 0, "commerce.sales.removed", sales_payload(run.pk, partners, facts["since"], facts["until"])
    )
