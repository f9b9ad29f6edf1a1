"""The metrics of this app: people, and figures that other systems tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partners.counted import COUNTED_SQL
from partners.metrics.facts import fact_freshness, latest_fact, sum_of_facts
from partners.metrics.registry import Better, Metric, Only, Sql, Unit, register
from partners.metrics.values import within
from partners.metrics.windows import Window
from prm import clock


def active_people(window: Window, only: Only) -> Sql:
    """Who has access now: memberships keep no history of being switched off."""
    where, own = within("m.partner_id", only)
    return (
        (
            "SELECT m.partner_id, count(*), 0::bigint FROM identity_membership m"
            f" WHERE m.partner_id IS NOT NULL AND m.is_active AND {where} GROUP BY m.partner_id"
        ),
        list(own),
    )


def certified_people(window: Window, only: Only) -> Sql:
    """People with a certificate that counts for the partner on the window's last day, each once."""
    where, own = within("q.partner_id", only)
    return (
        (
            "SELECT c.partner_id, count(DISTINCT c.person_id), 0::bigint"
            f" FROM ({COUNTED_SQL.format(partners=where)}) c"
            " WHERE %s::date BETWEEN c.starts AND c.ends GROUP BY c.partner_id"
        ),
        [*own, window.until],
    )


def certificates_fresh() -> dt.datetime | None:
    """When the newest certificate was entered."""
    from partners.models import Certificate

    newest = Certificate.objects.order_by("-created_at").values_list("created_at", flat=True)
    return newest.first()


def _now() -> dt.datetime | None:
    return clock.now()


register(Metric(
    code="active_people",
    name=_("People with access"),
    definition=_("People of the partner who can sign in to the portal today."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=_("Channel management"),
    source=_("The partner's team in the portal"),
    query=active_people,
    freshness=_now,
    absent=Decimal(0),
    has_history=False,
    lowest=Decimal(0),
))  # fmt: skip

register(Metric(
    code="satisfaction",
    name=_("Customer satisfaction"),
    definition=_("The newest customer satisfaction score of the window, as the survey system told it."),
    unit=Unit.SCORE,
    better=Better.UP,
    owner=_("Customer success"),
    source=_("Imported figures"),
    query=latest_fact("satisfaction"),
    freshness=fact_freshness("satisfaction"),
    adds=False,
    lowest=Decimal(0),
))  # fmt: skip

register(Metric(
    code="deals_registered",
    name=_("Deals registered"),
    definition=_("Deals that the partner registered and that were accepted, added up over the window."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=_("Channel management"),
    source=_("Imported figures"),
    query=sum_of_facts("deals_registered"),
    freshness=fact_freshness("deals_registered"),
    absent=Decimal(0),
    lowest=Decimal(0),
))  # fmt: skip

register(Metric(
    code="certified_people",
    name=_("Certified people"),
    definition=_("People who work for the partner on the last day of the window with a certificate that is valid "
                 "then."),
    unit=Unit.COUNT,
    better=Better.UP,
    owner=_("Partner enablement"),
    source=_("Certificates"),
    query=certified_people,
    freshness=certificates_fresh,
    absent=Decimal(0),
    lowest=Decimal(0),
))  # fmt: skip
