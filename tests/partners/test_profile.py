"""Company profiles: who may write them, one main location, the vendor's list of specialisations."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from partners.models import Location
from partners.selectors.profile import location_list, profile_completeness, profile_get, specialisations_of
from partners.services.profile import (
    location_add,
    location_remove,
    location_update,
    profile_update,
    specialisation_save,
    specialisations_set,
)
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, Invalid, NotFound
from prm.identity.rights import Role
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_tenant


@pytest.fixture
def acme(cast: Cast) -> Any:
    with tenant_context(cast.tenant):
        yield cast


def place(cast: Cast, name: str, **more: Any) -> Location:
    fields = {"name": name, "city": "上海", "country": "CN"}
    return location_add(actor=cast.partner_administrator, partner_id=cast.partner.pk, **fields | more)


def test_a_partner_tells_of_itself_and_only_differences_are_kept(acme: Cast) -> None:
    told = {"website": "https://blue.example", "phone": " +86 21 5555 0100 ", "employees": 120, "is_public": True}
    profile = profile_update(actor=acme.partner_administrator, partner_id=acme.partner.pk, **told)
    profile_update(actor=acme.manager, partner_id=acme.partner.pk, **told)
    assert (profile.phone, profile.employees) == ("+86 21 5555 0100", 120)
    [entry] = AuditEntry.objects.filter(action="partners.profile.changed")
    assert entry.data["website"] == ["", "https://blue.example"]
    assert Message.objects.filter(topic="partners.profile.changed").count() == 1
    assert profile_get(acme.finance, acme.partner.pk).website == "https://blue.example"
    assert profile_get(acme.finance, acme.other_partner.pk).website == ""
    assert profile_completeness(acme.manager, acme.partner.pk) == 33


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://a.example"}, "website"),
        ({"phone": "call me"}, "phone"),
        ({"employees": 0}, "employees"),
        ({"blurb_en": "x" * 601}, "blurb_en"),
        ({"is_public": True}, "is_public"),
        ({"code": "P-9"}, "code"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(acme: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        profile_update(actor=acme.manager, partner_id=acme.partner.pk, **changes)
    assert list(caught.value.fields) == [field]


def test_who_may(acme: Cast) -> None:
    for role in (Role.PARTNER_SALES, Role.PARTNER_FINANCE, Role.FINANCE, Role.MARKETING):
        with pytest.raises(Forbidden):
            profile_update(actor=acme.actor(role), partner_id=acme.partner.pk, phone="5555")
    with pytest.raises(NotFound):
        profile_update(actor=acme.partner_administrator, partner_id=acme.other_partner.pk, phone="5555")
    with pytest.raises(NotFound):
        profile_get(acme.partner_administrator, acme.other_partner.pk)
    with pytest.raises(Forbidden):
        specialisation_save(actor=acme.partner_administrator, code="cloud", name_en="Cloud")


def test_one_location_is_the_main_one_at_any_time(acme: Cast) -> None:
    first, second = place(acme, "HQ"), place(acme, "Branch")
    assert (first.is_main, second.is_main) == (True, False)
    location_update(actor=acme.manager, partner_id=acme.partner.pk, location_id=second.pk, is_main=True)
    assert [one.name for one in location_list(acme.manager, acme.partner.pk)] == ["Branch", "HQ"]
    with pytest.raises(Invalid):
        location_update(actor=acme.manager, partner_id=acme.partner.pk, location_id=second.pk, is_main=False)
    location_remove(actor=acme.manager, partner_id=acme.partner.pk, location_id=second.pk)
    assert Location.objects.get().is_main
    with pytest.raises(Invalid) as caught:
        place(acme, "Nowhere", country="XX")
    assert list(caught.value.fields) == ["country"]


def test_specialisations_are_of_the_vendors_list(acme: Cast) -> None:
    for code in ("cloud", "edge"):
        specialisation_save(actor=acme.manager, code=code, name_en=code.title(), name_zh="云")
    with pytest.raises(Conflict):
        specialisation_save(actor=acme.manager, code="cloud", name_en="Again")
    both = specialisations_set(actor=acme.partner_administrator, partner_id=acme.partner.pk, codes=["edge", "cloud"])
    assert [one.code for one in both] == ["cloud", "edge"]
    ended = both[0]
    specialisation_save(actor=acme.manager, code="cloud", name_en="Cloud", is_active=False, specialisation_id=ended.pk)
    specialisations_set(actor=acme.partner_administrator, partner_id=acme.partner.pk, codes=["cloud"])
    assert [one.code for one in specialisations_of(acme.manager, acme.partner.pk)] == ["cloud"]
    for codes in (["cloud"], ["unknown"]):
        with pytest.raises(Invalid):
            specialisations_set(actor=acme.manager, partner_id=acme.other_partner.pk, codes=codes)


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_first_location_at_once_make_one_main() -> None:
    cast = make_cast(make_tenant("acme"))
    barrier = threading.Barrier(2, timeout=20)

    def add(name: str) -> None:
        try:
            barrier.wait()
            with transaction.atomic(), tenant_context(cast.tenant):
                place(cast, name)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(name,)) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with tenant_context(cast.tenant):
        assert sorted(Location.objects.values_list("is_main", flat=True)) == [False, True]
