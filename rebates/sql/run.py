"""Running the stages: as temporary tables with statistics, or as one statement."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from .parameters import Parameters, Sources
from .plan import Plan
from .stages import groups_sql, stages

CHUNK = 5_000


def profile(
    sources: Sources, *, as_of: date | None = None, partner_ids: Sequence[UUID] | None = None
) -> tuple[date, date, frozenset[str]] | None:
    """First and last day of sale and the currencies of all lines, or of some partners'; None when there are none."""
    p = Parameters()
    where = ["TRUE"]
    if as_of is not None:
        where.append(f"sold_on <= {p(as_of, 'date')}")
    if partner_ids is not None:
        where.append(f"partner_id = ANY({p([str(one) for one in partner_ids], 'uuid[]')})")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT currency, min(sold_on), max(sold_on) FROM {sources.lines} WHERE {' AND '.join(where)}"
            " GROUP BY currency",
            p.values,
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return min(row[1] for row in rows), max(row[2] for row in rows), frozenset(row[0] for row in rows)


def groups(plan: Plan, sources: Sources) -> Iterator[tuple[Any, ...]]:
    """The rows of `groups_sql`, read in portions. Needs a transaction, as every tenant context opens one."""
    p = Parameters()
    steps = list(stages(plan, sources, p))
    if plan.few_lines:
        # One statement for few lines: temporary tables would swell the catalog with every sale that comes in.
        withs = ", ".join(f"{step.name} AS MATERIALIZED ({step.sql})" for step in steps)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {withs} {groups_sql(plan)}", p.values)
            yield from cursor.fetchall()
        return
    with working_memory():
        try:
            for step in steps:
                # Without statistics the planner guesses the joins wrong: about 2.6 times slower.
                with connection.cursor() as cursor:
                    cursor.execute(f"CREATE TEMPORARY TABLE {step.name} ON COMMIT DROP AS {step.sql}", p.values)
                    cursor.execute(f"ANALYZE {step.name}")
            yield from portions(groups_sql(plan), p, plan)
        finally:
            # After an error the transaction is lost and takes its tables with it; this must not hide what it was.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS " + ", ".join(step.name for step in steps))


def portions(sql: str, p: Parameters, plan: Plan | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement through a cursor of the server, some thousand at a time; with room for the many lines
    that `plan` may be about.
    """
    with connection.chunked_cursor() as cursor:
        # Hash tables are sized when the first row is asked for; what reads the rows has its own settings again.
        with nullcontext() if plan is None or plan.few_lines else working_memory():
            cursor.execute(sql, p.values)
            rows = cursor.fetchmany(CHUNK)
        while rows:
            yield from rows
            rows = cursor.fetchmany(CHUNK)


@contextmanager
def working_memory() -> Iterator[None]:
    """Room for hash tables over all cells of a large vendor, and no loops or merges over tables of whose size the
    planner knows nothing; the transaction's settings come back afterwards.

    After a large import there are no statistics until PostgreSQL gathers them: each side looks like a row or two, and
    a merge by partner alone then compares every line of a partner with every other.
    """
    wanted = {"work_mem": "128MB", "enable_nestloop": "off", "enable_mergejoin": "off"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in wanted))
        before = dict(zip(wanted, cursor.fetchone(), strict=True))
    _configure(wanted)
    yield
    _configure(before)


def _configure(settings: Mapping[str, str]) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _name in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for setting in settings.items() for part in setting])
