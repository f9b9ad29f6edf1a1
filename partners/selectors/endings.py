"""The expiry simulator: what ends in the next days at a partner, and what would follow if nobody did anything."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from partners.counted import Span, counted_spans, counts_on
from partners.effects import Change, Effect, Ending, Step, providers, register_effects, register_endings, sources
from partners.models import Certificate
from partners.policies.own import require_within
from partners.selectors.certificates import superseded
from partners.states.certificates import CertificateStatus
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.identity.rights import Right

HORIZON = 90
"""Days that the simulator looks ahead."""


def endings_of(actor: Actor, *, partner_id: UUID, days: int = HORIZON) -> list[Step]:
    """Day by day what ends at one partner, with its effects. Raises `NotFound`."""
    require_within(actor, partner_id, own=Right.OWN_CERTIFICATES_VIEW, vendor=Right.PARTNERS_VIEW)
    return steps([partner_id], days).get(partner_id, [])


def endings_near(actor: Actor, *, days: int = HORIZON) -> dict[UUID, list[Ending]]:
    """By partner all that ends, the nearest first, without what follows: cheap for any number of partners."""
    actor.require(Right.PARTNERS_VIEW)
    ends = _endings(None, days)
    return {key: [one for on in sorted(found) for one in found[on]] for key, found in ends.items()}


def endings_for(actor: Actor, *, partner_ids: Collection[UUID], days: int = HORIZON) -> dict[UUID, list[Step]]:
    """Day by day what ends at these partners, with its effects."""
    actor.require(Right.PARTNERS_VIEW)
    return steps(partner_ids, days)


def steps(partner_ids: Collection[UUID] | None, days: int = HORIZON) -> dict[UUID, list[Step]]:
    """By partner its steps, the nearest first."""
    found = _endings(partner_ids, days)
    spans = counted_spans(found.keys()) if found else {}
    changes = [
        _change(partner_id, on, endings, spans.get(partner_id, []))
        for partner_id, ends in found.items()
        for on, endings in sorted(ends.items())
    ]
    effects = [list(provider(changes)) for provider in providers()] if changes else []
    made: dict[UUID, list[Step]] = defaultdict(list)
    for place, change in enumerate(changes):
        made[change.partner_id].append(Step(change, [one for given in effects for one in given[place]]))
    return dict(made)


def _endings(partner_ids: Collection[UUID] | None, days: int) -> dict[UUID, dict[dt.date, list[Ending]]]:
    today = clock.today(require_tenant())
    found: dict[UUID, dict[dt.date, list[Ending]]] = defaultdict(lambda: defaultdict(list))
    for source in sources():
        for partner_id, endings in source(partner_ids, today, today + dt.timedelta(days=days)).items():
            for ending in endings:
                found[partner_id][ending.on].append(ending)
    return found


def _change(partner_id: UUID, on: dt.date, endings: Sequence[Ending], spans: Sequence[Span]) -> Change:
    day = on + dt.timedelta(days=1)
    now = counts_on(clock.today(require_tenant()), spans)
    return Change(partner_id, day, counts_on(on, spans), counts_on(day, spans), tuple(endings), now)


def certificates_ending(
    partner_ids: Collection[UUID] | None, first: dt.date, last: dt.date
) -> Mapping[UUID, Sequence[Ending]]:
    """Certificates of people who work at these partners on the last day, and that nobody has renewed."""
    spans = counted_spans(partner_ids)
    ending = {span.certificate_id for found in spans.values() for span in found if first <= span.ends <= last}
    rows = Certificate.objects.filter(pk__in=ending, status=CertificateStatus.VALID, expires_on__range=(first, last))
    known = {row.pk: row for row in rows.exclude(superseded()).select_related("person", "certification")}
    made: dict[UUID, list[Ending]] = defaultdict(list)
    for partner_id, found in spans.items():
        for span in found:
            row = known.get(span.certificate_id)
            if row is not None and row.expires_on == span.ends:
                made[partner_id].append(
                    Ending("certificate", row.pk, span.ends, row.certification.name, str(row.person))
                )
    return made


def people_lost(changes: Sequence[Change]) -> list[list[Effect]]:
    """The plainest effect: fewer certified people."""
    return [_lost(change) for change in changes]


def _lost(change: Change) -> list[Effect]:
    before, after = change.before.get("", 0), change.after.get("", 0)
    if before == after:
        return []
    text = _("Certified people: %(after)s instead of %(before)s") % {"before": before, "after": after}
    return [Effect("count", text)]


register_endings("certificates", certificates_ending)
register_effects("certified_people", people_lost)
