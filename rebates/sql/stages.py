"""The statements of one evaluation, as text.

lines → (class of product, class of partner, segment, bits of the sale) → cells → matrix of cells and programs →
groups

Lines are added up to cells first; programs are matched to the few distinct signatures of the cells, not to lines. The
stages are run as temporary tables with statistics (many lines) or as one statement (one partner): see
`rebates.sql.run`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rebates.engine.conditions import Condition
from rebates.engine.program import Program

from .base import Body, first_sale_join, first_sales, fx_days, fx_joins, line_rows, measure_sql
from .conditions import Columns, compile_condition, compile_test
from .parameters import Parameters, Sources
from .plan import Measure, Plan, Rule, bases_of
from .signatures import all_names, bit_test, bits, column_bits, names


@dataclass(frozen=True, slots=True)
class Stage:
    """A named intermediate result."""

    name: str
    sql: str


def stages(plan: Plan, sources: Sources, p: Parameters) -> Iterator[Stage]:
    """Everything that `groups_sql` reads, in order."""
    yield Stage(plan.table("span"), _spans(plan, p))
    yield from cell_stages(plan, sources, p)
    yield Stage(plan.table("matrix"), _matrix(plan))


def cell_stages(plan: Plan, sources: Sources, p: Parameters) -> Iterator[Stage]:
    """The lines added up by segment and signature, whatever programs count of them; the last one is `cell`."""
    if plan.uses_first_sales:
        yield Stage(plan.table("first"), first_sales(plan, sources, p))
    if plan.atoms["product"] or plan.uses_cost:
        yield Stage(plan.table("product"), _product_class(plan, sources, p))
    if plan.atoms["partner"]:
        yield Stage(plan.table("partner"), _partner_class(plan, sources, p))
    if plan.converts and not plan.few_lines:
        yield Stage(plan.table("fx"), fx_days(plan, sources, p))
    if plan.atoms["end"]:
        yield Stage(plan.table("line_cell"), _cells(plan, sources, p))
        yield Stage(plan.table("end"), _end_class(plan, sources, p))
        yield Stage(plan.table("cell"), _cells_with_end(plan))
    else:
        yield Stage(plan.table("cell"), _cells(plan, sources, p))


def groups_sql(plan: Plan) -> str:
    """A row for each span and partner with a line in scope: (span, partner_id, measure, lines, missing, parts).

    `missing` counts the lines without a rate or a cost, which are not in the measure. `parts` maps the code of each
    part, see `part_sql`, to its measure; null where no version splits its measure.
    """
    lines = _chosen("n", plan)
    on = " AND ".join(f"c.{column} = m.{column}" for column in all_names(plan))
    part = ", m.part" if plan.has_parts else ""
    grouped = f"""
        SELECT x.span, c.partner_id{part}, sum({_chosen("m", plan)}) AS measure,
               sum({lines})::bigint AS lines, sum(c.rows - {lines})::bigint AS missing
        FROM {plan.table("cell")} c
        JOIN {plan.table("matrix")} m ON {on}
        JOIN {plan.table("span")} x ON x.rule = m.rule AND x.segment = c.segment
        GROUP BY x.span, c.partner_id{part}"""
    if not plan.has_parts:
        return f"SELECT g.*, NULL FROM ({grouped}) g"
    return f"""
        SELECT span, partner_id, sum(measure), sum(lines)::bigint, sum(missing)::bigint,
               jsonb_object_agg(part, measure::text) FILTER (WHERE lines > 0)
        FROM ({grouped}) g GROUP BY span, partner_id"""


def _chosen(prefix: str, plan: Plan) -> str:
    """The column of the measure that the version of the bucket uses."""
    if len(plan.measures) == 1:
        return f"c.{prefix}0"
    return "CASE m.measure " + " ".join(f"WHEN {i} THEN c.{prefix}{i}" for i in range(len(plan.measures))) + " END"


def _spans(plan: Plan, p: Parameters) -> str:
    columns = ", ".join(p([place[i] for place in plan.places], "int[]") for i in range(3))
    return f"SELECT rule, segment, span FROM unnest({columns}) AS x(rule, segment, span)"


def _product_class(plan: Plan, sources: Sources, p: Parameters) -> str:
    """All products; for few partners those they sold, as a catalog may be larger than what is added up."""
    where = ""
    if plan.few_lines:
        sold = f"s.partner_id = ANY({p(plan.partner_ids, 'uuid[]')}) AND s.sold_on >= {p(plan.first, 'date')}"
        where = f" WHERE p.id IN (SELECT s.product_id FROM {sources.lines} s WHERE {sold})"
    tests = column_bits(plan, "product", Columns(), p)
    return f"SELECT p.id AS product_id, p.unit_cost{tests} FROM {sources.products} p{where}"


def tier_history(sources: Sources, where: str) -> str:
    """(partner_id, tier, starts, ends): a row for each run of days, the time before the first tier included."""
    return f"""
        SELECT * FROM (
            SELECT partner_id, NULLIF(tier, '') AS tier, starts,
                   COALESCE(lead(starts) OVER later - 1, DATE '9999-12-31') AS ends
            FROM (
                SELECT q.id AS partner_id, NULL AS tier, DATE '0001-01-01' AS starts
                FROM {sources.partners} q WHERE {where}
                UNION ALL
                SELECT q.id, t.tier, t.valid_from
                FROM {sources.tiers} t JOIN {sources.partners} q ON q.id = t.partner_id WHERE {where}
            ) h WINDOW later AS (PARTITION BY partner_id ORDER BY starts, tier NULLS FIRST)
        ) r WHERE starts <= ends"""


def partner_filter(plan: Plan, p: Parameters) -> str:
    return "TRUE" if plan.partner_ids is None else f"q.id = ANY({p(plan.partner_ids, 'uuid[]')})"


def _partner_class(plan: Plan, sources: Sources, p: Parameters) -> str:
    where = partner_filter(plan, p)
    tests = column_bits(plan, "partner", Columns(), p)
    if not plan.tier_on_sale_day:
        return f"SELECT q.id AS partner_id{tests} FROM {sources.partners} q WHERE {where}"
    return f"""
        SELECT q.id AS partner_id, t.starts, t.ends{tests}
        FROM {sources.partners} q JOIN ({tier_history(sources, where)}) t ON t.partner_id = q.id"""


def _end_class(plan: Plan, sources: Sources, p: Parameters) -> str:
    """Tiers on the last day of the period (on the cut-off date if that is earlier) in which a segment lies, by kind
    of period.
    """
    rows = [
        (str(kind), number, plan.last_day_of(plan.calendar.period(kind, start)))
        for kind in plan.end_kinds
        for number, start in enumerate(plan.boundaries, 1)
    ]
    days = ", ".join(p([row[i] for row in rows], cast) for i, cast in enumerate(("text[]", "int[]", "date[]")))
    where = partner_filter(plan, p)
    tests = bits(
        plan,
        "end",
        lambda atom: f"bool_or(x.kind = {p(str(atom.at_end_of), 'text')} AND {compile_test(atom.test, Columns(), p)})",
    )
    return f"""
        SELECT t.partner_id, x.segment{tests}
        FROM unnest({days}) AS x(kind, segment, day)
        JOIN ({tier_history(sources, where)}) t ON x.day BETWEEN t.starts AND t.ends
        GROUP BY t.partner_id, x.segment"""


def _cells(plan: Plan, sources: Sources, p: Parameters) -> str:
    body = Body(
        select=lambda origin: column_bits(plan, "sale", Columns(sale=origin), p),
        joins=lambda origin: first_sale_join(plan, origin),
    )
    lines = f"({line_rows(plan, sources, p, body)}) b"
    joins, keys = "", ["b.partner_id", "b.basis", *(f"b.{name}" for name in names(plan, "sale"))]
    if plan.atoms["product"] or plan.uses_cost:
        lines = _with_products(plan, lines)
        keys += [f"b.{name}" for name in names(plan, "product")]
    if plan.atoms["partner"]:
        between = " AND b.day BETWEEN q.starts AND q.ends" if plan.tier_on_sale_day else ""
        joins += f" JOIN {plan.table('partner')} q ON q.partner_id = b.partner_id{between}"
        keys += [f"q.{name}" for name in names(plan, "partner")]
    joins += fx_joins(plan, sources, p)
    values = [measure_sql(measure, plan, p, cost="b.unit_cost") for measure in plan.measures]
    sums = ", ".join(f"sum({value}) AS m{i}, count({value}) AS n{i}" for i, value in enumerate(values))
    return f"""
        SELECT {", ".join(keys)}, width_bucket(b.day, {p(plan.boundaries, "date[]")}) AS segment,
               count(*) AS rows, {sums}
        FROM {lines}{joins}
        GROUP BY {", ".join(keys)}, segment"""


def _with_products(plan: Plan, lines: str) -> str:
    """Lines with the class of their product.

    Of one partner the planner expects a handful of lines once it is joined with its tiers, and would then compare each
    with every product; OFFSET 0 keeps it from joining the partner first.
    """
    columns = "".join(f", p.{name}" for name in ("unit_cost", *names(plan, "product")))
    joined = f"SELECT b.*{columns} FROM {lines} JOIN {plan.table('product')} p ON p.product_id = b.product_id"
    return f"({joined}{' OFFSET 0' if plan.few_lines else ''}) b"


def _cells_with_end(plan: Plan) -> str:
    ends = ", ".join(f"e.{name}" for name in names(plan, "end"))
    return f"SELECT c.*, {ends} FROM {plan.table('line_cell')} c JOIN {plan.table('end')} e USING (partner_id, segment)"


def _matrix(plan: Plan) -> str:
    """Which signatures each rule counts, in which measure, and into which part of it."""
    chosen = []
    for number, rule in enumerate(plan.rules):
        program = plan.versions[rule.bucket].program
        bases = ", ".join(map(str, bases_of(program)))
        measure = plan.measures.index(Measure.of(program))
        part = f", {part_sql(plan, rule)} AS part" if plan.has_parts else ""
        chosen.append(
            f"SELECT {number} AS rule, {measure} AS measure{part}, d.* FROM d"
            f" WHERE d.basis IN ({bases}) AND {_counts(plan, rule)}"
        )
    distinct = f"SELECT DISTINCT {', '.join(all_names(plan))} FROM {plan.table('cell')}"
    return f"WITH d AS MATERIALIZED ({distinct}) " + " UNION ALL ".join(chosen)


def _counts(plan: Plan, rule: Rule) -> str:
    """The scope of the rule's version, less what belongs to versions that come before it."""
    own = compile_condition(plan.versions[rule.bucket].program.scope, bit_test(plan, rule.bucket, "d"))
    others = [
        f"NOT {compile_condition(plan.versions[other].program.scope, bit_test(plan, other, 'd'))}"
        for other in rule.before
    ]
    return " AND ".join([own, *others])


def part_sql(plan: Plan, rule: Rule) -> str:
    test = bit_test(plan, rule.bucket, "d")
    return part_code(plan.versions[rule.bucket].program, lambda condition: compile_condition(condition, test))


def part_code(program: Program, compiled: Callable[[Condition], str]) -> str:
    """The code of the part to which a line belongs: the first `when` that it meets times 2 to the number of mix
    qualifiers, plus a bit for each of these.
    """
    whens = [compiled(when) for when in program.calculation.conditions()]
    mixes = [compiled(mix.scope) for mix in program.mixes]
    first = " ".join(f"WHEN {when} THEN {i}" for i, when in enumerate(whens))
    base = f"CASE {first} ELSE {len(whens)} END" if whens else "0"
    terms = "".join(f" + CASE WHEN {mix} THEN {1 << i} ELSE 0 END" for i, mix in enumerate(mixes))
    return f"(({base}) * {1 << len(mixes)}{terms})"


def parts_of(codes: str | None, whens: int, mixes: int) -> tuple[list[Decimal | None], list[Decimal]]:
    """The measures behind the codes of `part_sql`: by `when`, and by mix qualifier."""
    rated: list[Decimal | None] = [None] * whens
    mixed = [Decimal(0)] * mixes
    # Django's connections hand jsonb over as its text.
    for code, text in json.loads(codes or "{}").items():
        index, bits_set = divmod(int(code), 1 << mixes)
        if index < whens:
            rated[index] = (rated[index] or Decimal(0)) + Decimal(text)
        for position in range(mixes):
            if bits_set >> position & 1:
                mixed[position] += Decimal(text)
    return rated, mixed
