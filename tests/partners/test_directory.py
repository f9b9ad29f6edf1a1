"""The directory: filters, pages by key, facets and plans under row security; views; acts on many partners at once."""

from __future__ import annotations

import datetime as dt
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from partners import bulk_work
from partners.models import BulkRow, BulkRun, Partner, PartnerTag, Suspension
from partners.selectors import directory as selectors
from partners.services import bulk, directory
from partners.services.suspensions import suspension_start
from prm.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Role
from prm.notifications.models import Notice
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_partner, make_tenant

NOW = "2026-11-23T04:00:00Z"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def acme(cast: Cast):
    with time_machine.travel(NOW, tick=False), tenant_context(cast.tenant):
        yield cast


def codes(acme: Cast, **filters: str) -> list[str]:
    return [one.code for one in selectors.directory_page(acme.manager, filters).rows]


def walked(acme: Cast, sort: str, size: int, **filters: str) -> list[str]:
    found, after = [], ""
    for _page in range(100):
        page = selectors.directory_page(acme.manager, filters, sort=sort, after=after, size=size)
        found += [one.code for one in page.rows]
        after = page.after
        if not after:
            return found
    raise AssertionError("the directory never ends")


def test_every_filter_and_tags_follow_their_partner(acme: Cast) -> None:
    one = Partner.objects.get(pk=acme.partner.pk)
    person = acme.user(Role.CHANNEL_MANAGER)
    one.tags, one.region, one.manager, one.renewal_on = ["cloud", "vip"], "South", person, TODAY + dt.timedelta(days=20)
    one.save()
    one.tier_changes.create(tier="gold", valid_from=dt.date(2026, 1, 1))
    other = Partner.objects.get(pk=acme.other_partner.pk)
    other.tier_changes.create(tier="gold", valid_from=dt.date(2025, 1, 1))
    other.tier_changes.create(tier="silver", valid_from=dt.date(2026, 6, 1))
    other.tier_changes.create(tier="gold", valid_from=dt.date(2027, 1, 1))
    suspension_start(
        actor=acme.manager, partner_id=other.pk, scope="payouts", reason_code="other", reason="Look"
    )  # fmt: skip
    for filters in (
        {"tag": "cloud"}, {"region": "South"}, {"owner": "me"}, {"owner": str(person.pk)}, {"ending": "30"},
        {"tier": "gold"}, {"q": "harb"}, {"q": "p-1"}, {"tag": "vip", "tier": "gold"},
    ):  # fmt: skip
        assert codes(acme, **filters) == ["P-1"], filters
    for filters in ({"tier": "silver"}, {"owner": "none"}, {"held": "payouts"}):
        assert codes(acme, **filters) == ["P-2"], filters
    for filters in ({"held": "leads"}, {"ending": "over"}, {"owner": "nonsense"}, {"tag": "clo"}, {"tier": "bronze"}):
        assert codes(acme, **filters) == [], filters
    assert codes(acme, nonsense="x") == ["P-1", "P-2"]
    facets = selectors.directory_facets(acme.manager)
    assert facets == {
        "type": ["reseller"], "region": ["East", "South"], "country": ["CN"], "tag": ["cloud", "vip"],
        "tier": ["gold", "silver"],
    }  # fmt: skip
    one.tags = ["vip", "new"]
    one.save()
    assert sorted(PartnerTag.objects.values_list("tag", flat=True)) == ["new", "vip"]
    Partner.objects.filter(pk=one.pk).update(tags=[])
    assert not PartnerTag.objects.exists()


def test_pages_join_in_every_order(acme: Cast) -> None:
    for number in range(23):
        make_partner(acme.tenant, f"Q-{number:02}", name=f"Same {number % 3}", region=f"R{number % 4}", type="")
    for sort in selectors.SORTS:
        whole = walked(acme, sort, 100)
        assert len(whole) == 25
        assert walked(acme, sort, 4) == whole
        assert walked(acme, f"-{sort}", 7) == whole[::-1]
    assert walked(acme, "nonsense", 10) == walked(acme, "name", 10)
    for wrong in ("x", "W10", "é"):
        with pytest.raises(Invalid):
            selectors.directory_page(acme.manager, {}, after=wrong)
    for actor in (acme.partner_administrator, acme.actor(Role.PARTNER_SALES)):
        with pytest.raises(Forbidden):
            selectors.directory_page(actor, {})


def test_a_page_and_the_facets_cost_a_fixed_number_of_statements(acme: Cast) -> None:
    for number in range(60):
        make_partner(acme.tenant, f"Q-{number:02}")
    with CaptureQueriesContext(connection) as page:
        selectors.directory_page(acme.manager, {"status": "active"})
    with CaptureQueriesContext(connection) as facets:
        selectors.directory_facets(acme.manager)
    assert (len(page), len(facets)) == (1, 1)


FILL = """
    INSERT INTO partners_partner
        (id, tenant_id, code, name, legal_name, type, region, country, tags, status, created_at, updated_at)
    SELECT uuidv7(), %(tenant)s, 'B-' || i, 'Company ' || md5(i::text), '', 'T' || i %% 9, 'R' || i %% 30, 'CN',
           ARRAY['t' || i %% 200], 'active', now(), now()
    FROM generate_series(1, %(count)s) AS i
"""


@pytest.mark.django_db(transaction=True)
def test_every_order_and_filter_is_answered_by_an_index_under_row_security(admin_db: Any) -> None:
    cast = make_cast(make_tenant("acme"))
    with admin_db.cursor() as cursor:
        cursor.execute(FILL, {"tenant": str(cast.tenant.pk), "count": 30_000})
        cursor.execute("ANALYZE partners_partner, partners_partnertag, partners_tierchange, partners_suspension")
    cases: list[tuple[str, dict[str, str]]] = [(sort, {}) for sort in selectors.SORTS]
    cases += [("-name", {}), ("name", {"tag": "t7"}), ("name", {"region": "R3"}), ("name", {"owner": "me"}),
              ("name", {"tier": "gold"}), ("name", {"held": "payouts"}), ("name", {"q": "company 1"})]  # fmt: skip
    with tenant_context(cast.tenant):
        for sort, filters in cases:
            with CaptureQueriesContext(connection) as queries:
                page = selectors.directory_page(cast.manager, filters, sort=sort)
                if page.after:
                    selectors.directory_page(cast.manager, filters, sort=sort, after=page.after)
            for query in queries.captured_queries:
                if "name_folded" in query["sql"]:
                    assert_plan(query["sql"], (sort, filters))
        facets = selectors.directory_facets(cast.manager)
        assert (len(facets["type"]), len(facets["region"]), len(facets["tag"])) == (10, 31, 200)


def assert_plan(sql: str, case: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on partners_partner" not in plan, f"{case}\n{plan}"
    assert "Rows Removed by Filter: 2" not in plan or "loops=1" not in plan, f"{case}\n{plan}"


def test_views_are_own_or_shared_and_one_opens_first(acme: Cast) -> None:
    own = directory.view_save(
        actor=acme.manager, name=" Mine ", filters={"owner": "me", "nonsense": "x", "tier": ""}, sort="-since"
    )  # fmt: skip
    assert (own.name, own.filters, own.columns) == ("Mine", {"owner": "me"}, list(selectors.USUAL))
    shared = directory.view_save(
        actor=acme.administrator, name="East", filters={"region": "East"}, columns=["status", "code"], is_shared=True
    )  # fmt: skip
    assert shared.columns == ["code", "status"]
    assert [one.name for one in selectors.view_list(acme.manager)] == ["East", "Mine"]
    assert [one.name for one in selectors.view_list(acme.administrator)] == ["East"]
    with pytest.raises(NotFound):
        directory.view_remove(actor=acme.administrator, view_id=own.pk)
    marketing = acme.actor(Role.MARKETING)
    with pytest.raises(Forbidden):
        directory.view_save(actor=marketing, name="X", filters={}, is_shared=True)
    with pytest.raises(NotFound):
        directory.view_remove(actor=marketing, view_id=shared.pk)
    for changes, field in (
        ({"name": ""}, "name"), ({"name": "Mine"}, "name"), ({"columns": ["x"]}, "columns"), ({"sort": "x"}, "sort"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            directory.view_save(actor=acme.manager, **{"name": "N", "filters": {}} | changes)
        assert list(caught.value.fields) == [field]
    directory.view_default_set(actor=acme.manager, view_id=shared.pk)
    directory.view_default_set(actor=acme.manager, view_id=own.pk)
    assert selectors.view_default(acme.manager) == own
    directory.view_remove(actor=acme.manager, view_id=own.pk)
    assert selectors.view_default(acme.manager) is None


def outcomes(run: BulkRun) -> dict[str, str]:
    return dict(BulkRow.objects.filter(run=run).values_list("partner__code", "outcome"))


def test_owners_are_assigned_and_put_back_except_where_somebody_was_faster(acme: Cast) -> None:
    person, other = acme.user(Role.CHANNEL_MANAGER), acme.user(Role.ADMINISTRATOR)
    Partner.objects.filter(code="P-2").update(manager=person)
    run = bulk.bulk_start(actor=acme.manager, verb="assign", data={"owner": str(person.pk)}, filters={"country": "CN"})
    assert (run.status, run.total, outcomes(run)) == ("done", 2, {"P-1": "done", "P-2": "same"})
    assert set(Partner.objects.values_list("manager_id", flat=True)) == {person.pk}
    third = make_partner(acme.tenant, "P-3")
    second = bulk.bulk_start(
        actor=acme.administrator, verb="assign", data={"owner": str(other.pk)}, ids=[acme.partner.pk, third.pk, uuid4()]
    )  # fmt: skip
    directory.partner_assign(actor=acme.manager, partner_id=third.pk, manager_id=person.pk)
    bulk.bulk_undo(actor=acme.administrator, run_id=second.pk)
    assert outcomes(second) == {"P-1": "undone", "P-3": "kept"}
    assert dict(Partner.objects.values_list("code", "manager__email")) == dict.fromkeys(
        ("P-1", "P-2", "P-3"), person.email
    )
    with pytest.raises(StateError):
        bulk.bulk_undo(actor=acme.administrator, run_id=second.pk)


def test_tags_suspensions_and_messages(acme: Cast) -> None:
    call = {"actor": acme.manager, "filters": {}}
    tagged = bulk.bulk_start(**call, verb="tag_add", data={"tag": " vip "})
    assert set(Partner.objects.values_list("tags", flat=True).distinct()[0]) == {"vip"}
    bulk.bulk_undo(actor=acme.manager, run_id=tagged.pk)
    assert not PartnerTag.objects.exists()
    Partner.objects.filter(code="P-2").update(status="ended")
    held = {"scope": "leads", "reason_code": "conduct", "reason": "Broke the rules"}
    run = bulk.bulk_start(**call, verb="suspend", data=held)
    assert outcomes(run) == {"P-1": "done", "P-2": "refused"}
    assert BulkRow.objects.get(run=run, outcome="refused").message == "The partnership has ended."
    bulk.bulk_undo(actor=acme.manager, run_id=run.pk)
    assert Suspension.objects.get().status == "lifted"
    told = bulk.bulk_start(**call, verb="notify", data={"subject": "Prices", "text": "New list"})
    assert outcomes(told) == {"P-1": "done", "P-2": "refused"}
    notice = Notice.objects.get(kind="partners.bulk.message")
    assert (notice.user, notice.data["subject"]) == (acme.user(Role.PARTNER_ADMINISTRATOR), "Prices")
    with pytest.raises(StateError):
        bulk.bulk_undo(actor=acme.manager, run_id=told.pk)


@pytest.mark.parametrize(
    ("verb", "data", "field"),
    [
        ("sell", {}, "verb"), ("assign", {"owner": "x"}, "owner"), ("assign", {"owner": str(uuid4())}, "owner"),
        ("tag_add", {"tag": " "}, "tag"), ("tag_add", {"tag": "a;b"}, "tag"), ("notify", {"text": "x"}, "subject"),
        ("notify", {"subject": "x"}, "text"), ("suspend", {"scope": "x"}, "scope"),
        ("suspend", {"scope": "all", "reason_code": "other"}, "reason"),
    ],
)  # fmt: skip
def test_wrong_orders_touch_nobody(acme: Cast, verb: str, data: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        bulk.bulk_start(actor=acme.manager, verb=verb, data=data, filters={})
    assert list(caught.value.fields) == [field]
    assert not BulkRun.objects.exists()


def test_who_may_act_on_many(acme: Cast, rival_cast: Cast) -> None:
    call = {"verb": "tag_add", "data": {"tag": "x"}}
    for actor in (acme.finance, acme.partner_administrator, acme.actor(Role.MARKETING)):
        with pytest.raises(Forbidden):
            bulk.bulk_start(actor=actor, filters={}, **call)
    with pytest.raises(Invalid):
        bulk.bulk_start(actor=acme.manager, ids=[rival_cast.partner.pk], **call)
    with pytest.raises(Invalid):
        bulk.bulk_start(actor=acme.manager, ids=[], **call)


def test_many_are_done_in_chunks_and_go_on_after_a_kill(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        make_partner(acme.tenant, f"Q-{number}")
    monkeypatch.setattr(bulk, "AT_ONCE", 5)
    monkeypatch.setattr(bulk, "CHUNK", 4)
    run = bulk.bulk_start(actor=acme.manager, verb="tag_add", data={"tag": "big"}, filters={})
    assert (run.status, set(outcomes(run).values())) == ("running", {"waiting"})
    whole, calls = bulk.bulk_chunk, []

    def killed(found: BulkRun, actor: Actor) -> int:
        calls.append(found.pk)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return whole(found, actor)

    monkeypatch.setattr(bulk_work, "bulk_chunk", killed)
    with pytest.raises(RuntimeError):
        bulk_work.bulk_run(acme.tenant, run.pk)
    assert sorted(outcomes(run).values()).count("done") == 4
    bulk_work.bulk_run(acme.tenant, run.pk)
    run.refresh_from_db()
    assert (run.status, set(outcomes(run).values()), run.attempts) == ("done", {"done"}, 2)
    assert PartnerTag.objects.filter(tag="big").count() == 11


@pytest.mark.django_db(transaction=True)
def test_two_people_act_on_the_same_partners_at_once() -> None:
    cast = make_cast(make_tenant("acme"))
    for number in range(20):
        make_partner(cast.tenant, f"Q-{number:02}")
    ended: list[str] = []

    def click(tag: str) -> None:
        try:
            with transaction.atomic(), tenant_context(cast.tenant):
                bulk.bulk_start(actor=cast.manager, verb="tag_add", data={"tag": tag}, filters={})
            ended.append("done")
        except (Conflict, DomainError) as error:
            ended.append(str(error))
        finally:
            connection.close()

    threads = [Thread(target=click, args=[tag]) for tag in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["done", "done"]
    with tenant_context(cast.tenant):
        assert {tuple(one.tags) for one in Partner.objects.all()} == {("a", "b")}
