"""Partner companies by hand: who may, what is checked, what is told, and what lists cost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from partners.models import Partner
from partners.selectors import partners as selectors
from partners.services import partners as services
from partners.states.partner import SINCE_EVER
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound, StateError
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_tenant


@pytest.fixture
def acme(cast: Cast):
    with tenant_context(cast.tenant):
        yield cast


def topics() -> list[str]:
    return list(Message.objects.order_by("created_at").values_list("topic", flat=True))


def test_create_change_and_tiers_are_recorded_and_told(acme: Cast) -> None:
    partner = services.partner_create(
        actor=acme.manager, code=" N-1 ", name="New", country="CN", tags=["b", "a", "b "], tier="gold"
    )
    assert (partner.code, partner.tags) == ("N-1", ["a", "b"])
    services.partner_update(actor=acme.manager, partner_id=partner.pk, name="Newer", tags=["b", "a"])
    services.partner_update(actor=acme.manager, partner_id=partner.pk, name="Newer")
    services.tier_set(actor=acme.manager, partner_id=partner.pk, tier="platinum", valid_from=dt.date(2026, 1, 1))
    change = services.tier_set(actor=acme.manager, partner_id=partner.pk, tier="silver", valid_from=dt.date(2026, 1, 1))
    history = selectors.tier_history(acme.manager, partner.pk)
    assert [(row.valid_from, row.tier) for row in history] == [(dt.date(2026, 1, 1), "silver"), (SINCE_EVER, "gold")]
    assert selectors.partner_get(acme.manager, partner.pk).tier == "silver"
    services.tier_unset(actor=acme.manager, tier_change_id=change.pk)
    assert selectors.partner_get(acme.manager, partner.pk).tier == "gold"
    assert topics() == [
        "partners.partner.created",
        "partners.tier.changed",
        "partners.partner.changed",
        "partners.tier.changed",
        "partners.tier.changed",
        "partners.tier.changed",
    ]
    told = Message.objects.order_by("-created_at").first()
    assert told.payload == {"partner_id": str(partner.pk), "since": "2026-01-01"}
    assert AuditEntry.objects.filter(target_id=str(partner.pk)).count() == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "cn"}, "country"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"code": "Z"}, "code"),
        ({"status": "ended"}, "status"),
    ],
)
def test_wrong_values_are_refused_by_field(acme: Cast, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.partner_update(actor=acme.manager, partner_id=acme.partner.pk, **changes)
    assert list(caught.value.fields) == [field]
    assert Partner.objects.get(pk=acme.partner.pk).name == "Blue Harbour"


def test_a_taken_code_is_a_conflict(acme: Cast) -> None:
    with pytest.raises(Conflict) as caught, transaction.atomic():
        services.partner_create(actor=acme.manager, code="P-1", name="Again")
    assert "code" in caught.value.fields


def test_states_follow_the_table_and_need_a_reason(acme: Cast) -> None:
    call = {"actor": acme.manager, "partner_id": acme.partner.pk}
    with pytest.raises(Invalid):
        services.partner_change_status(**call, verb="suspend", reason=" ")
    services.partner_change_status(**call, verb="suspend", reason="unpaid")
    services.partner_change_status(**call, verb="resume", reason="paid")
    services.partner_change_status(**call, verb="end", reason="gone")
    with pytest.raises(StateError):
        services.partner_change_status(**call, verb="resume", reason="back")
    assert Partner.objects.get(pk=acme.partner.pk).status == "ended"


def test_who_may(acme: Cast, rival_cast: Cast) -> None:
    finance, own = acme.finance, acme.actor(Role.PARTNER_SALES)
    for actor in (finance, acme.actor(Role.MARKETING), own):
        with pytest.raises(Forbidden):
            services.partner_update(actor=actor, partner_id=acme.partner.pk, name="X")
    assert selectors.partner_list(own).count() == 1
    assert selectors.partner_get(own, acme.partner.pk).code == "P-1"
    for partner_id in (acme.other_partner.pk, rival_cast.partner.pk):
        with pytest.raises(NotFound):
            selectors.partner_get(own, partner_id)
    with pytest.raises(NotFound):
        services.partner_update(actor=acme.manager, partner_id=rival_cast.partner.pk, name="X")


def test_lists_filter_and_cost_one_query(acme: Cast, django_assert_num_queries) -> None:
    services.tier_set(actor=acme.manager, partner_id=acme.partner.pk, tier="gold", valid_from=SINCE_EVER)
    services.tier_set(actor=acme.manager, partner_id=acme.partner.pk, tier="later", valid_from=dt.date(2999, 1, 1))
    services.partner_update(actor=acme.manager, partner_id=acme.partner.pk, tags=["cloud"], region="南区")

    def codes(**filters: str) -> list[str]:
        return [partner.code for partner in selectors.partner_list(acme.manager, **filters)]

    with django_assert_num_queries(1):
        rows = list(selectors.partner_list(acme.manager))
    assert [(partner.code, partner.tier) for partner in rows] == [("P-1", "gold"), ("P-2", "")]
    assert codes(tier="gold") == codes(tag="cloud") == codes(region="南区") == ["P-1"]
    assert codes(search="HARB") == codes(search="p-1") == ["P-1"]
    assert codes(search="p-") == ["P-1", "P-2"]
    assert codes(search="bridge", status="active", type="reseller", country="CN") == ["P-2"]
    assert codes(search="100%") == codes(status="ended") == []
    assert selectors.partner_facets(acme.manager) == {
        "type": ["reseller"],
        "region": ["East", "南区"],
        "country": ["CN"],
        "tag": ["cloud"],
        "tier": ["gold", "later"],
    }


@pytest.mark.django_db(transaction=True)
def test_search_among_100_000_partners_uses_indexes(admin_db) -> None:
    """Under row security only leakproof operators can; a vendor next door has as many."""
    acme = make_cast(make_tenant("acme"))
    with admin_db.cursor() as cursor:
        for tenant in (acme.tenant, make_tenant("rival")):
            cursor.execute(
                "INSERT INTO partners_partner (id, tenant_id, code, name, legal_name, type, region, country, tags,"
                " status, created_at, updated_at)"
                " SELECT uuidv7(), %s, 'Q' || i, 'Company ' || md5(i::text), '', '', '',"
                " '', '{}', 'active', now(), now() FROM generate_series(1, 100000) i",
                [str(tenant.pk)],
            )
        cursor.execute("ANALYZE partners_partner")
    with tenant_context(acme.tenant):
        rows = selectors.partner_list(acme.manager, search="company 1f3")
        plan = rows.explain(analyze=True)
        found = {partner.name[:11] for partner in rows}
    assert "partner_name_folded" in plan, plan
    assert "Seq Scan on partners_partner" not in plan, plan
    assert float(plan.rsplit("Execution Time:", 1)[1].split()[0]) < 50, plan
    assert found == {"Company 1f3"}
