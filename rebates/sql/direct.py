"""Single lines of one version: the list behind a payout and its allocation, and the lines that can't be counted.

Here the condition is tested on every line. That is right for a few partners and days, for one pass that writes every
line out, and for the few lines that something is wrong with; adding up goes through the cells of
`rebates.sql.stages`.
"""

from collections.abc import Sequence

from .base import Body, fx_days, fx_joins, is_return, line_rows, measure_sql
from .conditions import Columns, compile_condition, compile_test
from .parameters import Parameters, Sources
from .plan import Measure, Plan, atom_of, bases_of
from .stages import partner_filter, tier_history


def counted_sql(plan: Plan, sources: Sources, p: Parameters) -> str:
    """The lines in scope of the plan's only version, with `value`, their measure: null when a rate or the cost is
    missing.
    """
    program = plan.versions[0].program

    def condition(origin: str) -> str:
        day, end = Columns(sale=origin), Columns(sale=origin, tier="e.tier")
        return compile_condition(
            program.scope, lambda test: compile_test(test, end if atom_of(program, test).at_end_of else day, p)
        )

    body = Body(
        select=lambda origin: ", s.id, s.external_id, s.sold_on, p.unit_cost",
        joins=lambda origin: _joins(plan, sources, p, origin),
        where=condition,
    )
    rows = line_rows(plan, sources, p, body, bases_of(program))
    value = measure_sql(Measure.of(program), plan, p, cost="b.unit_cost")
    return f"SELECT b.*, {value} AS value{_rates(plan)} FROM ({rows}) b {fx_joins(plan, sources, p)}"


def _rates(plan: Plan) -> str:
    """The rates that were found, for the exceptions."""
    if not plan.converts:
        return ", 1 AS line_rate, 1 AS cost_rate"
    cost = "g0.rate" if plan.uses_cost and plan.base_currency != plan.targets[0] else "1"
    return f", f0.rate AS line_rate, {cost} AS cost_rate"


def _joins(plan: Plan, sources: Sources, p: Parameters, origin: str) -> str:
    """Product, partner and, where a test reads them, the tiers on the day of sale and at the end of the period."""
    text = f"JOIN {sources.products} p ON p.id = s.product_id JOIN {sources.partners} q ON q.id = s.partner_id"
    if plan.tier_on_sale_day:
        text += f" JOIN tier_days t ON t.partner_id = s.partner_id AND {origin}.sold_on BETWEEN t.starts AND t.ends"
    if plan.atoms["end"]:
        starts = p([span.first for span in plan.spans], "date[]")
        ends = p([min(span.period.end, plan.as_of or span.period.end) for span in plan.spans], "date[]")
        end = f"({ends})[width_bucket({origin}.sold_on, {starts})]"
        text += f" JOIN tier_days e ON e.partner_id = s.partner_id AND {end} BETWEEN e.starts AND e.ends"
    return text


def with_fx(plan: Plan, sources: Sources, p: Parameters, ctes: dict[str, str], final: str) -> str:
    """One statement of named steps, the daily rates and the tiers first where they are needed.

    Tiers and the last step are materialized: fresh tables have no statistics, and the planner would put either inside
    a nested loop and work it out again for each row of the other side.
    """
    steps = {}
    if plan.converts and not plan.few_lines:
        steps[plan.table("fx")] = f"MATERIALIZED ({fx_days(plan, sources, p)})"
    if plan.tier_on_sale_day or plan.atoms["end"]:
        steps["tier_days"] = f"MATERIALIZED ({tier_history(sources, partner_filter(plan, p))})"
    *inner, (last, text) = ctes.items()
    steps |= {name: f"({query})" for name, query in inner} | {last: f"MATERIALIZED ({text})"}
    return "WITH " + ", ".join(f"{name} AS {query}" for name, query in steps.items()) + f" {final}"


def payouts_sql(p: Parameters, columns: tuple[Sequence[object], ...]) -> str:
    """(partner_id, first, last, units): what the lines of a partner and run of days share."""
    arrays = ", ".join(p(list(column), cast) for column, cast in zip(columns, _PAYOUT_TYPES, strict=True))
    return f"SELECT * FROM unnest({arrays}) AS y(partner_id, first, last, units)"


_PAYOUT_TYPES = ("uuid[]", "date[]", "date[]", "numeric[]")


def allocated_sql(plan: Plan, sources: Sources, p: Parameters, payouts: str, final: str) -> str:
    """Lines with `allocated`, their share of the payout in minor units; `final` reads them from `allocated`.

    Whole numbers and exact decimals throughout, as in `prm.money.allocate`: the share is rounded towards minus
    infinity, what is left goes one each to the largest remainders, ties to the lowest external id by code point.
    """
    window = "WINDOW y AS (PARTITION BY partner_id, first)"
    return with_fx(plan, sources, p, {
        "payouts": payouts,
        "counted": counted_sql(plan, sources, p),
        "joined": """
            SELECT c.*, y.first, y.units FROM counted c
            JOIN payouts y ON y.partner_id = c.partner_id AND c.day BETWEEN y.first AND y.last
            WHERE c.value IS NOT NULL""",
        "weighted": f"""
            SELECT *, CASE WHEN sum(value) OVER y > 0 THEN value
                           WHEN sum(value) OVER y < 0 THEN -value
                           WHEN sum(abs(value)) OVER y > 0 THEN abs(value) ELSE 1 END AS weight
            FROM joined {window}""",
        "totalled": f"SELECT *, abs(units) * weight AS part, sum(weight) OVER y AS total FROM weighted {window}",
        # mod() takes the sign of the dividend: bring it into [0, total) to round towards minus infinity.
        "divided": "SELECT *, mod(mod(part, total) + total, total) AS remainder FROM totalled",
        "shared": "SELECT *, div(part - remainder, total) AS share FROM divided",
        "ranked": f"""
            SELECT *, abs(units) - sum(share) OVER y AS leftover,
                   row_number() OVER (y ORDER BY remainder DESC, external_id COLLATE "C") AS place
            FROM shared {window}""",
        "allocated": "SELECT *, sign(units) * (share + (place <= leftover)::int) AS allocated FROM ranked",
    }, final)  # fmt: skip


def exceptions_sql(plan: Plan, sources: Sources, p: Parameters) -> str:
    """(id, external_id, reason): lines of the plan's only version that it would count but can't."""
    if not plan.targets:
        return "SELECT NULL::bigint, NULL::text, NULL::text WHERE FALSE"
    target, base = p(plan.targets[0], "text"), p(plan.base_currency, "text")
    final = f"""
        SELECT id, external_id, CASE
            WHEN currency <> {target} AND line_rate IS NULL
                THEN 'no_rate ' || currency || '->' || {target} || ' on ' || day
            WHEN {p(plan.uses_cost)} AND unit_cost IS NULL THEN 'no_unit_cost'
            ELSE 'no_rate ' || {base} || '->' || {target} || ' on ' || day END AS reason
        FROM counted WHERE value IS NULL"""
    return with_fx(plan, sources, p, {"counted": counted_sql(plan, sources, p)}, final)


def orphans_sql(sources: Sources, p: Parameters, *, as_of: object = None, partner_ids: object = None) -> str:
    """(id, external_id, reason): returns that name no sale of the same partner and product; they count nowhere."""
    where, known = [is_return("s")], ["o.external_id = s.reverses"]
    if as_of is not None:
        where.append(f"s.sold_on <= {p(as_of, 'date')}")
        known.append(f"o.sold_on <= {p(as_of, 'date')}")
    if partner_ids is not None:
        where.append(f"s.partner_id = ANY({p(partner_ids, 'uuid[]')})")
    return f"""
        SELECT * FROM (
            SELECT s.id, s.external_id, CASE
                WHEN s.reverses = '' THEN 'return_without_original'
                WHEN o.id IS NULL THEN 'return_of_unknown_line'
                WHEN {is_return("o")} THEN 'return_of_a_return'
                WHEN o.partner_id <> s.partner_id OR o.product_id <> s.product_id
                    THEN 'return_of_another_partners_or_products_line' END AS reason
            FROM {sources.lines} s LEFT JOIN {sources.lines} o ON {" AND ".join(known)}
            WHERE {" AND ".join(where)}
        ) x WHERE reason IS NOT NULL"""
