"""Adding, changing, suspending partners and their tiers through the pages: refusals stand at their fields."""

from __future__ import annotations

import pytest
import time_machine

from partners.models import Partner, TierChange
from prm.audit.models import AuditEntry
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return Vendor(cast, World(cast.tenant))


FORM = {"name": "云岭科技", "code": "P-9", "country": "cn", "tags": "key；cloud; key", "tier": "gold"}


def partner(vendor: Vendor, code: str = "P-1") -> Partner:
    with vendor.inside():
        return Partner.objects.get(code=code)


def test_a_partner_is_added_with_its_tier(vendor: Vendor) -> None:
    response = post(vendor.manager, "manager:partner_new", **FORM)
    made = partner(vendor, "P-9")
    assert response.status_code == 302
    assert response.url == f"/m/partners/{made.pk}/"
    assert (made.name, made.country, made.tags) == ("云岭科技", "CN", ["cloud", "key"])
    with vendor.inside():
        assert TierChange.objects.get(partner=made).tier == "gold"


def test_sending_the_form_twice_adds_one(vendor: Vendor) -> None:
    post(vendor.manager, "manager:partner_new", **FORM)
    again = post(vendor.manager, "manager:partner_new", **FORM)
    assert again.status_code == 422
    with vendor.inside():
        assert Partner.objects.filter(code="P-9").count() == 1


@pytest.mark.parametrize(("changes", "field"), [({"name": ""}, "name"), ({"country": "XX"}, "country")])
def test_refusals_stand_at_their_fields(vendor: Vendor, changes: dict[str, str], field: str) -> None:
    response = post(vendor.manager, "manager:partner_new", **FORM | changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    with vendor.inside():
        assert not Partner.objects.filter(code="P-9").exists()


def test_editing_keeps_the_code(vendor: Vendor) -> None:
    one = partner(vendor)
    data = {"name": "New name", "code": "HACK", "region": "East", "country": "CN", "tags": ""}
    assert post(vendor.manager, "manager:partner_edit", one.pk, **data).status_code == 302
    changed = partner(vendor)
    assert (changed.name, changed.code) == ("New name", "P-1")


def test_suspending_needs_a_reason_and_leaves_a_trace(vendor: Vendor) -> None:
    one = partner(vendor)
    refused = post(vendor.manager, "manager:partner_status", one.pk, "suspend", reason="  ")
    assert refused.status_code == 422
    assert partner(vendor).status == "active"
    done = post(vendor.manager, "manager:partner_status", one.pk, "suspend", reason="No payments")
    assert done.status_code == 302
    assert partner(vendor).status == "suspended"
    with vendor.inside():
        entry = AuditEntry.objects.get(action="partners.partner.suspend")
    assert entry.data["reason"] == "No payments"
    assert "No payments" in text_of(get(vendor.manager, "manager:partner", one.pk))


def test_an_ended_partnership_cannot_be_suspended(vendor: Vendor) -> None:
    one = partner(vendor)
    post(vendor.manager, "manager:partner_status", one.pk, "end", reason="Over")
    late = post(vendor.manager, "manager:partner_status", one.pk, "suspend", reason="Late")
    assert late.status_code == 422
    assert partner(vendor).status == "ended"
    assert get(vendor.manager, "manager:partner_status", one.pk, "sell").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_tiers_are_set_and_taken_out(vendor: Vendor) -> None:
    one = partner(vendor)
    post(vendor.manager, "manager:tier_new", one.pk, tier="gold", valid_from="2026-01-01")
    post(vendor.manager, "manager:tier_new", one.pk, tier="platinum", valid_from="2026-07-01")
    with vendor.inside():
        last = TierChange.objects.get(partner=one, tier="platinum")
    page = get(vendor.manager, "manager:partner", one.pk)
    assert page.context["partner"].tier == "platinum"
    assert get(vendor.manager, "manager:tier_remove", one.pk, last.pk).status_code == 200
    post(vendor.manager, "manager:tier_remove", one.pk, last.pk)
    assert get(vendor.manager, "manager:partner", one.pk).context["partner"].tier == "gold"
    assert post(vendor.manager, "manager:tier_remove", one.pk, last.pk).status_code == 404


def test_a_tier_of_another_partner_is_not_found_there(vendor: Vendor) -> None:
    with vendor.inside():
        change = vendor.world.tier("P-2", "gold", "2026-01-01")
    assert post(vendor.manager, "manager:tier_remove", partner(vendor).pk, change.pk).status_code == 404


def test_filters_find_by_every_facet(vendor: Vendor) -> None:
    post(vendor.manager, "manager:partner_new", **FORM | {"type": "integrator", "region": "西南"})
    for query in (
        {"q": "云岭"},
        {"q": "P-9"},
        {"type": "integrator"},
        {"region": "西南"},
        {"tier": "gold"},
        {"tag": "cloud"},
    ):
        page = get(vendor.manager, "manager:partners", **query)
        assert [row.code for row in page.context["page"]] == ["P-9"], query
