"""The contract sentence in English."""

from .words import Words

_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

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
    semicolon="; ",
    last_of_several=" or ",
    quoted="“{text}”",
    every_sale="all your sales",
    no_sale="no sale",
    each={"month": "Each month", "quarter": "Each quarter", "half_year": "Each half-year", "year": "Each year"},
    opening={
        "measure": "{each} you earn a rebate in {currency} on the {measure} of {sales}.",
        "new_customer": "{each} you earn a reward in {currency} for new end customers among {sales}.",
        "spiff": (
            "{each}, for every unit in {sales}, {amount} is owed to the person named on the sale line as the "
            "seller, not to your company."
        ),
    },
    scope="your sales where {condition}",
    measures={"net_amount": "net amount", "quantity": "quantity", "margin": "margin"},
    rate="{rate}",
    rate_per_unit="{amount} per unit",
    marginal={
        "text": "You earn {parts}.",
        "all": "{rate} of all of it",
        "first": "{rate} of the part up to {end}",
        "between": "{rate} of the part from {start} to {end}",
        "last": "{rate} of the part above {start}",
    },
    retroactive={
        "text": "The total decides the rate for all of it: {parts}.",
        "all": "{rate}",
        "below": "{rate} below {end}",
        "from": "{rate} from {start}",
        "nothing_below": "nothing below {start}",
    },
    rolling={
        "text": (
            "Every band that the total reaches pays its rate on the total counted up to the end of that band, "
            "and these amounts are added up: {parts}."
        ),
        "first": "{rate} of the total up to {end}",
        "all": "{rate} of the whole total",
        "between": "once {start} is reached, {rate} of the total up to {end}",
        "last": "once {start} is reached, {rate} of the whole total",
    },
    total={
        "text": "The rates of all bands that the total reaches are added up and paid on the whole total: {parts}.",
        "all": "{rate}",
        "first": "{rate} from the first sale on",
        "start": "{rate} from {start} on",
        "more": "a further {rate} from {start} on",
    },
    milestone={
        "highest": "You earn one fixed amount, that of the highest mark the total reaches: {parts}.",
        "cumulative": "You earn a fixed amount for every mark the total reaches, added up: {parts}.",
        "all": "{amount} for any total above 0",
        "from": "{amount} at {start}",
        "nothing_below": "nothing below {start}",
    },
    line_rate={
        "text": "Every line is paid at the rate of the first of these that it meets: {parts}.",
        "when": "{rate} where {condition}",
        "never": "{rate} for no sale",
        "only": "Every line is paid at the same rate: {rate}.",
        "else": "{rate} for every other line",
        "nothing_else": "A line that meets none of them earns nothing.",
    },
    growth={
        "same_period_last_year": "the same period of the previous fiscal year",
        "previous_period": "the period directly before",
        "all": (
            "How much the total has grown over {baseline} decides the rate, and it is paid on the whole total, "
            "not only on the growth: {parts}."
        ),
        "excess": (
            "How much the total has grown over {baseline} decides the rate, and it is paid only on the amount "
            "by which the total exceeds that of the earlier period: {parts}."
        ),
        "nothing_below": "nothing below {start} growth",
        "zero": "{rate} when the total is at least that of the earlier period",
        "from": "{rate} from {start} growth",
        "exclude": "Nothing is paid where there is no total above 0 in the earlier period.",
        "first_band": (
            "Where there is no total above 0 in the earlier period, the first rate is paid on the whole total: {rate}."
        ),
    },
    target={
        "bands": "The share of your target that the total attains decides the rate, and it is paid {on}: {parts}.",
        "curve": (
            "The rate of {rate} is multiplied by a factor for the share of your target that the total attains, "
            "and is paid {on}. The factor is {points}."
        ),
        "all": "on the whole total",
        "excess": "only on the amount by which the total exceeds the target",
        "nothing_below": "nothing below {start} of the target",
        "any": "{rate} at any attainment",
        "below": "{rate} below {end} of the target",
        "from": "{rate} from {start} of the target",
        "zero_below": "0 below {start}",
        "at": "{factor} at {start}",
        "last": "{factor} from {start} on",
        "line": "; in between it changes evenly",
        "without": "Nothing is paid where no target is set.",
    },
    new_customer={
        "who": "A customer is new when no partner has sold to it before; it belongs to the partner of its first sale.",
        "amount": "You earn {amount} once for each new customer, in the period of its first order.",
        "rate": (
            "You earn {rate} of the {measure} of what each new customer buys in the {days} days that begin "
            "with its first order."
        ),
        "rate_per_unit": (
            "You earn {amount} for each unit that a new customer buys in the {days} days that begin with its "
            "first order."
        ),
        "cap": "It is at most {amount} for one customer.",
        "min_first_order": "It is earned only when the first order comes to at least {amount}.",
    },
    qualifiers={
        "one": "It is paid only if {parts}; otherwise the period pays nothing.",
        "several": "It is paid only if all of this holds: {parts}. Otherwise the period pays nothing.",
        "min_measure": "the total is at least {value}",
        "mix": "at least {share} of the total comes from sales where {condition}",
        "mix_all": "at least {share} of the total comes from these sales",
        "distinct": "sales cover at least {minimum} different values of {field}",
        "tier": "your tier on the last day of the period is {tiers}",
        "certified_any": "at least {minimum} of your people hold a valid certification",
        "certified": "at least {minimum} of your people hold the certification {certification}",
        "agreement_signed": "your agreement is signed",
        "no_overdue": "you have no overdue invoice",
    },
    year_to_date={
        "text": (
            "The fiscal year counts as a whole: each period the rebate is worked out on the year so far, and "
            "what its earlier periods have earned already is deducted."
        ),
        "target": "The targets of these periods are added up, too.",
        "growth": "The same periods of the previous fiscal year are added up, too.",
    },
    cap={
        "per_period": "At most {amount} is paid for one period.",
        "program_total": (
            "All partners together are paid at most {amount} over the life of the program: what is settled "
            "first is served first, and what is left is shared in proportion."
        ),
    },
    minimum={
        "carry": "An amount below {amount} is not paid out but carried over to the next period.",
        "forfeit": "An amount below {amount} is not paid out and lapses.",
    },
    stacking={
        "stack": "It is paid beside the other programs of the group {group}.",
        "best": "Of the programs of the group {group}, only the one that pays you most in a period is paid.",
        "priority": (
            "A sale that meets several programs of the group {group} counts only in the one with the lowest "
            "number; this one has the number {priority}."
        ),
    },
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
