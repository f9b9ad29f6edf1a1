"""Exits, suspensions, renewals and the directory through their pages; the link of a partner that has left."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from partners.bulk_work import bulk_run
from partners.data_export_work import data_export_run
from partners.models import BulkRun, DataExport, DirectoryView, Exit, Partner, Renewal, Suspension
from partners.services import bulk
from partners.services.data_exports import data_export_link
from partners.services.renewals import renewals_prepare, term_set
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.testing.make import Cast
from tests.portal.vendor import NOW, Vendor, get, post, text_of
from tests.rebates.world import World

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def vendor(cast: Cast):
    with time_machine.travel(NOW, tick=False):
        yield Vendor(cast, World(cast.tenant))


def test_an_exit_from_notice_to_the_link(vendor: Vendor) -> None:
    partner = vendor.cast.partner
    wrong = {"reason_code": "merger", "reason": "Sold", "notice_on": "2026-11-23", "last_day": "2026-11-22"}
    refused = post(vendor.manager, "manager:exit_start", partner.pk, **wrong)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["last_day"])
    started = post(vendor.manager, "manager:exit_start", partner.pk, **wrong | {"last_day": "2026-11-23"})
    with vendor.inside():
        found = Exit.objects.get()
    assert started.url == f"/m/exits/{found.pk}/"
    page = get(vendor.administrator, "manager:exit", found.pk)
    assert (page.context["left"], page.context["is_own"]) == (0, False)
    assert "exit" in {card.code for card in get(vendor.manager, "manager:partner", partner.pk).context["cards"]}
    own = vendor.client(Role.PARTNER_ADMINISTRATOR)
    assert "2026-11-23" in text_of(get(own, "partner:home"))
    assert post(own, "partner:exit").status_code == 302
    with vendor.inside():
        export = DataExport.objects.get()
        data_export_run(vendor.cast.tenant, export.pk)
    assert get(own, "partner:own_data", export.pk)["Content-Type"] == "application/zip"
    assert get(vendor.client(Role.PARTNER_SALES), "partner:exit").status_code == 403
    assert post(vendor.administrator, "manager:exit_finish", found.pk, reason="").status_code == 422
    assert post(vendor.administrator, "manager:exit_finish", found.pk, reason="Done").status_code == 302
    assert get(own, "partner:home").status_code in {302, 404}
    with vendor.inside():
        assert Partner.objects.get(pk=partner.pk).status == "ended"
        last = DataExport.objects.order_by("-created_at").first()
        data_export_run(vendor.cast.tenant, last.pk)
        _export, token = data_export_link(export_id=last.pk)
    stranger = vendor.cast.client(None)
    shown = get(stranger, "public:exit_data", token)
    assert last.name in text_of(shown)
    assert post(stranger, "public:exit_data", token)["Content-Disposition"].startswith("attachment")
    for wrong_token in ("x", token[:-1]):
        assert get(stranger, "public:exit_data", wrong_token).status_code == 404
        assert post(stranger, "public:exit_data", wrong_token).status_code == 404
    assert vendor.client(Role.ADMINISTRATOR).get("/exit-data/x/", SERVER_NAME="localhost").status_code == 404


def test_a_suspension_is_told_lifted_and_seen_by_the_partner(vendor: Vendor) -> None:
    partner = vendor.cast.partner
    order = {"scope": "payouts", "reason_code": "compliance", "reason": "Papers", "starts_on": "2026-11-23"}
    assert post(vendor.manager, "manager:suspension_new", partner.pk, **order | {"reason": ""}).status_code == 422
    assert post(vendor.manager, "manager:suspension_new", partner.pk, **order).status_code == 302
    again = post(vendor.manager, "manager:suspension_new", partner.pk, **order)
    assert again.status_code == 422
    assert "Papers" in text_of(get(vendor.client(Role.PARTNER_SALES), "partner:home"))
    with vendor.inside():
        row = Suspension.objects.get()
    assert post(vendor.manager, "manager:suspension_lift", row.pk, reason="Came").status_code == 302
    assert "Papers" not in text_of(get(vendor.client(Role.PARTNER_SALES), "partner:home"))


def test_the_directory_keeps_views_and_acts_on_what_is_ticked(vendor: Vendor) -> None:
    with vendor.inside():
        Partner.objects.filter(code="P-1").update(region="南区")
    listed = {"region": "南区"}
    page = get(vendor.manager, "manager:partners", **listed)
    assert [row.code for row in page.context["page"]] == ["P-1"]
    query = page.context["listed"].query
    kept = post(vendor.manager, "manager:view_new", listed=query, name="South", is_default="on")
    with vendor.inside():
        view = DirectoryView.objects.get()
    assert kept.url == f"/m/partners/?view={view.pk}"
    opened = get(vendor.manager, "manager:partners")
    assert ([row.code for row in opened.context["page"]], opened.context["listed"].view) == (["P-1"], view)
    assert len(get(vendor.manager, "manager:partners", all="1").context["page"]) == 2
    assert post(vendor.manager, "manager:view_new", listed=query, name="South").status_code == 422
    csv = get(vendor.manager, "manager:partners_csv", **listed)
    assert csv.content.decode("utf-8-sig").splitlines()[1].startswith("P-1,Blue Harbour")
    asked = post(vendor.manager, "manager:bulk", verb="tag_add", partner=[vendor.cast.partner.pk], listed=query)
    assert (asked.status_code, asked.context["count"]) == (200, 1)
    refused = post(vendor.manager, "manager:bulk", verb="tag_add", all="1", go="1", tag=" ", listed=query)
    assert refused.status_code == 422
    done = post(vendor.manager, "manager:bulk", verb="tag_add", all="1", go="1", tag="vip", listed=query)
    with vendor.inside():
        run = BulkRun.objects.get()
        assert list(Partner.objects.filter(tags=["vip"]).values_list("code", flat=True)) == ["P-1"]
    assert done.url == f"/m/partners/bulk/runs/{run.pk}/"
    assert "P-1" in text_of(get(vendor.manager, "manager:bulk_run", run.pk))
    assert post(vendor.manager, "manager:bulk_undo", run.pk).status_code == 302
    assert post(vendor.manager, "manager:bulk_undo", run.pk).status_code == 422
    with vendor.inside():
        assert Partner.objects.get(code="P-1").tags == []
    export = post(vendor.manager, "manager:bulk", verb="export", partner=[vendor.cast.other_partner.pk])
    assert len(export.content.decode("utf-8-sig").splitlines()) == 2
    for query_string in ("after=x", "view=x", "view=0199c0de-0000-7000-8000-000000000000", "sort=evil", "owner=x"):
        assert vendor.manager.get(f"/m/partners/?{query_string}").status_code == 200


def test_a_long_bulk_action_is_watched_until_it_is_done(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    post(vendor.manager, "manager:bulk", verb="tag_add", all="1", go="1", tag="vip", listed="")
    with vendor.inside():
        run = BulkRun.objects.get()
    assert 'hx-select="#bulk"' in text_of(get(vendor.manager, "manager:bulk_run", run.pk))
    bulk_run(vendor.cast.tenant, run.pk)
    ended = text_of(get(vendor.manager, "manager:bulk_run", run.pk))
    assert 'hx-select="#bulk"' not in ended
    assert reverse("manager:bulk_undo", args=[run.pk]) in ended


def test_a_renewal_is_decided_and_parting_leads_to_an_exit(vendor: Vendor) -> None:
    partner = vendor.cast.partner
    with vendor.inside():
        term_set(actor=vendor.cast.manager, partner_id=partner.pk, ends_on=dt.date(2026, 12, 24))
        renewals_prepare(actor=SYSTEM)
        row = Renewal.objects.get()
    listing = text_of(get(vendor.manager, "manager:renewals"))
    assert "Part ways" in listing
    assert "Nothing was sold in the last 12 months." in listing
    assert post(vendor.manager, "manager:renewal", row.pk, decision="exit", note="").status_code == 422
    decided = post(vendor.manager, "manager:renewal", row.pk, decision="exit", note="No business")
    assert decided.url == f"/m/partners/{partner.pk}/exit/new/"
    assert post(vendor.administrator, "manager:renewal", row.pk, decision="renew", note="Late").status_code == 422
    assert "No business" in text_of(get(vendor.manager, "manager:renewal", row.pk))


def test_the_reserve_is_shown_before_it_is_held(vendor: Vendor) -> None:
    vendor.history()
    with vendor.inside():
        first = vendor.world.sale("P-1", "2026-10-06", "1000", currency="CNY", external_id="S1")
        vendor.world.sale("P-1", "2026-10-07", "-500", currency="CNY", reverses=first.external_id)
        vendor.world.update()
    partner = vendor.cast.partner
    order = {"reason_code": "merger", "reason": "Sold", "notice_on": "2026-11-23", "last_day": "2026-12-31"}
    post(vendor.manager, "manager:exit_start", partner.pk, **order)
    page = get(vendor.finance, "manager:exit_reserve", partner.pk)
    assert len(page.context["plan"]) == 1
    assert get(vendor.manager, "manager:exit_reserve", partner.pk).status_code == 403
    assert post(vendor.finance, "manager:exit_reserve", partner.pk, window_days="0").status_code == 422
    assert post(vendor.finance, "manager:exit_reserve", partner.pk, window_days="90").status_code == 302
    assert post(vendor.finance, "manager:exit_reserve", partner.pk, window_days="90").status_code == 422
    with vendor.inside():
        found = Exit.objects.get()
    text = text_of(get(vendor.manager, "manager:exit", found.pk))
    assert "Reserve for returns" in text
