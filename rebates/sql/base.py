"""Sale lines as rows of an evaluation: what a return takes from its original, amounts in the program's currency.

A restated return takes everything but quantity and amount from its original: product, partner, day, every field of a
condition. The amount keeps its own currency and is converted at the original's day. A forwarded return is a line like
any other, but must still name its original. Rows that name none are exceptions and appear in no branch.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .parameters import Parameters, Sources
from .plan import FORWARDED, RESTATED, SALE, Measure, Plan


@dataclass(frozen=True, slots=True)
class Body:
    """What a caller adds to each branch; the callables get the alias of the line whose fields count, `where` also the
    branch.
    """

    select: Callable[[str], str]
    joins: Callable[[str], str] = lambda origin: ""
    where: Callable[[str, int], str] = lambda origin, base: "TRUE"
    forwarded_joins: str = ""


def is_return(alias: str) -> str:
    return f"({alias}.quantity < 0 OR {alias}.net_amount < 0)"


def origin_join(sources: Sources) -> str:
    """`o`, the sale that the return `s` reverses: of the same partner and product, and no return itself."""
    return (
        f"JOIN {sources.lines} o ON o.external_id = s.reverses AND o.partner_id = s.partner_id "
        f"AND o.product_id = s.product_id AND NOT {is_return('o')}"
    )


def line_rows(plan: Plan, sources: Sources, p: Parameters, body: Body, bases: Iterable[int] | None = None) -> str:
    """One row for each line that can count: its own quantity, amount and currency, and `day`, `partner_id`,
    `product_id`, `sold_by`, `basis`.
    """
    branches = {SALE: ("s", ""), RESTATED: ("o", origin_join(sources)), FORWARDED: ("s", origin_join(sources))}
    selects = []
    for base in sorted(plan.bases if bases is None else bases):
        origin, join = branches[base]
        where = [
            is_return("s") if base else f"NOT {is_return('s')}",
            f"{origin}.sold_on BETWEEN {p(plan.first, 'date')} AND {p(plan.last, 'date')}",
            *_restrictions(plan, p, ("s", "o") if join else ("s",)),
            body.where(origin, base),
        ]
        selects.append(f"""
            SELECT s.partner_id, s.product_id, {origin}.sold_on AS day, s.quantity, s.net_amount, s.currency,
                   {origin}.sold_by, {base} AS basis {body.select(origin)}
            FROM {sources.lines} s {join} {body.joins(origin)} {body.forwarded_joins if base == FORWARDED else ""}
            WHERE {" AND ".join(where)}""")
    return " UNION ALL ".join(selects)


def _restrictions(plan: Plan, p: Parameters, aliases: tuple[str, ...]) -> list[str]:
    found = []
    for alias in aliases:
        if plan.as_of is not None:
            found.append(f"{alias}.sold_on <= {p(plan.as_of, 'date')}")
        if plan.partner_ids is not None:
            found.append(f"{alias}.partner_id = ANY({p(plan.partner_ids, 'uuid[]')})")
    # The partial index on returns is used only when its condition is spelled out.
    return [*found, "s.reverses <> ''"] if "o" in aliases else found


def first_sales(plan: Plan, sources: Sources, p: Parameters) -> str:
    """(customer_code, partner_id, sold_on, invoice_no): the first sale of each end customer, whoever sold what."""
    where = ["s.customer_code <> ''", f"NOT {is_return('s')}"]
    if plan.as_of is not None:
        where.append(f"s.sold_on <= {p(plan.as_of, 'date')}")
    if plan.partner_ids is not None:
        known = f"partner_id = ANY({p(plan.partner_ids, 'uuid[]')}) AND customer_code <> ''"
        where.append(f"s.customer_code IN (SELECT customer_code FROM {sources.customers} WHERE {known})")
    return f"""
        SELECT DISTINCT ON (s.customer_code) s.customer_code, s.partner_id, s.sold_on, s.invoice_no
        FROM {sources.customers} s WHERE {" AND ".join(where)}
        ORDER BY s.customer_code, s.sold_on, s.external_id COLLATE "C"
        """


def first_sale_join(plan: Plan, origin: str) -> str:
    if not plan.uses_first_sales:
        return ""
    return f" LEFT JOIN {plan.table('first')} f ON f.customer_code = {origin}.customer_code"


def fx_days(plan: Plan, sources: Sources, p: Parameters) -> str:
    """(source, target, day, rate): the rate valid on each day, so that lines find theirs by equality."""
    first, last = p(plan.first, "date"), p(plan.last, "date")
    return f"""
        SELECT r.source, r.target, d.day::date AS day, r.rate
        FROM (
            SELECT from_currency AS source, to_currency AS target, rate, valid_from AS starts,
                   COALESCE(lead(valid_from) OVER pair - 1, {last}) AS ends
            FROM {sources.rates}
            WHERE to_currency = ANY({p(sorted(plan.targets), "text[]")})
            WINDOW pair AS (PARTITION BY from_currency, to_currency ORDER BY valid_from)
        ) r
        CROSS JOIN LATERAL
            generate_series(greatest(r.starts, {first}), least(r.ends, {last}), INTERVAL '1 day') AS d(day)"""


def fx_joins(plan: Plan, sources: Sources, p: Parameters) -> str:
    """For each currency of the programs the line's rate as `f0`, `f1`…, and for margins the base currency's as `g0`…"""
    if not plan.converts:
        return ""
    joins = []
    for i, target in enumerate(plan.targets):
        joins.append(_fx_join(plan, sources, f"f{i}", "b.currency", p(target, "text")))
        if plan.base_currency != target and plan.uses_cost:
            joins.append(_fx_join(plan, sources, f"g{i}", p(plan.base_currency, "text"), p(target, "text")))
    return "".join(joins)


def _fx_join(plan: Plan, sources: Sources, alias: str, source: str, target: str) -> str:
    if not plan.few_lines:
        same = f"{alias}.source = {source} AND {alias}.target = {target} AND {alias}.day = b.day"
        return f" LEFT JOIN {plan.table('fx')} {alias} ON {same}"
    # For few lines: an index look-up for each one in a foreign currency, instead of all the days of all pairs.
    return f""" LEFT JOIN LATERAL (
            SELECT r.rate FROM {sources.rates} r
            WHERE {source} <> {target} AND r.from_currency = {source} AND r.to_currency = {target}
              AND r.valid_from <= b.day
            ORDER BY r.valid_from DESC LIMIT 1) {alias} ON TRUE"""


def measure_sql(measure: Measure, plan: Plan, p: Parameters, cost: str = "p.unit_cost") -> str:
    """What one row adds to the measure, exact; null when a rate, the cost or who sold it is missing."""
    if measure.kind == "quantity":
        known = ["b.sold_by <> ''"] if measure.named else []
        if measure.priced:
            known.append(f"{amount_sql(measure.priced, plan, p)} IS NOT NULL")
        return f"(CASE WHEN {' AND '.join(known)} THEN b.quantity END)" if known else "b.quantity"
    amount = amount_sql(measure.currency, plan, p)
    if measure.kind == "net_amount":
        return amount
    i = plan.targets.index(measure.currency)
    rate = "" if plan.base_currency == measure.currency else f" * g{i}.rate"
    return f"({amount} - b.quantity * {cost}{rate})"


def amount_sql(currency: str, plan: Plan, p: Parameters) -> str:
    """The net amount of a row in the currency; null when the rate is missing."""
    if not plan.converts:
        return "b.net_amount"
    i = plan.targets.index(currency)
    return f"(CASE WHEN b.currency = {p(currency, 'text')} THEN b.net_amount ELSE b.net_amount * f{i}.rate END)"
