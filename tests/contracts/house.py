"""A vendor with one of everything that an address can name, in the state in which its page has most to show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile

from partners.data_export_work import data_export_run
from partners.models import ApplicationFile
from partners.services.accounts import account_propose
from partners.services.agreement_templates import template_draft_save
from partners.services.bulk import bulk_start
from partners.services.data_exports import data_export_request
from partners.services.directory import view_save
from partners.services.exits import exit_start
from partners.services.suspensions import suspension_start
from prm.exports.services import column_set_save, export_request
from prm.exports.work import export_run
from prm.identity.notices import PASSWORD_CHANGED
from prm.identity.rights import Role
from prm.imports.services import import_upload
from prm.notifications.services import notify
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast, make_cast, make_partner, make_tenant
from rebates.models import Accrual, Dispute, DisputeFile, ReviewSettings, Statement, StatementLine
from rebates.services.bank_results import bank_result_upload
from rebates.services.disputes import dispute_open
from rebates.services.periods import period_close
from rebates.services.programs import program_create
from rebates.services.settlements import settlement_export, settlement_prepare
from rebates.services.statements import statement_approve
from rebates.services.what_if import what_if_start
from rebates.whatif.work import what_if_run
from tests.contracts.house_people import people_things
from tests.contracts.planned import planned
from tests.contracts.rows import make_row
from tests.contracts.tier_house import tier_things
from tests.partners.agreement_world import CONTENT, make_active, make_draft, make_sent, make_template, sign
from tests.partners.applying import sent_with_all as sent
from tests.rebates.world import World as Rebates
from tests.rebates.world import definition

NOW = "2026-10-02T04:00:00Z"
CSV = "external_id,partner_code,sku,sold_on,quantity,net_amount,currency\nF-1,P-1,X,2026-09-30,1,10,CNY\n"
ANSWER = "reference,status,date,reason\nPAY-000001,paid,2026-10-01,\n"


@dataclass
class House:
    """`things` are objects by name; a name that is not there is a model's label, of which a plain row is made."""

    cast: Cast
    things: dict[str, Any] = field(default_factory=dict)

    def id_of(self, name: str, **given: Any) -> Any:
        if name in self.things and not given:
            return self.things[name].pk
        with tenant_context(self.cast.tenant):
            fields = {key: self.cast.partner if value == "own" else value for key, value in given.items()}
            return make_row(name, **fields).pk


def make_house(slug: str) -> House:
    """The partner people of the cast work for the partner whose sales, statement and settlement these are."""
    cast = make_cast(make_tenant(slug))
    house = House(cast)
    with tenant_context(cast.tenant):
        rebates = Rebates(cast.tenant)
        rebates.no_review()
        program = rebates.published("P1", currency="CNY")
        draft = program_create(actor=cast.manager, definition=definition("D1", currency="CNY"))
        tier = rebates.tier("P-1", "gold", "2026-01-01")
        sale = rebates.sale("P-1", "2026-07-01", "60000", currency="CNY")
        rebates.sale("P-2", "2026-07-02", "70000", currency="CNY")
        rebates.update()
        period_close(actor=rebates.system, kind="quarter", key="2026-Q3")
        statement = Statement.objects.get(partner=cast.partner)
        statement_approve(actor=cast.administrator, statement_ids=[statement.pk])
        settlement = settlement_prepare(actor=cast.finance, statement_ids=[statement.pk])
        settlement_export(actor=cast.finance, settlement_id=settlement.pk, format="csv")
        prepared = Statement.objects.get(partner=cast.other_partner)
        dispute = _disputed(cast, rebates)
        upload = ContentFile(CSV.encode(), name="sales.csv")
        run = import_upload(actor=cast.manager, kind="sales", name="sales.csv", content=upload)
        export = export_request(actor=cast.finance, kind="sales", format="csv")
        export_run(cast.tenant, export.pk)
        columns = column_set_save(
            actor=cast.finance, kind="sales", name="ERP", columns=["external_id", "net_amount"], is_shared=True
        )
        asked = what_if_start(actor=cast.manager, program_id=program.pk, periods=1)
        what_if_run(cast.tenant, asked.pk)
        application = sent()
        evidence = ApplicationFile.objects.get(application=application)
        house.things = {
            "partners.Application": application,
            "partners.ApplicationFile": evidence,
            "partners.ApplicationForm": application.form,
            "partners.DuplicateCandidate": application.candidates.get(),
            "partners.Partner": cast.partner,
            "partners.TierChange": tier,
            "commerce.Product": rebates.product("X"),
            "commerce.SaleLine": sale,
            "rebates.Program": program,
            "draft": draft,
            "rebates.Accrual": Accrual.objects.get(partner=cast.partner, period_kind="quarter"),
            "rebates.Statement": statement,
            "prepared statement": prepared,
            "reviewed statement": dispute.statement,
            "reviewed line": dispute.line,
            "rebates.Dispute": dispute,
            "evidence": DisputeFile.objects.get().file,
            "rebates.StatementLine": StatementLine.objects.filter(statement=statement).first(),
            "rebates.Settlement": settlement,
            "rebates.Payment": settlement.payments.get(),
            "rebates.BankResult": bank_result_upload(
                actor=cast.finance, name="answer.csv", content=BytesIO(ANSWER.encode())
            ),
            "partners.BankAccount": account_propose(
                actor=rebates.system, partner_id=cast.partner.pk, currency="CNY", holder="Blue Harbour",
                number="6222081200001234", bank_code="102290002916",
            ),
            "imports.Import": run,
            "exports.Export": export,
            "rebates.WhatIfRun": asked,
            "exports.ColumnSet": columns,
            **planned(cast),
            "notifications.Notice": notify(
                PASSWORD_CHANGED, to=[cast.user(Role.FINANCE)], data={"changed_at": "2026-10-01T00:00:00+00:00"}
            )[0],
            **_agreements(cast),
        }  # fmt: skip
        house.things |= tier_things(cast)
        house.things |= people_things(cast)
        house.things |= _lifecycle(cast)
    return house


def _agreements(cast: Cast) -> dict[str, Any]:
    """Of the partner, in four states; the template has a draft of its next version."""
    template = make_template(cast, auto_renew=True)
    signed = make_sent(cast, template)
    sign()
    things = {
        "partners.AgreementTemplate": template, "signed agreement": signed,
        "live agreement": make_active(cast, template),
        "draft agreement": make_draft(cast, template), "sent agreement": make_sent(cast, template),
    }  # fmt: skip
    template_draft_save(actor=cast.manager, template_id=template.pk, content=CONTENT)
    return things


def _lifecycle(cast: Cast) -> dict[str, Any]:
    """A third partner leaves, with an archive; a view for everybody, an act on many that can be taken back."""
    leaving = make_partner(cast.tenant, "P-9", name="Leaving")
    found = exit_start(
        actor=cast.manager, partner_id=leaving.pk, reason_code="merger", reason="Sold", last_day=dt.date(2026, 12, 31)
    )
    archives = [
        data_export_request(actor=cast.manager, partner_id=partner.pk) for partner in (leaving, cast.partner)
    ]  # fmt: skip
    for archive in archives:
        data_export_run(cast.tenant, archive.pk)
    return {
        "partners.Exit": found,
        "leaving partner": leaving,
        "own data": archives[0],
        "own data of ours": archives[1],
        "partners.Suspension": suspension_start(
            actor=cast.manager, partner_id=leaving.pk, scope="leads", reason_code="other", reason="Look"
        ),
        "partners.DirectoryView": view_save(actor=cast.administrator, name="East", filters={}, is_shared=True),
        "partners.BulkRun": bulk_start(actor=cast.manager, verb="tag_add", data={"tag": "x"}, ids=[leaving.pk]),
    }


def _disputed(cast: Cast, rebates: Rebates) -> Dispute:
    """A monthly statement of the partner, in review, with a line under dispute."""
    rebates.published("M1", currency="CNY", period="month")
    rebates.update()
    period_close(actor=rebates.system, kind="month", key="2026-07")
    statement = Statement.objects.get(partner=cast.partner, period__key="2026-07")
    ReviewSettings.objects.update(review_days=10)
    statement_approve(actor=cast.administrator, statement_ids=[statement.pk])
    line = statement.lines.get()
    return dispute_open(
        actor=cast.actor(Role.PARTNER_FINANCE), line_id=line.pk, reason="other", claimed=line.amount + 1,
        text="One more", files=[("invoice.csv", BytesIO(CSV.encode()))],
    )  # fmt: skip
