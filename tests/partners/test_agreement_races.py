"""Two people at once, on two connections: one signature, one order, one end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from partners.models import Agreement, Entitlement, Signature
from partners.services.agreement_signing import (
    agreement_countersign,
    agreement_decline_by_link,
    agreement_sign_by_link,
)
from partners.services.agreement_watch import agreements_watch
from partners.services.agreements import agreement_draft, agreement_void
from prm.errors import DomainError
from prm.identity.actor import Actor
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.testing.make import Cast, make_cast, make_tenant
from tests.partners.agreement_world import PROOF, link_of, make_active, make_sent, make_template, sign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vendor(transactional_db: None) -> Cast:
    """No tenant is active: its context is a transaction, and what the two connections see must be committed."""
    return make_cast(make_tenant("acme"))


def inside(cast: Cast) -> Any:
    return tenant_context(cast.tenant)


def both(tenant: Tenant, *acts: Callable[[], Any]) -> list[str]:
    """Run the acts at once, each on a connection of its own; what each came to, by the code of its error."""
    ready, ends = Barrier(len(acts)), ["" for _act in acts]

    def run(place: int) -> None:
        try:
            with tenant_context(tenant):
                ready.wait(timeout=20)
                acts[place]()
                ends[place] = "done"
        except DomainError as error:
            ends[place] = error.code
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(ends)


def test_a_signer_who_clicks_twice_signs_once(vendor: Cast) -> None:
    with inside(vendor):
        make_sent(vendor)
        token = link_of()

    def act() -> Any:
        return agreement_sign_by_link(token=token, proof=PROOF)

    assert both(vendor.tenant, act, act) == ["already_signed", "done"]
    with inside(vendor):
        assert Signature.objects.count() == 1
        assert Message.objects.filter(topic="partners.agreement.signed").count() == 1


def test_two_of_the_vendor_countersign_once(vendor: Cast) -> None:
    with inside(vendor):
        agreement = make_sent(vendor)
        sign()

    def act(actor: Actor) -> Callable[[], Any]:
        return lambda: agreement_countersign(actor=actor, agreement_id=agreement.pk, proof=PROOF)

    assert both(vendor.tenant, act(vendor.manager), act(vendor.administrator)) == ["already_signed", "done"]
    with inside(vendor):
        assert Signature.objects.count() == 2
        assert Message.objects.filter(topic="partners.agreement.activated").count() == 1


def test_declined_or_voided_but_only_one_of_them(vendor: Cast) -> None:
    with inside(vendor):
        agreement = make_sent(vendor)
        token = link_of()
    ends = both(
        vendor.tenant,
        lambda: agreement_decline_by_link(token=token, reason="No"),
        lambda: agreement_void(actor=vendor.manager, agreement_id=agreement.pk, reason="A mistake"),
    )
    assert ends.count("done") == 1
    with inside(vendor):
        agreement.refresh_from_db()
        assert agreement.status in {"declined", "voided"}
        told = Message.objects.filter(topic__in=["partners.agreement.declined", "partners.agreement.voided"])
        assert told.count() == 1


def test_numbers_are_given_once(vendor: Cast) -> None:
    with inside(vendor):
        template = make_template(vendor)

    def act() -> Any:
        return agreement_draft(actor=vendor.manager, partner_id=vendor.partner.pk, template_id=template.pk)

    assert both(vendor.tenant, act, act, act) == ["done"] * 3
    with inside(vendor):
        assert sorted(Agreement.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_two_watches_end_it_once(vendor: Cast) -> None:
    with inside(vendor):
        make_active(vendor)
        Agreement.objects.update(active_from="2020-01-01", active_to="2020-12-31")
        Entitlement.objects.update(valid_from="2020-01-01", valid_to="2020-12-31")

    def act() -> Any:
        return agreements_watch(actor=Actor.system("partners.watch"))

    assert both(vendor.tenant, act, act) == ["done", "done"]
    with inside(vendor):
        assert Message.objects.filter(topic="partners.agreement.ended").count() == 1
        assert Agreement.objects.get().status == "expired"
