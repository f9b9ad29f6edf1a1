"""A vendor with something on every page: names in Chinese, so English on a Chinese page is a forgotten text."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from partners.services.accounts import account_propose
from prm import clock
from prm.exports.models import Export
from prm.exports.services import column_set_save, export_cancel, export_request
from prm.exports.work import export_run
from prm.identity.models import Invitation
from prm.identity.rights import Right, Role
from prm.identity.services.api_keys import api_key_create
from prm.identity.services.invitations import invitation_create, invitation_issue
from prm.imports.models import Import
from prm.imports.services import import_run, import_upload
from prm.outbox.models import Delivery
from prm.runs.progress import progress_set
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from rebates.models import Accrual, ReviewSettings, Statement, StatementLine
from rebates.services.bank_results import bank_result_upload
from rebates.services.disputes import dispute_open
from rebates.services.periods import period_close
from rebates.services.programs import program_create
from rebates.services.settlements import settlement_export, settlement_mark_paid, settlement_prepare
from rebates.services.statements import statement_approve
from rebates.services.what_if import what_if_start
from rebates.whatif.work import what_if_run
from tests.rebates.world import BANDS, World, definition
from tests.scenarios.material import Quarter, partners_file, sales_file, this_quarter
from tests.scenarios.people import furnish_people

PEOPLE = {
    Role.ADMINISTRATOR: "沈一", Role.CHANNEL_MANAGER: "周二", Role.FINANCE: "吴三", Role.MARKETING: "郑四",
    Role.PARTNER_ADMINISTRATOR: "王五", Role.PARTNER_SALES: "冯六", Role.PARTNER_FINANCE: "陈七",
}  # fmt: skip
COMPANIES = {"P-1": "蓝港科技", "P-2": "石桥商贸", "P-3": "南山信息"}


@dataclass
class Furnished:
    """`ids` are what addresses name; `token` opens an invitation."""

    cast: Cast
    now: Quarter
    ids: dict[str, Any]
    token: str


def furnish(cast: Cast) -> Furnished:
    now = this_quarter()
    _name(cast)
    with tenant_context(cast.tenant):
        world = World(cast.tenant)
        world.no_review()
        ids = _trade(cast, world, now)
        ids |= _money(cast, now)
        ids |= _review(cast, world, now)
        ids |= _imports(cast, now)
        ids |= _exports(cast, now)
        ids |= _what_ifs(cast, ids)
        ids |= furnish_people(cast)
        token = _access(cast, ids)
        # A real worker of another test may be listening: it would send the mail, and with it change the secret.
        Delivery.objects.filter(done_at=None).update(done_at=clock.now())
    return Furnished(cast, now, ids, token)


def _name(cast: Cast) -> None:
    for role, name in PEOPLE.items():
        user = cast.user(role)
        user.name = name
        user.save(update_fields=["name"])


def _trade(cast: Cast, world: World, now: Quarter) -> dict[str, Any]:
    """Sales of three quarters, one of them a return and one in a currency without a rate; a program and a draft."""
    for code, name in COMPANIES.items():
        world.partner(code, name=name, type="经销商", region="华东", country="CN")
    for partner in (cast.partner, cast.other_partner):
        partner.name, partner.legal_name, partner.tags = COMPANIES[partner.code], COMPANIES[partner.code], ["重点"]
        partner.type, partner.region = "经销商", "华东"
        partner.save(update_fields=["name", "legal_name", "tags", "type", "region"])
    world.product("X", name="路由器", line="道路", category="网络", brand="自有")
    tier = world.tier("P-1", "金牌", "2026-01-01")
    world.rate("USD", "CNY", "2020-01-01", "7.2")
    names = {"en": "Road", "zh-hans": "道路返利"}
    scope = {"all": [{"field": "product.line", "op": "in", "value": ["道路"]}]}
    program = world.published("ROAD", currency="CNY", name=names, scope=scope)
    bands = [*BANDS, {"from": "900000", "rate": "0.05"}]
    draft = program_create(
        actor=cast.manager,
        definition=definition("DRAFT", currency="CNY", name=names, calculation={"type": "retroactive", "bands": bands}),
    )
    for quarter in (now.previous.previous, now.previous, now):
        for number, code in enumerate(COMPANIES, 1):
            text = quarter.day(number).replace("-", "")
            sale = world.sale(
                code, quarter.day(1), f"{number}1234.56", currency="CNY", external_id=f"{text}-{code}",
                customer_name="第一医院", invoice_no="F1",
            )  # fmt: skip
    back = world.sale("P-1", now.day(1), "-1000", currency="CNY", reverses=f"{now.day(1).replace('-', '')}-P-1")
    world.sale("P-2", now.previous.day(2), "500", currency="EUR")
    world.update()
    return {
        "partner_id": cast.partner.pk, "product_id": sale.product_id, "sale_id": back.pk, "program_id": program.pk,
        "draft_id": draft.pk, "change_id": tier.pk, "accrual_id": _accrual(cast, now),
    }  # fmt: skip


def _accrual(cast: Cast, now: Quarter) -> Any:
    return Accrual.objects.get(partner=cast.partner, period_key=now.key, version__status="published").pk


def _money(cast: Cast, now: Quarter) -> dict[str, Any]:
    """The quarter before the last one is closed: one statement paid, one approved, one prepared."""
    key = now.previous.previous.key
    period_close(actor=cast.finance, kind="quarter", key=key)
    first, second, third = Statement.objects.filter(period__key=key).order_by("partner__code")
    statement_approve(actor=cast.administrator, statement_ids=[first.pk, second.pk])
    settlement = settlement_prepare(actor=cast.finance, statement_ids=[first.pk])
    settlement_export(actor=cast.finance, settlement_id=settlement.pk, format="csv")
    other = settlement_prepare(actor=cast.finance, statement_ids=[second.pk])
    settlement_export(actor=cast.finance, settlement_id=other.pk, format="xlsx")
    settlement_mark_paid(actor=cast.finance, settlement_id=settlement.pk, paid_on=now.start, reference="BANK-1")
    account = account_propose(
        actor=cast.manager, partner_id=cast.partner.pk, currency="CNY", holder="蓝港科技有限公司",
        number="6222081200001234", bank_code="102290002916", bank_name="工商银行",
    )  # fmt: skip
    answer = (
        f"reference,status,date,reason,amount,currency\nPAY-000001,RJCT,{now.start},AC06 账户冻结,,\n"
        f"PAY-000002,paid,{now.start},,1.00,CNY\nPAY-000009,paid,{now.start},,,\nPAY-000002,ACSP,,,,\n"
    )
    result = bank_result_upload(actor=cast.finance, name="回单.csv", content=io.BytesIO(answer.encode()))
    return {
        "result_id": result.pk,
        "payment_id": settlement.payments.get().pk, "account_id": account.pk,
        "statement_id": first.pk, "prepared_id": third.pk, "settlement_id": settlement.pk, "exported_id": other.pk,
        "line_id": StatementLine.objects.filter(statement=first).first().pk, "kind": "quarter",  # type: ignore[union-attr]
        "key": now.previous.key, "closed_key": key,
    }  # fmt: skip


def _review(cast: Cast, world: World, now: Quarter) -> dict[str, Any]:
    """A monthly statement of the partner in review; one of its two lines is disputed."""
    names = {"en": "Month", "zh-hans": "月度返利"}
    for code in ("M1", "M2"):
        world.published(code, currency="CNY", period="month", name=names)
    world.update()
    key = now.previous.previous.day(1)[:7]
    period_close(actor=cast.finance, kind="month", key=key)
    statement = Statement.objects.get(partner=cast.partner, period__key=key)
    ReviewSettings.objects.update(review_days=10)
    statement_approve(actor=cast.administrator, statement_ids=[statement.pk])
    disputed, other = statement.lines.order_by("version__program__code")
    dispute = dispute_open(
        actor=cast.actor(Role.PARTNER_FINANCE), line_id=disputed.pk, reason="missing_sales",
        claimed=disputed.amount + 100, text="少了一张发票。", files=[("发票.csv", io.BytesIO(b"F1,100\n"))],
    )  # fmt: skip
    return {"reviewed_id": statement.pk, "reviewed_line_id": other.pk, "dispute_id": dispute.pk}


def _imports(cast: Cast, now: Quarter) -> dict[str, Any]:
    """One done with refused rows, one that waits for its columns, one that waits for a worker, one that failed."""

    def upload(kind: str, content: bytes, name: str) -> Import:
        return import_upload(actor=cast.manager, kind=kind, name=name, content=io.BytesIO(content))

    done = upload("partners", partners_file(), "partners.csv")
    Import.objects.filter(pk=done.pk).update(status="queued")
    import_run(actor=cast.manager, import_id=done.pk)
    mapping = upload("sales", sales_file(now.previous, now), "sales.csv")
    waiting = upload("sales", sales_file(now.previous, now), "waiting.csv")
    Import.objects.filter(pk=waiting.pk).update(status="queued")
    return {"import_id": done.pk, "mapping_id": mapping.pk, "waiting_id": waiting.pk}


def _exports(cast: Cast, now: Quarter) -> dict[str, Any]:
    """One done, one that runs, one that failed, one cancelled; a set of columns."""

    def ask(kind: str, **filters: str) -> Export:
        return export_request(actor=cast.finance, kind=kind, format="csv", filters=filters)

    done = ask("accruals", partner="P-1", status="open")
    export_run(cast.tenant, done.pk)
    running, failed = ask("sales", partner="P-2"), ask("ledger_entries", since=now.day(1), account="payable")
    progress_set(running.pk, 41_200, 500_000)
    Export.objects.filter(pk=running.pk).update(status="running")
    Export.objects.filter(pk=failed.pk).update(status="failed", message="磁盘已满。")
    export_cancel(actor=cast.finance, export_id=ask("exceptions").pk)
    columns = ["statement", "amount", "currency"]
    kept = column_set_save(
        actor=cast.finance, kind="statement_lines", name="ERP", columns=columns, is_shared=True
    )  # fmt: skip
    return {"export_id": done.pk, "column_set_id": kept.pk, "before": f"{clock.now() - dt.timedelta(days=2):%Y-%m-%d}"}


def _what_ifs(cast: Cast, ids: dict[str, Any]) -> dict[str, Any]:
    """One answered, with winners, bands and near misses; one that waits."""
    answered = what_if_start(actor=cast.manager, program_id=ids["draft_id"], periods=3)
    what_if_run(cast.tenant, answered.pk)
    bands = [{"from": "0", "rate": "0.03"}, {"from": "31500", "rate": "0.05"}]
    other = definition("ROAD", currency="CNY", calculation={"type": "retroactive", "bands": bands})
    changed = what_if_start(actor=cast.finance, program_id=ids["program_id"], periods=8, definition=other)
    what_if_run(cast.tenant, changed.pk)
    waiting = what_if_start(actor=cast.finance, program_id=ids["program_id"])
    return {"what_if_id": changed.pk, "what_if_waiting_id": waiting.pk}


def _access(cast: Cast, ids: dict[str, Any]) -> str:
    key = api_key_create(actor=cast.administrator, name="ERP", scopes=[str(Right.SALES_EDIT)])
    ids["api_key_id"] = key.key.pk
    ids["membership_id"] = cast.members[Role.PARTNER_SALES].pk
    open_one = invitation_create(
        actor=cast.administrator, email="new@acme.test", role=Role.PARTNER_SALES, partner_id=cast.partner.pk
    )
    ids["invitation_id"] = open_one.pk
    issued = invitation_issue(invitation_id=open_one.pk)
    assert issued is not None
    assert Invitation.objects.filter(pk=open_one.pk).exists()
    return issued[1]
