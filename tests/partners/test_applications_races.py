"""Two at once, each with a connection of its own: one wins, the other is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from partners.models import Application, ApplicationForm, DuplicateCandidate, Partner
from partners.policies.applications import applicant
from partners.selectors.applications import link_find
from partners.services.application_review import application_approve, application_reject
from partners.services.applications import application_confirm, application_start
from partners.services.duplicates import candidate_merge, candidates_refresh
from partners.services.recruitment import forms_begin
from prm.errors import StateError
from prm.identity.models import Invitation
from prm.tenancy.context import tenant_context
from prm.testing.make import make_cast, make_tenant
from tests.partners.applying import SYSTEM, sent
from tests.rebates.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme() -> Any:
    return make_cast(make_tenant("acme"))


def test_of_two_reviewers_one_decides(acme: Any) -> None:
    with tenant_context(acme.tenant):
        key = sent().pk
    results = at_once(
        acme.tenant,
        lambda: application_approve(actor=acme.manager, application_id=key),
        lambda: application_reject(actor=acme.administrator, application_id=key, reason="other", text="No"),
        lambda: application_approve(actor=acme.administrator, application_id=key),
    )
    assert sum(isinstance(one, StateError) for one in results) == 2
    with tenant_context(acme.tenant):
        decided = Application.objects.get()
        approved = decided.status == "approved"
        assert decided.status in {"approved", "rejected"}
        assert Partner.objects.filter(status="contracting").count() == Invitation.objects.count() == int(approved)


def test_two_put_together_from_either_end_leave_one(acme: Any) -> None:
    with tenant_context(acme.tenant):
        first, second = sent(), sent("wang@shenjiang.example")
        candidates_refresh(first)
        ends = [(one, one.candidates.get()) for one in (first, second)]

    def merge(application: Application, candidate: DuplicateCandidate) -> Any:
        return candidate_merge(actor=acme.manager, application_id=application.pk, candidate_id=candidate.pk)

    results = at_once(acme.tenant, *(partial(merge, *end) for end in ends))
    assert sum(isinstance(one, StateError) for one in results) == 1
    with tenant_context(acme.tenant):
        assert sorted(Application.objects.values_list("status", flat=True)) == ["submitted", "withdrawn"]


def test_of_two_drafts_of_an_address_one_is_confirmed(acme: Any) -> None:
    with tenant_context(acme.tenant):
        forms_begin()

    def start() -> str:
        return application_start(actor=SYSTEM, slug="reseller", email="li@x.example", language="en")

    tokens = at_once(acme.tenant, start, start)

    def confirm(token: str) -> Application:
        draft = link_find(token).application
        return application_confirm(actor=applicant(draft), application_id=draft.pk)

    results = at_once(acme.tenant, *(partial(confirm, token) for token in tokens))
    assert sum(isinstance(one, StateError) for one in results) == 1
    with tenant_context(acme.tenant):
        assert sorted(Application.objects.values_list("number", flat=True)) == [1, 2]


def test_two_first_visitors_make_one_set_of_forms(acme: Any) -> None:
    at_once(acme.tenant, forms_begin, forms_begin, forms_begin)
    with tenant_context(acme.tenant):
        assert sorted(ApplicationForm.objects.values_list("slug", flat=True)) == ["reseller", "service"]
