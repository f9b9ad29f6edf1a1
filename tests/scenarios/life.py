"""What the furnished vendor has of its partners' lives, made by the demo's own stories, and links for strangers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from partners.data_export_work import data_export_run
from partners.models import (
    Agreement,
    AgreementSigner,
    AgreementTemplate,
    BusinessReview,
    DataExport,
    Exit,
    Partner,
    Scorecard,
    Suspension,
    TierScheme,
    TierStay,
    TierTrack,
)
from partners.policies.applications import applicant
from partners.selectors.applications import link_find
from partners.services.agreement_templates import template_draft_save
from partners.services.applications import application_confirm, application_start
from partners.services.bulk import bulk_start
from partners.services.data_exports import data_export_link
from partners.services.plans import goal_add, plan_start
from partners.services.plans_agreeing import plan_hand_over
from partners.services.scorecards import scorecard_revise
from partners.states.agreements import IN_FORCE, OUT, SIGNER_ASKED
from portal.demo.agreement_texts import RESELLER
from portal.demo.agreements import Story, agreements_make
from portal.demo.lifecycle import lifecycle_make
from portal.demo.plans import plans_make
from portal.demo.recruitment import recruitment_make
from portal.demo.scorecards import scorecards_make
from portal.demo.tiers import tiers_make
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.actor import Actor
from prm.outbox.models import Delivery
from prm.tenancy.context import tenant_context
from prm.testing.make import Cast
from tests.rebates.world import World
from tests.scenarios.material import Quarter

MORE_PARTNERS = 12


def furnish_life(cast: Cast, now: Quarter) -> dict[str, Any]:
    """After `furnish`; ids and secrets by the names that addresses use."""
    cast.tenant.locale = "zh-hans"
    cast.tenant.save(update_fields=["locale"])
    with tenant_context(cast.tenant):
        _more_partners(cast, now)
        recruitment_make(cast.members)
        agreements_make(cast.members)
        scorecards_make(cast.members, Decimal(200_000))
        plans_make(cast.members, Decimal(300_000))
        tiers_make(cast.members)
        lifecycle_make(cast.members)
        ids = _drafts(cast) | _things(cast) | _links(cast) | _bulk(cast)
        Delivery.objects.filter(done_at=None).update(done_at=clock.now())
    return ids


def _more_partners(cast: Cast, now: Quarter) -> None:
    """Enough of them that each story finds its own, with sales from which tiers can be told."""
    world = World(cast.tenant)
    world.tier("P-1", "gold", f"{clock.today(cast.tenant) - dt.timedelta(days=240)}")
    for number in range(MORE_PARTNERS):
        code = f"Q-{number:02}"
        name = f"{'东南西北'[number % 4]}{'江河湖海'[number // 4]}数码"
        world.partner(code, name=name, legal_name=f"{name}有限公司", type="经销商", region="华东", country="CN")
        for quarter in (now.previous.previous, now.previous, now):
            world.sale(code, quarter.day(1), f"{number + 1}0000", currency="CNY", external_id=f"{code}-{quarter.key}")


def _drafts(cast: Cast) -> dict[str, Any]:
    """What the stories have published, written anew."""
    template = AgreementTemplate.objects.get(code="RES")
    template_draft_save(actor=cast.manager, template_id=template.pk, content=RESELLER)
    card = scorecard_revise(actor=cast.manager, scorecard_id=Scorecard.objects.earliest("created_at").pk)
    year = clock.today(cast.tenant).year + 1
    ids: dict[str, Any] = {}
    for name, partner in (("own", cast.partner), ("vendor", cast.other_partner)):
        plan = plan_start(actor=cast.manager, partner_id=partner.pk, fiscal_year=year, title="云业务增长计划")
        goal = goal_add(actor=cast.manager, plan_id=plan.pk, title="全年订单", target=Decimal(80), metric="orders")
        ids |= {f"{name}_plan_id": plan.pk, f"{name}_goal_id": goal.pk}
    plan_hand_over(actor=cast.manager, plan_id=ids["own_plan_id"])
    return ids | {"agreement_template_id": template.pk, "scorecard_draft_id": card.pk}


def _things(cast: Cast) -> dict[str, Any]:
    """Things in states that a list shows late, by the names of their ids."""
    found = {
        "agreement_draft": Agreement.objects.filter(status="draft"),
        "agreement_sent": Agreement.objects.filter(status__in=OUT),
        "suspension": Suspension.objects.all(),
        "exit": Exit.objects.all(),
        "scheme": TierScheme.objects.filter(status="published"),
        "stay": TierStay.objects.filter(status="grace"),
        "own_active": Agreement.objects.filter(partner=cast.partner, status__in=IN_FORCE),
        "own_asked": Agreement.objects.filter(partner=cast.partner, status__in=OUT),
        "own_review": BusinessReview.objects.filter(partner=cast.partner, status="shared"),
        "newcomer": Partner.objects.filter(code="P-9"),
    }
    return {f"{name}_id": rows.earliest("pk").pk for name, rows in found.items()} | {
        "leaving_id": Exit.objects.get().partner_id, "track_id": TierTrack.objects.get().pk,
    }  # fmt: skip


def _links(cast: Cast) -> dict[str, Any]:
    """What mails would carry: to an application just begun, to an agreement to sign, to the data of a partner."""
    begun = application_start(
        actor=Actor.system("tests"), slug="reseller", email="new@begun.example", language="zh-hans"
    )
    application = link_find(begun).application
    application_confirm(actor=applicant(application), application_id=application.pk)
    signer = AgreementSigner.objects.filter(status__in=SIGNER_ASKED, email__startswith="signer").latest("asked_at")
    export = DataExport.objects.get()
    data_export_run(require_tenant(), export.pk)
    return {
        "application_token": begun, "sign_token": Story(cast.members).link(signer.email),
        "data_token": data_export_link(export_id=export.pk)[1],
    }  # fmt: skip


def _bulk(cast: Cast) -> dict[str, Any]:
    run = bulk_start(
        actor=cast.manager, verb="tag_add", data={"tag": "重点"}, ids=[cast.partner.pk, cast.other_partner.pk]
    )
    return {"bulk_id": run.pk}
