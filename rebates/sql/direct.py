"""Single lines of one version: the list behind a payout and its allocation, and the lines that can't be counted.

Here the condition is tested on every line. That is right for a few partners and days, for one pass that writes every
line out, and for what depends on values of a line that are no test: distinct values, customers, returns at the rate of
the sale. Adding up goes through the cells of `rebates.sql.stages`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rebates.engine.calculations import LineRate
from rebates.engine.program import Program

from .base import (
    Body,
    amount_sql,
    first_sale_join,
    first_sales,
    fx_days,
    fx_joins,
    is_return,
    line_rows,
    measure_sql,
    origin_join,
)
from .conditions import Columns, compile_condition, compile_test
from .parameters import Parameters, Sources
from .plan import FORWARDED, Measure, Plan, bases_of, follows_originals, rivals
from .stages import part_code, partner_filter, tier_history

# An original may have been sold on any day; periods are cut for the days that sales are about.
EARLIEST, LATEST = date(1990, 1, 1), date(2060, 12, 31)


def counted_sql(
    plan: Plan, sources: Sources, p: Parameters, bucket: int, fields: Sequence[str] = (), *, listed: str = "TRUE"
) -> str:
    """The lines that count for a version of the plan, once for each span they lie in, with `span`, `role`, `period`
    (the first day of the span) and `value`, their measure: null when a rate, the cost or the seller is missing.

    `fields` of conditions are added as `d0`, `d1`…; `weight` is what a line contributes to the payout; `listed`
    confines the lines `s`, but not the originals of returns.
    """
    program = plan.versions[bucket].program

    def select(origin: str) -> str:
        columns = _columns(program, Line(origin))
        values = "".join(f", {columns.of(name, p)}::text AS d{i}" for i, name in enumerate(fields))
        return (
            f", s.id, s.external_id, s.sold_on, p.unit_cost, {origin}.customer_code, {origin}.invoice_no"
            f", x.span, x.role, x.first AS period{_rate(program, origin, p)}"
            f", {_part(program, origin, p)} AS part{values}"
        )

    body = Body(
        select=select,
        joins=lambda origin: _joins(plan, sources, p, bucket, origin),
        where=lambda origin, base: f"{_counts(plan, bucket, origin, p, base)} AND {listed}",
        forwarded_joins=_original_joins(plan, p) if follows_originals(plan.versions, bucket) else "",
    )
    rows = line_rows(plan, sources, p, body, bases_of(program))
    value = measure_sql(Measure.of(program), plan, p, cost="b.unit_cost")
    money = amount_sql(program.currency, plan, p) if program.uses_money else "b.quantity"
    weight = f"{value} * b.line_rate" if isinstance(program.calculation, LineRate) else value
    return (
        f"SELECT b.*, {value} AS value, {weight} AS weight, {money} AS money{_rates(plan, program, p)}"
        f" FROM ({rows}) b {fx_joins(plan, sources, p)}"
    )


@dataclass(frozen=True, slots=True)
class Line:
    """The aliases under which a line, its partner's tiers and its customer's first sale are joined."""

    alias: str
    prefix: str = ""

    @property
    def first(self) -> str:
        return f"{self.prefix}f"

    def tier_at(self, kind: str) -> str:
        """The tier on the day of sale, or at the end of the period of a kind."""
        return f"{self.prefix}e_{kind}.tier" if kind else f"{self.prefix}t.tier"


def _columns(program: Program, line: Line) -> Columns:
    kind = program.period if program.partner_as_of == "period_end" else ""
    return Columns(sale=line.alias, tier=line.tier_at(kind), first=line.first)


ORIGINAL = Line("o", "o")


def _condition(plan: Plan, bucket: int, line: Line, p: Parameters) -> str:
    program = plan.versions[bucket].program
    columns = _columns(program, line)
    return compile_condition(program.scope, lambda test: compile_test(test, columns, p))


def _counts(plan: Plan, bucket: int, origin: str, p: Parameters, base: int) -> str:
    """The version's scope, less the lines that belong to another program of its `priority` group first. A forwarded
    return belongs where its original does.
    """
    line = Line(origin)
    own = _condition(plan, bucket, line, p)
    if base == FORWARDED and follows_originals(plan.versions, bucket):
        governed = f"(x.role = 'base' OR {_governs(plan, bucket, ORIGINAL, p)})"
        theirs = f"{_condition(plan, bucket, ORIGINAL, p)} AND {_first(plan, bucket, ORIGINAL, p)}"
        return f"{own} AND {governed} AND {theirs}"
    return f"{own} AND {_first(plan, bucket, line, p)}"


def _first(plan: Plan, bucket: int, line: Line, p: Parameters) -> str:
    """No version that comes before this one counts the line."""
    texts = ["TRUE"]
    last = {plan.versions[other].program.code: other for other in rivals(plan.versions, bucket)}
    for other in rivals(plan.versions, bucket):
        governs = f"(x.role <> 'base' AND {_governs(plan, other, line, p)})"
        if last[plan.versions[other].program.code] == other:
            governs = f"(x.role = 'base' OR {governs})"
        texts.append(f"NOT ({governs} AND {_condition(plan, other, line, p)})")
    return " AND ".join(texts)


def _governs(plan: Plan, bucket: int, line: Line, p: Parameters) -> str:
    version, day = plan.versions[bucket], f"{line.alias}.sold_on"
    first, last = p(version.valid_from, "date"), p(version.valid_to, "date")
    return f"({day} >= COALESCE({first}, {day}) AND {day} <= COALESCE({last}, {day}))"


def _part(program: Program, origin: str, p: Parameters) -> str:
    columns = _columns(program, Line(origin))
    return part_code(program, lambda when: compile_condition(when, lambda test: compile_test(test, columns, p)))


def _rate(program: Program, origin: str, p: Parameters) -> str:
    """The rate of the first `when` that a line meets, for a calculation that tells lines apart."""
    calculation = program.calculation
    if not isinstance(calculation, LineRate):
        return ""
    columns = _columns(program, Line(origin))
    cases = " ".join(
        f"WHEN {compile_condition(one.when, lambda test: compile_test(test, columns, p))} THEN {p(one.rate, 'numeric')}"
        for one in calculation.rates
    )
    return f", (CASE {cases} ELSE 0 END) AS line_rate"


def _rates(plan: Plan, program: Program, p: Parameters) -> str:
    """The rates that were found, for the exceptions."""
    if not plan.converts or not program.uses_money:
        return ", 1 AS amount_rate, 1 AS cost_rate"
    i = plan.targets.index(program.currency)
    own = p(program.currency, "text")
    cost = f"g{i}.rate" if program.measure == "margin" and plan.base_currency != program.currency else "1"
    return f", (CASE WHEN b.currency = {own} THEN 1 ELSE f{i}.rate END) AS amount_rate, {cost} AS cost_rate"


def _joins(plan: Plan, sources: Sources, p: Parameters, bucket: int, origin: str) -> str:
    """Span, product, partner and, where a test reads them, tiers on the day of sale and at the end of the period."""
    spans = [(number, span) for number, span in enumerate(plan.spans) if span.bucket == bucket]
    columns = (
        p([number for number, _span in spans], "int[]"), p([span.first for _number, span in spans], "date[]"),
        p([span.last for _number, span in spans], "date[]"), p([str(span.role) for _number, span in spans], "text[]"),
    )  # fmt: skip
    text = (
        f"JOIN unnest({', '.join(columns)}) AS x(span, first, last, role)"
        f" ON {origin}.sold_on BETWEEN x.first AND x.last"
        f" JOIN {sources.products} p ON p.id = s.product_id JOIN {sources.partners} q ON q.id = s.partner_id"
    )
    return text + _tier_joins(plan, p, Line(origin)) + first_sale_join(plan, origin)


def _original_joins(plan: Plan, p: Parameters) -> str:
    """Tiers and first sales as the original of a forwarded return sees them."""
    first = ""
    if plan.uses_first_sales:
        first = f" LEFT JOIN {plan.table('first')} of ON of.customer_code = o.customer_code"
    return _tier_joins(plan, p, ORIGINAL) + first


def _tier_joins(plan: Plan, p: Parameters, line: Line) -> str:
    text, day = "", f"{line.alias}.sold_on"
    if plan.tier_on_sale_day:
        alias = f"{line.prefix}t"
        text += f" JOIN tier_days {alias} ON {alias}.partner_id = s.partner_id"
        text += f" AND {day} BETWEEN {alias}.starts AND {alias}.ends"
    first = plan.first if not line.prefix else min(plan.first, EARLIEST)
    for kind in plan.end_kinds:
        periods = list(plan.calendar.periods(kind, first, max(plan.last, LATEST) if line.prefix else plan.last))
        starts = p([period.start for period in periods], "date[]")
        ends = p([plan.last_day_of(period) for period in periods], "date[]")
        alias = f"{line.prefix}e_{kind}"
        text += f" JOIN tier_days {alias} ON {alias}.partner_id = s.partner_id"
        text += f" AND ({ends})[width_bucket({day}, {starts})] BETWEEN {alias}.starts AND {alias}.ends"
    return text


def with_steps(plan: Plan, sources: Sources, p: Parameters, ctes: dict[str, str], final: str) -> str:
    """One statement of named steps, the daily rates, tiers and first sales first where they are needed.

    Tiers and the last step are materialized: fresh tables have no statistics, and the planner would put either inside
    a nested loop and work it out again for each row of the other side.
    """
    steps = {}
    if plan.converts and not plan.few_lines:
        steps[plan.table("fx")] = f"MATERIALIZED ({fx_days(plan, sources, p)})"
    if plan.tier_on_sale_day or plan.end_kinds:
        steps["tier_days"] = f"MATERIALIZED ({tier_history(sources, partner_filter(plan, p))})"
    if plan.uses_first_sales:
        steps[plan.table("first")] = f"MATERIALIZED ({first_sales(plan, sources, p)})"
    *inner, (last, text) = ctes.items()
    steps |= {name: f"({query})" for name, query in inner} | {last: f"MATERIALIZED ({text})"}
    return "WITH " + ", ".join(f"{name} AS {query}" for name, query in steps.items()) + f" {final}"


def payouts_sql(p: Parameters, columns: tuple[Sequence[object], ...]) -> str:
    """(partner_id, period, units): what the lines of a partner in the span that begins on a day share."""
    arrays = ", ".join(p(list(column), cast) for column, cast in zip(columns, _PAYOUT_TYPES, strict=True))
    return f"SELECT * FROM unnest({arrays}) AS y(partner_id, period, units)"


_PAYOUT_TYPES = ("uuid[]", "date[]", "numeric[]")


def allocated_sql(  # noqa: PLR0917 (the first three are the same everywhere here)
    plan: Plan, sources: Sources, p: Parameters, bucket: int, payouts: str, final: str, returned: str = ""
) -> str:
    """Lines of a version with `allocated`, their share of the payout in minor units, for `final` to read.

    Whole numbers and exact decimals throughout, as in `prm.money.allocate`: the share is rounded towards minus
    infinity, what is left goes one each to the largest remainders, ties to the lowest external id by code point.
    """
    window = "WINDOW y AS (PARTITION BY partner_id, period)"
    return with_steps(plan, sources, p, {
        **({"returned": returned} if returned else {}),
        "payouts": payouts,
        "counted": counted_sql(plan, sources, p, bucket),
        "joined": """
            SELECT c.*, y.units FROM counted c
            JOIN payouts y ON y.partner_id = c.partner_id AND y.period = c.period
            WHERE c.value IS NOT NULL AND c.role = 'row'""",
        "weighted": f"""
            SELECT *, CASE WHEN sum(weight) OVER y > 0 THEN weight
                           WHEN sum(weight) OVER y < 0 THEN -weight
                           WHEN sum(abs(weight)) OVER y > 0 THEN abs(weight) ELSE 1 END AS part_of
            FROM joined {window}""",
        "totalled": f"SELECT *, abs(units) * part_of AS dividend, sum(part_of) OVER y AS total FROM weighted {window}",
        # mod() takes the sign of the dividend: bring it into [0, total) to round towards minus infinity.
        "divided": "SELECT *, mod(mod(dividend, total) + total, total) AS remainder FROM totalled",
        "shared": "SELECT *, div(dividend - remainder, total) AS share FROM divided",
        "ranked": f"""
            SELECT *, abs(units) - sum(share) OVER y AS leftover,
                   row_number() OVER (y ORDER BY remainder DESC, external_id COLLATE "C") AS place
            FROM shared {window}""",
        "allocated": "SELECT *, sign(units) * (share + (place <= leftover)::int) AS allocated FROM ranked",
    }, final)  # fmt: skip


def returned_sql(sources: Sources, p: Parameters, plan: Plan, *, allocated: bool = True) -> tuple[str, str]:
    """At-sale returns of lines that count: the step `returned`, and the rows with their originals for the end of
    `allocated_sql`; with the share 0 where nothing is `allocated` there.
    """
    until = f" AND s.sold_on <= {p(plan.as_of, 'date')}" if plan.as_of else ""
    whose = "" if plan.partner_ids is None else f" AND s.partner_id = ANY({p(plan.partner_ids, 'uuid[]')})"
    step = f"""
        SELECT s.id, s.external_id, s.sold_on, s.quantity, o.id AS original
        FROM {sources.lines} s {origin_join(sources)} WHERE s.reverses <> '' AND {is_return("s")}{until}{whose}"""
    columns = "r.id, r.external_id, r.sold_on, r.quantity"
    final = f"""
        SELECT a.partner_id, a.external_id, a.quantity, a.allocated, {columns}
        FROM allocated a JOIN returned r ON r.original = a.id
        UNION ALL
        SELECT c.partner_id, c.external_id, c.quantity, 0, {columns}
        FROM counted c JOIN returned r ON r.original = c.id
        WHERE c.role = 'row' AND (c.value IS NULL OR {not allocated})"""
    return step, final


def returned_days_sql(sources: Sources, plan: Plan, p: Parameters) -> str:
    """(partner_id, day) of the sales that were returned: only their periods need an allocation."""
    where = "" if plan.partner_ids is None else f" AND s.partner_id = ANY({p(plan.partner_ids, 'uuid[]')})"
    return f"""
        SELECT DISTINCT s.partner_id, o.sold_on FROM {sources.lines} s {origin_join(sources)}
        WHERE s.reverses <> '' AND {is_return("s")}{where}"""


def distinct_sql(plan: Plan, sources: Sources, p: Parameters, bucket: int, field: str) -> str:
    """(partner_id, span, value, sum): what the lines with each value of the field add up to."""
    final = """
        SELECT partner_id, span, d0, sum(value) FROM counted
        WHERE value IS NOT NULL AND d0 IS NOT NULL AND d0 <> '' GROUP BY partner_id, span, d0"""
    return with_steps(plan, sources, p, {"counted": counted_sql(plan, sources, p, bucket, [field])}, final)


def customers_sql(plan: Plan, sources: Sources, p: Parameters, bucket: int, *, once: bool) -> str:
    """(partner_id, customer_code, span, opened, first order, earning measure) of customers that the partner sold to
    first; the last two null where the span has no such line.

    `once`: the first order is what earns, else every line of the window.
    """
    program = plan.versions[bucket].program
    days = getattr(program.calculation, "window_days", None) or 1
    is_first = "c.day = f.sold_on AND c.invoice_no = f.invoice_no"
    earns = is_first if once else f"c.day >= f.sold_on AND c.day < f.sold_on + {p(days, 'int')}"
    order = "c.value" if program.measure == "quantity" and not program.first_order_in_money else "c.money"
    final = f"""
        SELECT c.partner_id, c.customer_code, c.span, f.sold_on,
               sum({order}) FILTER (WHERE {is_first}), sum(c.value) FILTER (WHERE {earns})
        FROM counted c
        JOIN {plan.table("owner")} f ON f.customer_code = c.customer_code AND f.partner_id = c.partner_id
        WHERE c.value IS NOT NULL AND (({is_first}) OR ({earns}))
        GROUP BY c.partner_id, c.customer_code, c.span, f.sold_on"""
    steps = {
        plan.table("owner"): first_sales(plan, sources, p),
        "counted": counted_sql(plan, sources, p, bucket),
    }
    return with_steps(plan, sources, p, steps, final)


def earning_lines_sql(plan: Plan, sources: Sources, p: Parameters, bucket: int, *, once: bool) -> str:
    """The lines that count for a new-customer version: (partner_id, period, id, external_id, sold_on, day, value,
    customer_code or null where the line earns nothing).
    """
    days = getattr(plan.versions[bucket].program.calculation, "window_days", None) or 1
    is_first = "c.day = f.sold_on AND c.invoice_no = f.invoice_no"
    earns = is_first if once else f"c.day >= f.sold_on AND c.day < f.sold_on + {p(days, 'int')}"
    final = f"""
        SELECT c.partner_id, c.period, c.id, c.external_id, c.sold_on, c.day, c.value,
               CASE WHEN {earns} THEN c.customer_code END
        FROM counted c
        LEFT JOIN {plan.table("owner")} f ON f.customer_code = c.customer_code AND f.partner_id = c.partner_id
        WHERE c.value IS NOT NULL AND c.role = 'row'
        ORDER BY c.partner_id, c.period"""
    steps = {
        plan.table("owner"): first_sales(plan, sources, p),
        "counted": counted_sql(plan, sources, p, bucket),
    }
    return with_steps(plan, sources, p, steps, final)


def exceptions_sql(plan: Plan, sources: Sources, p: Parameters, bucket: int) -> str:
    """(id, external_id, reason, partner_id, span): lines that a version would count but can't."""
    program = plan.versions[bucket].program
    target, base = p(program.currency, "text"), p(plan.base_currency, "text")
    final = f"""
        SELECT id, external_id, CASE
            WHEN amount_rate IS NULL THEN 'no_rate ' || currency || '->' || {target} || ' on ' || day
            WHEN {p(program.measure == "margin")} AND unit_cost IS NULL THEN 'no_unit_cost'
            WHEN {p(program.measure == "margin")}
                THEN 'no_rate ' || {base} || '->' || {target} || ' on ' || day
            ELSE 'no_sold_by' END AS reason, partner_id, span
        FROM counted WHERE value IS NULL"""
    return with_steps(plan, sources, p, {"counted": counted_sql(plan, sources, p, bucket)}, final)


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


def direct_groups_sql(plan: Plan, sources: Sources, p: Parameters, bucket: int) -> str:
    """The rows of `groups_sql` for a version whose lines can't be added up before each is looked at."""
    final = """
        SELECT span, partner_id, sum(measure), sum(lines)::bigint, sum(missing)::bigint,
               jsonb_object_agg(part, measure::text) FILTER (WHERE lines > 0)
        FROM (SELECT span, partner_id, part, sum(value) AS measure, count(value) AS lines,
                     count(*) - count(value) AS missing
              FROM counted GROUP BY span, partner_id, part) g
        GROUP BY span, partner_id"""
    return with_steps(plan, sources, p, {"counted": counted_sql(plan, sources, p, bucket)}, final)
