"""Two people of the partner agree to a plan at once: it is agreed once."""

from __future__ import annotations

import pytest
import time_machine

from partners.models import PlanConsent
from partners.services.plans_agreeing import plan_agree
from prm.tenancy.context import tenant_context
from prm.testing.make import make_cast, make_tenant
from tests.partners.test_plans import NOW, proposed
from tests.rebates.test_races import at_once


@pytest.mark.django_db(transaction=True)
def test_two_people_agree_at_once() -> None:
    with time_machine.travel(NOW, tick=True):
        cast = make_cast(make_tenant("acme"))
        with tenant_context(cast.tenant):
            plan = proposed(cast)
            sha256 = plan.versions.get().sha256
        calls = [lambda: plan_agree(actor=cast.partner_administrator, plan_id=plan.pk, sha256=sha256)] * 2
        results = at_once(cast.tenant, *calls)
        with tenant_context(cast.tenant):
            assert PlanConsent.objects.count() == 1
    assert sorted(type(one).__name__ for one in results) == ["BusinessPlan", "StateError"]
