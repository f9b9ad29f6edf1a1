"""What a partner's tier means in rebates: programs that ask for it, replayed with another tier history."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from partners.states.partner import SINCE_EVER
from partners.tiers.money import Cost, History, Worth, register_cost, register_worth
from rebates.engine.program import Program as Rules
from rebates.engine.qualifiers import TierIn
from rebates.engine.versions import Version
from rebates.evaluations import evaluation_of
from rebates.sql import LIVE, Evaluated, Sources
from rebates.versions import versions_in_force
from rebates.whatif.partner import without_secrets

CODE = "rebates"
TABLE = "rebates_whatif_tier"
# Whoever moves has the thought history alone, everybody else the real one.
BOTH = (
    f"(SELECT t.partner_id, t.tier, t.valid_from FROM partners_tierchange t"  # noqa: S608 (constants)
    f" WHERE NOT EXISTS (SELECT FROM {TABLE} w WHERE w.partner_id = t.partner_id)"
    f" UNION ALL SELECT partner_id, tier, valid_from FROM {TABLE})"
)


def cost_of(histories: Mapping[UUID, History], since: dt.date, until: dt.date) -> Iterator[Cost]:
    """What programs that look at tiers paid between the days, and would have paid by these histories."""
    versions = _by_tier(versions_in_force())
    if not versions:
        return
    before = _sums(versions, since, until, LIVE)
    with _supposed(histories) as sources:
        after = _sums(versions, since, until, sources)
    for currency in sorted(before.keys() | after.keys()):
        yield Cost(CODE, currency, before[currency], after[currency])


def brought_by(tiers: Mapping[UUID, str], since: dt.date, until: dt.date) -> Mapping[UUID, Worth]:
    """What each partner's own programs that look at tiers would have paid it, had it had this tier all the time.
    Programs that cannot be told for one partner alone are left out.
    """
    versions = _by_tier(without_secrets(versions_in_force()))
    found: dict[UUID, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    if versions:
        with _supposed({partner_id: [(SINCE_EVER, code)] for partner_id, code in tiers.items()}) as sources:
            for one in _whole(versions, since, until, sources, tuple(tiers)):
                found[one.partner_id][one.currency] += one.payout
    return found


def _by_tier(versions: Sequence[Version]) -> list[Version]:
    """Versions that look at the tier, with everything of their groups."""
    looking = {_family(one.program) for one in versions if _looks_at_tier(one.program)}
    return [one for one in versions if _family(one.program) in looking]


def _looks_at_tier(program: Rules) -> bool:
    asks = any(one.type == TierIn.type for one in program.qualifiers)
    return asks or '"partner.tier"' in json.dumps(program.to_json())


def _family(program: Rules) -> tuple[str, str]:
    rule = program.stacking.rule
    return ("program", program.code) if rule == "stack" else ("group", program.stacking.group)


def _sums(versions: Sequence[Version], since: dt.date, until: dt.date, sources: Sources) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in _whole(versions, since, until, sources):
        found[one.currency] += one.payout
    return found


def _whole(
    versions: Sequence[Version], since: dt.date, until: dt.date, sources: Sources,
    partner_ids: tuple[UUID, ...] | None = None,
) -> Iterator[Evaluated]:  # fmt: skip
    """What was earned in periods that lie between the days as a whole."""
    limits = {"partner_ids": partner_ids, "since": since, "until": until}
    for one in evaluation_of(versions, sources=sources, settled=False, **limits):
        if since <= one.period.start and one.period.end <= until:
            yield one


@contextmanager
def _supposed(histories: Mapping[UUID, History]) -> Iterator[Sources]:
    """The tier history as if it had been this one. Needs a transaction; no live table is touched."""
    rows = [(str(key), tier, day) for key, history in histories.items() for day, tier in history]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} (partner_id uuid, tier text, valid_from date) ON COMMIT DROP")
        cursor.executemany(f"INSERT INTO {TABLE} VALUES (%s, %s, %s)", rows)  # noqa: S608 (a constant)
        cursor.execute(f"ANALYZE {TABLE}")
    yield Sources(tiers=BOTH)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


register_cost(CODE, _("Rebates by tier"), cost_of)
register_worth(CODE, brought_by)
