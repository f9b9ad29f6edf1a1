"""Figures that other systems tell, one at a time. Many at once are an import of the kind `metric_facts`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.metric_imports import CHANGED
from partners.metrics.facts import FACT_CODES
from partners.models import MetricFact, Partner
from prm.audit.services import record
from prm.errors import Forbidden, Invalid, NotFound
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.money import plain
from prm.outbox.services import emit

LIMIT = Decimal(10) ** 14


@transaction.atomic
def metric_fact_set(*, actor: Actor, partner_id: UUID, metric: str, as_of: dt.date, value: Decimal) -> MetricFact:
    """The figure of that day, replacing what was told before. Emits `partners.metrics.changed` when it differs."""
    if actor.is_partner:
        raise Forbidden
    actor.require(Right.SCORECARDS_EDIT)
    if metric not in FACT_CODES:
        raise Invalid(fields={"metric": [_("This metric takes no imported figures.")]})
    if not value.is_finite() or abs(value) >= LIMIT or value != round(value, 6):
        raise Invalid(fields={"value": [_("At most 14 digits before and 6 after the point.")]})
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    fact, created = MetricFact.objects.get_or_create(
        partner=partner, metric=metric, as_of=as_of, defaults={"value": value}
    )
    if not created and fact.value == value:
        return fact
    before = None if created else plain(fact.value)
    fact.value = value
    fact.save(update_fields=["value", "updated_at"])
    facts = {"metric": metric, "as_of": as_of.isoformat(), "before": before, "value": plain(value)}
    record(actor, "partners.metric_fact.set", partner, facts)
    emit(CHANGED, {"partner_id": str(partner.pk)})
    return fact
