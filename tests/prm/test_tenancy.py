"""Hosts, tasks, the start-up check, and the audit of the catalog: each fault is planted and must be found."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from celery import shared_task
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import RequestFactory
from kombu.exceptions import OperationalError

from partners.models import Partner
from prm.db.scope import TenantNotSet, current_tenant
from prm.local import testing
from prm.local.layout import ROOT
from prm.tenancy import audit, checks
from prm.tenancy.celery import HEADER, TenantTask, send_daily
from prm.tenancy.context import tenant_context
from prm.tenancy.hosts import public_url, slug_of, tenant_url
from prm.tenancy.models import Tenant
from tests.contracts.rows import make_row

# Hosts


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("acme.localhost", "acme"), ("acme.localhost:8000", "acme"), ("ACME.LocalHost", "acme"),
        ("acme.localhost.", "acme"),
        ("localhost", None), ("localhost:8000", None), ("127.0.0.1:8000", None), ("[::1]:8000", None),
        ("evil-localhost", None), ("acme.localhost.evil.com", None), ("a.b.localhost", "a.b"),
    ],
)  # fmt: skip
def test_the_vendor_is_in_the_host_name(host: str, slug: str | None) -> None:
    assert slug_of(host) == slug


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["nobody.localhost", "a.b.localhost", "off.localhost", "x'--.localhost"])
def test_unknown_and_inactive_vendors_are_not_there(client: Any, host: str) -> None:
    Tenant.objects.create(slug="off", name="Off", is_active=False)
    assert client.get("/accounts/login/", headers={"host": host}).status_code in {400, 404}


def test_addresses_keep_scheme_and_port(settings: Any) -> None:
    request = RequestFactory().get("/", headers={"host": "acme.localhost:8123"})
    assert tenant_url(request, "rival", "/x/") == "http://rival.localhost:8123/x/"
    assert tenant_url(request, "") == "http://localhost:8123/"
    settings.PRM_PUBLIC_SCHEME, settings.PRM_PUBLIC_PORT = "https", ""
    assert public_url(Tenant(slug="acme"), "/y/") == "https://acme.localhost/y/"


# Tasks


@shared_task(base=TenantTask, bind=True, name="tests.count_partners")
def count_partners(self: Any) -> tuple[str, int]:
    tenant = current_tenant()
    assert tenant is not None
    return tenant.slug, Partner.objects.count()


def test_a_task_without_a_tenant_raises_when_sent_and_when_run(db: None) -> None:
    for attempt in (count_partners.delay, count_partners.apply_async):
        with pytest.raises(TenantNotSet):
            attempt()
    with pytest.raises(TenantNotSet):
        count_partners.apply(throw=True)
    with pytest.raises(TenantNotSet):
        count_partners()


def test_a_task_runs_in_the_tenant_of_its_header(tenant: Tenant, rival: Tenant) -> None:
    with tenant_context(tenant):
        make_row("partners.Partner")
    for wanted, count in ((tenant, 1), (rival, 0)):
        answer = count_partners.apply(headers={HEADER: str(wanted.pk)}, throw=True).get()
        assert tuple(answer) == (wanted.slug, count)
    assert current_tenant() is None


def test_a_task_is_sent_with_the_tenant_that_is_active(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda _self, *_args, **options: seen.update(options))
    with tenant_context(tenant):
        count_partners.delay()
    assert seen["headers"] == {HEADER: str(tenant.pk)}


@pytest.mark.parametrize("header", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_task_with_a_wrong_tenant_does_not_run(db: None, header: str) -> None:
    with pytest.raises((TenantNotSet, ValueError, Tenant.DoesNotExist)):
        count_partners.apply(headers={HEADER: header}, throw=True)


def test_a_broker_that_is_away_does_not_cost_a_vendor_its_day(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails for the first send, works for the second: the same slot is sent then, and once only."""
    sent: list[str] = []

    def send(_task: Any, *_args: Any, **options: Any) -> None:
        sent.append(options["headers"][HEADER])
        if len(sent) == 1:
            raise OperationalError("no broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", send)
    with pytest.raises(OperationalError):
        send_daily(count_partners)
    assert [send_daily(count_partners) for _beat in range(2)] == [1, 0]
    assert sent == [str(tenant.pk)] * 2


# The start-up check


@pytest.mark.django_db(databases=["default", "owner", "worker"])
def test_the_product_starts_as_its_own_roles_only() -> None:
    assert checks.role_errors("default") == []
    assert checks.role_errors("worker") == []
    assert {error.id for error in checks.role_errors("owner")} == {"prm.E003"}
    with pytest.raises(ImproperlyConfigured, match="prm_owner owns tables"):
        checks.require_powerless_role("owner")
    for alias in ("owner", "worker"):
        connections[alias].close()


PROCESSES = {
    "web": [sys.executable, "-c", "import prm.wsgi"],
    "worker": [sys.executable, "-m", "celery", "-A", "prm.celery", "worker", "--pool=solo", "--loglevel=ERROR"],
    "relay": [sys.executable, "manage.py", "relay"],
}


@pytest.mark.parametrize("process", sorted(PROCESSES))
@pytest.mark.parametrize("login", ["owner", "superuser"])
def test_processes_refuse_to_start_as_a_stronger_role(django_db_setup: None, process: str, login: str) -> None:
    slot = testing.claimed_slot()
    url = slot.owner_url if login == "owner" else slot.admin_url
    settings = {"DATABASE_URL": url, "DATABASE_WORKER_URL": url, "DJANGO_SETTINGS_MODULE": "prm.settings.local"}
    done = subprocess.run(
        PROCESSES[process], cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=90,
        check=False,
    )  # fmt: skip
    assert done.returncode not in {0, None}
    assert "owns tables" in done.stderr + done.stdout or "is a superuser" in done.stderr + done.stdout


# The audit of the catalog


@pytest.fixture
def catalog(django_db_setup: None, admin_db: Any) -> Iterator[Any]:
    """A superuser's cursor in a transaction that is rolled back."""
    admin_db.autocommit = False
    with admin_db.cursor() as cursor:
        yield cursor
    admin_db.rollback()
    admin_db.autocommit = True


FAULTS = {
    "CREATE TABLE plain (id int)": ("table-without-tenant", "plain"),
    "CREATE TABLE bare (tenant_id uuid NOT NULL)": ("row-security-off", "bare"),
    "ALTER TABLE partners_partner DISABLE ROW LEVEL SECURITY": ("row-security-off", "partners_partner"),
    "ALTER TABLE partners_partner NO FORCE ROW LEVEL SECURITY": ("row-security-not-forced", "partners_partner"),
    "ALTER TABLE partners_partner ALTER tenant_id DROP NOT NULL": ("tenant-nullable", "partners_partner"),
    "DROP POLICY partners_partner_rls ON partners_partner": ("policy-missing", "partners_partner"),
    "CREATE POLICY open ON partners_partner USING (true)": ("policy-unknown", "partners_partner"),
    "CREATE POLICY mine ON partners_partner TO prm_app USING (true)": ("policy-unknown", "partners_partner"),
    "ALTER POLICY partners_partner_rls ON partners_partner WITH CHECK (true)": ("policy-missing", "partners_partner"),
    "CREATE VIEW seen AS SELECT * FROM partners_partner": ("view-of-owner", "seen"),
    "CREATE VIEW seen WITH (security_barrier) AS SELECT * FROM partners_partner": ("view-of-owner", "seen"),
    "CREATE MATERIALIZED VIEW kept AS SELECT * FROM partners_partner": ("materialized-view", "kept"),
    "CREATE FUNCTION leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": ("definer-public", "leak()"),
    "CREATE FUNCTION leak(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": (
        "definer-owner", "leak(integer)",
    ),
    "CREATE FUNCTION leak(text) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'": (
        "definer-search-path", "leak(text)",
    ),
    "ALTER ROLE prm_app BYPASSRLS": ("role-powerful", "prm_app"),
    "ALTER ROLE prm_worker SUPERUSER": ("role-powerful", "prm_worker"),
    "GRANT prm_owner TO prm_app": ("role-powerful", "prm_app"),
    "GRANT TRUNCATE ON partners_partner TO prm_app": ("grant-too-much", "partners_partner"),
    "GRANT SELECT ON partners_partner TO PUBLIC": ("grant-too-much", "partners_partner"),
    "GRANT SELECT ON partners_partner TO prm_worker": ("worker-grant", "partners_partner"),
    "CREATE UNIQUE INDEX alone ON partners_partner (code)": ("unique-across-tenants", "partners_partner"),
    "ALTER TABLE partners_tierchange ADD CONSTRAINT k FOREIGN KEY (partner_id) REFERENCES partners_partner (id)": (
        "reference-crosses", "partners_tierchange",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_audit_finds_each_planted_fault(catalog: Any, fault: str) -> None:
    assert audit.findings(catalog) == []
    catalog.execute(fault)
    found = {(finding.code, finding.where) for finding in audit.findings(catalog)}
    assert FAULTS[fault] in found


def test_the_audit_finds_a_table_without_an_index_on_its_tenant(catalog: Any) -> None:
    catalog.execute("CREATE TABLE slow (tenant_id uuid NOT NULL, id int PRIMARY KEY)")
    catalog.execute("ALTER TABLE slow ENABLE ROW LEVEL SECURITY")
    catalog.execute("ALTER TABLE slow FORCE ROW LEVEL SECURITY")
    own = "tenant_id = (SELECT nullif(current_setting('prm.tenant', true), '')::uuid)"
    catalog.execute(f"CREATE POLICY slow_rls ON slow USING ({own}) WITH CHECK ({own})")
    assert [(finding.code, finding.where) for finding in audit.findings(catalog)] == [("index-missing", "slow")]


def test_a_view_that_reads_as_its_reader_is_fine(catalog: Any) -> None:
    catalog.execute("CREATE VIEW seen WITH (security_invoker = true) AS SELECT * FROM partners_partner")
    assert audit.findings(catalog) == []


def test_the_command_fails_on_findings_and_says_where(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command("tenancy_audit", stdout=out)
    assert "No findings" in out.getvalue()
    planted = audit.Finding("row-security-off", "partners_partner", "is off")
    monkeypatch.setattr("prm.tenancy.management.commands.tenancy_audit.findings", lambda _cursor: [planted])
    with pytest.raises(CommandError) as caught:
        call_command("tenancy_audit", stderr=err)
    assert caught.value.returncode == 1
    assert err.getvalue() == "row-security-off partners_partner: is off\n"
