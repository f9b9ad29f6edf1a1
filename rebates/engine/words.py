"""The words of the contract sentence, a table for each language. Nobody types the sentence: `rebates.engine.sentence`
composes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases are templates for `str.format`."""

    fields: Mapping[str, str]
    attribute: str
    flags: Mapping[tuple[str, bool], str]
    tests: Mapping[str, str]
    missing: str
    given: str
    negation: str
    all: str
    any: str
    group: str
    comma: str
    clause: str
    last_of_several: str
    quoted: str
    every_sale: str
    no_sale: str
    opening: Mapping[str, str]
    scope: str
    measures: Mapping[str, str]
    per_unit: str
    marginal: str
    retroactive: str
    part_all: str
    part_first: str
    part_between: str
    part_last: str
    reach_all: str
    reach_below: str
    reach_from: str
    nothing_below: str
    tier: Mapping[str, str]
    conversion: str
    returns: Mapping[str, str]
    forms: Mapping[str, str]
    valid_between: str
    valid_from: str
    valid_to: str
    space: str
    day: Callable[[date], str]


ENGLISH = Words(
    fields={
        "product.sku": "the SKU",
        "product.line": "the product line",
        "product.category": "the product category",
        "product.brand": "the brand",
        "partner.code": "the partner code",
        "partner.tier": "the partner tier",
        "partner.type": "the partner type",
        "partner.region": "the partner region",
        "partner.country": "the partner country",
        "partner.tags": "the partner's tags",
        "sale.channel": "the sales channel",
        "sale.currency": "the invoice currency",
        "sale.customer_code": "the end customer",
        "sale.customer_segment": "the customer segment",
        "sale.customer_industry": "the customer's industry",
        "sale.days_to_pay": "the number of days to pay",
        "sale.quantity": "the quantity of the line",
        "sale.net_amount": "the net amount of the line",
    },
    attribute="the attribute {name}",
    flags={
        ("sale.deal_registered", True): "the deal is registered",
        ("sale.deal_registered", False): "the deal is not registered",
        ("sale.new_customer", True): "the end customer is new",
        ("sale.new_customer", False): "the end customer is not new",
    },
    tests={
        "eq": "{field} is {value}",
        "ne": "{field} is not {value}",
        "in": "{field} is {value}",
        "not_in": "{field} is not {value}",
        "gt": "{field} is more than {value}",
        "gte": "{field} is at least {value}",
        "lt": "{field} is less than {value}",
        "lte": "{field} is at most {value}",
        "between": "{field} is between {low} and {high}",
        "contains": "{field} include {value}",
    },
    missing="{field} is not given",
    given="{field} is given",
    negation="not ({condition})",
    all=" and ",
    any=" or ",
    group="({text})",
    comma=", ",
    clause=", ",
    last_of_several=" or ",
    quoted="“{text}”",
    every_sale="all your sales",
    no_sale="no sale",
    opening={
        "month": "Each month you earn a rebate in {currency} on the {measure} of {sales}.",
        "quarter": "Each quarter you earn a rebate in {currency} on the {measure} of {sales}.",
        "half_year": "Each half-year you earn a rebate in {currency} on the {measure} of {sales}.",
        "year": "Each year you earn a rebate in {currency} on the {measure} of {sales}.",
    },
    scope="your sales where {condition}",
    measures={"net_amount": "net amount", "quantity": "quantity", "margin": "margin"},
    per_unit="{amount} per unit",
    marginal="You earn {parts}.",
    retroactive="The total decides the rate for all of it: {parts}.",
    part_all="{rate} of all of it",
    part_first="{rate} of the part up to {end}",
    part_between="{rate} of the part from {start} to {end}",
    part_last="{rate} of the part above {start}",
    reach_all="{rate}",
    reach_below="{rate} below {end}",
    reach_from="{rate} from {start}",
    nothing_below="nothing below {start}",
    tier={
        "sale": "The tier on the day of sale counts.",
        "period_end": "The tier on the last day of the period counts.",
    },
    conversion="Sales in other currencies are converted to {currency} at the rate of the day of sale.",
    returns={
        "restate": "Returns count in the period of the original sale.",
        "forward": "Returns count in the period in which they are made.",
        "at_sale_rate": "For returns, what the original sale earned is taken back in the period of the return.",
    },
    forms={
        "cash": "The rebate is paid in cash.",
        "credit_note": "The rebate is paid as a credit note.",
        "free_goods": "The rebate is paid as free goods.",
    },
    valid_between="Valid for sales from {start} to {end}.",
    valid_from="Valid for sales from {start} on.",
    valid_to="Valid for sales up to {end}.",
    space=" ",
    day=lambda day: f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}",
)

CHINESE = Words(
    fields={
        "product.sku": "产品编码",
        "product.line": "产品线",
        "product.category": "产品类别",
        "product.brand": "品牌",
        "partner.code": "合作伙伴编号",
        "partner.tier": "合作伙伴等级",
        "partner.type": "合作伙伴类型",
        "partner.region": "合作伙伴所在大区",
        "partner.country": "合作伙伴所在国家或地区",
        "partner.tags": "合作伙伴标签",
        "sale.channel": "销售渠道",
        "sale.currency": "开票币种",
        "sale.customer_code": "最终客户",
        "sale.customer_segment": "客户细分",
        "sale.customer_industry": "客户行业",
        "sale.days_to_pay": "回款天数",
        "sale.quantity": "单行数量",
        "sale.net_amount": "单行净额",
    },
    attribute="属性 {name}",
    flags={
        ("sale.deal_registered", True): "商机已报备",
        ("sale.deal_registered", False): "商机未报备",
        ("sale.new_customer", True): "最终客户为新客户",
        ("sale.new_customer", False): "最终客户不是新客户",
    },
    tests={
        "eq": "{field}为{value}",
        "ne": "{field}不为{value}",
        "in": "{field}为{value}",
        "not_in": "{field}不为{value}",
        "gt": "{field}大于 {value}",
        "gte": "{field}不低于 {value}",
        "lt": "{field}小于 {value}",
        "lte": "{field}不超过 {value}",
        "between": "{field}在 {low} 与 {high} 之间（含两端）",
        "contains": "{field}包含{value}",
    },
    missing="{field}未填写",
    given="{field}已填写",
    negation="不满足（{condition}）",
    all="且",
    any="或",
    group="（{text}）",
    comma="、",
    clause="，",
    last_of_several="或",
    quoted="“{text}”",
    every_sale="您的全部销售",
    no_sale="无任何销售",
    opening={
        "month": "每月按{sales}的{measure}向您计发返利，币种为 {currency}。",
        "quarter": "每季度按{sales}的{measure}向您计发返利，币种为 {currency}。",
        "half_year": "每半年按{sales}的{measure}向您计发返利，币种为 {currency}。",
        "year": "每年按{sales}的{measure}向您计发返利，币种为 {currency}。",
    },
    scope="您符合以下条件的销售（{condition}）",
    measures={"net_amount": "净额", "quantity": "数量", "margin": "毛利"},
    per_unit="每件 {amount}",
    marginal="分段计算：{parts}。",
    retroactive="按总额达到的档位，对全部总额适用同一标准：{parts}。",
    part_all="全部返 {rate}",
    part_first="{end} 以内的部分返 {rate}",
    part_between="{start} 至 {end} 的部分返 {rate}",
    part_last="超过 {start} 的部分返 {rate}",
    reach_all="返 {rate}",
    reach_below="不满 {end} 返 {rate}",
    reach_from="达到 {start} 返 {rate}",
    nothing_below="不满 {start} 不计返利",
    tier={"sale": "合作伙伴等级以销售当日为准。", "period_end": "合作伙伴等级以期末最后一日为准。"},
    conversion="其他币种的销售按销售当日汇率折算为 {currency}。",
    returns={
        "restate": "退货计入原销售所属期间。",
        "forward": "退货计入退货发生的期间。",
        "at_sale_rate": "退货时，在退货期间扣回原销售已获得的返利。",
    },
    forms={
        "cash": "返利以现金支付。",
        "credit_note": "返利以贷项通知单（票折）支付。",
        "free_goods": "返利以货物（货返）支付。",
    },
    valid_between="适用于 {start}至{end}的销售。",
    valid_from="自 {start}起的销售适用。",
    valid_to="适用于截至 {end}的销售。",
    space="",
    day=lambda day: f"{day.year}年{day.month}月{day.day}日",
)

LANGUAGES = {"en": ENGLISH, "zh-hans": CHINESE}
