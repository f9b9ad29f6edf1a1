"""A partner's whole life in eighteen months, with the clock in hand: it applies, signs, starts, becomes gold, sells
less and less, is warned, appeals, loses the tier, is renewed all the same, and leaves with its money and its data.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from partners.data_export_work import data_export_run
from partners.models import Agreement, Application, DataExport, Exit, OnboardingPlan, Renewal, TierAppeal
from partners.selectors.entitlements import entitlements_of
from partners.selectors.exits import exit_checklist
from partners.services.accounts import account_propose
from partners.services.agreement_life import agreement_terminate
from partners.services.agreement_signing import agreement_sign, agreement_sign_by_link, agreement_view_by_link
from partners.services.agreements import agreement_renew, agreement_send, agreement_update
from partners.services.application_review import application_approve
from partners.services.certificates import certificate_award, certification_save
from partners.services.data_exports import data_export_by_link
from partners.services.exits import exit_finish, exit_start, exit_waive
from partners.services.onboarding import task_do
from partners.services.onboarding_templates import template_create, template_publish, template_task_save
from partners.services.renewals import renewal_decide
from partners.services.tier_decisions import appeal_decide, appeal_open, stay_decide
from prm.audit.models import AuditEntry
from prm.errors import Conflict, Forbidden, StateError
from prm.identity.models import Membership
from prm.identity.rights import Role
from prm.identity.services import invitation_accept_as_new
from prm.tenancy.context import tenant_context
from prm.testing.importing import PRODUCTS, Importer
from prm.testing.make import Cast
from prm.testing.relay import relay
from rebates.models import ExitReserve
from rebates.services.accruals import accruals_rebuild
from rebates.services.reserves import reserve_hold
from rebates.services.reviews import reviews_lapse
from tests.partners import agreement_world
from tests.partners.agreement_world import PROOF, make_template
from tests.partners.applying import sent
from tests.partners.ladder import document, more, on, publish, tier
from tests.scenarios.partner_life import DAY, EMAIL, PASSWORD, SYSTEM, Life, archive_of, letters, secret_in_mail

DECIDED = [
    "partners.application.approved", "partners.tier_stay.decided", "partners.tier_appeal.rejected",
    "partners.exit.started", "partners.exit.waived",
]  # fmt: skip
STORY = """
application.started application.confirmed application.submitted application.taken partner.created application.approved
agreement.drafted agreement.edited agreement.sent agreement.viewed agreement.signed agreement.countersigned
agreement.activated partner.signed onboarding.started partner.term_set
onboarding_task.do partner.activate onboarding.activated onboarding.complete
tier_stay.begun tier.set certificate.awarded tier_stay.upgrade tier_stay.begun tier.set
tier_stay.at_risk tier_stay.grace tier_stay.decided agreement.expiring_soon
tier_appeal.opened tier_appeal.rejected tier_stay.downgrade tier.set
renewal.decided partner.term_set
agreement.drafted agreement.sent agreement.viewed agreement.signed agreement.countersigned
agreement.activated agreement.ended
exit.started partner.leave agreement.termination_set partner.term_set account.proposed agreement.expiring_soon
agreement.ended
exit.waived exit.finished data_export.requested partner.end data_export.started data_export.finished person.moved
data_export.downloaded tier_stay.end
"""
FLAT = {"currency": "CNY", "valid_from": "2026-01-01"}
SIGNED = {"type": "agreement_signed"}
SILVER = tier("silver", more("revenue", "20000", length=6))
GOLD = tier("gold", more("revenue", "100000", length=6), {"metric": "certified_people", "at_least": "1"})


@pytest.fixture
def life(cast: Cast) -> Iterator[Life]:
    """A vendor that is ready: form, template, plan, tiers, and two programs."""
    with on("2026-01-05"), tenant_context(cast.tenant):
        Importer(cast.tenant, cast.administrator).now("products", PRODUCTS)
        make_template(cast, partner_type="reseller")
        plan = template_create(actor=cast.manager, code="start", name_en="Start", days=30)
        for key, fields in {
            "team": {"due_days": 3},
            "kickoff": {"side": "vendor", "due_days": 5, "depends_on": ["team"]},
        }.items():
            template_task_save(actor=cast.manager, template_id=plan.pk, key=key, title_en=key.title(), **fields)
        template_publish(actor=cast.manager, template_id=plan.pk)
        certification_save(actor=cast.manager, code="net", name_en="Network", level="expert", validity_months=24)
        publish(cast.administrator, document(SILVER, GOLD))
        found = Life(cast)
        gold = [{"type": "tier", "in": ["gold"]}, {"type": "certified_people", "min": "2"}, SIGNED]
        for code, rate, qualifiers in (("GOLD", "0.02", gold), ("BASE", "0.01", [SIGNED])):
            bands = {"type": "retroactive", "bands": [{"rate": rate}]}
            found.world.published(code, calculation=bands, qualifiers=qualifiers, **FLAT)
        relay()
        yield found


def test_from_stranger_to_gold_to_a_clean_exit(life: Life) -> None:
    applies_and_is_approved(life)
    signs(life)
    starts(life)
    becomes_gold(life)
    falls_and_is_warned(life)
    appeals_and_loses(life)
    is_renewed(life)
    gives_notice(life)
    leaves(life)
    has_left_and_is_paid_the_rest(life)


def applies_and_is_approved(life: Life) -> None:
    cast = life.cast
    with on("2026-01-08"):
        application = sent(referrer=cast.user(Role.CHANNEL_MANAGER).email)
        relay()
        assert (application.status, str(application.legal_name)) == ("submitted", "上海申江数码科技股份有限公司")
    with on("2026-01-12"):
        with pytest.raises(Forbidden) as referrer:
            application_approve(actor=cast.manager, application_id=application.pk)
        assert referrer.value.code == "is_referrer"
        application_approve(actor=cast.administrator, application_id=application.pk, text="Welcome")
        assert life.partner.status == "contracting"
        relay()
    application = Application.objects.get()
    assert (application.status, application.partner_id) == ("approved", life.partner.pk)
    assert life.told("application.approved") == ["2026-01-12"]


def signs(life: Life) -> None:
    """The approval made the draft; its contact signs by link, without an account yet."""
    draft = Agreement.objects.get()
    assert (draft.status, draft.partner_id) == ("draft", life.partner.pk)
    assert list(draft.signers.values_list("email", flat=True)) == [EMAIL, ""]
    invited = secret_in_mail("invitations")
    with on("2026-01-13"):
        manager = life.cast.manager
        agreement_update(
            actor=manager, agreement_id=draft.pk, values={"minimum_order": "CNY 5"}, starts_on=DAY("2026-01-13")
        )
        agreement_send(actor=manager, agreement_id=draft.pk)
        relay()
        token = secret_in_mail("sign")
        agreement_view_by_link(token=token)
        agreement_sign_by_link(token=token, proof=PROOF)
        assert entitlements_of(life.partner.pk).count() == 0
        agreement = agreement_world.countersign(life.cast, draft)
        relay()
        assert (agreement.status, agreement.active_from, agreement.active_to) == (
            "active", DAY("2026-01-13"), DAY("2027-01-12"),
        )  # fmt: skip
        granted = [(one.kind, one.value) for one in entitlements_of(life.partner.pk)]
        assert granted == [("product_line", "Switches"), ("territory", "East")]
        assert (life.partner.status, life.partner.renewal_on) == ("onboarding", DAY("2027-01-12"))
        invitation_accept_as_new(token=invited, name="李雷", password=PASSWORD)
        relay()
        assert life.client().get("/p/").status_code == 200


def starts(life: Life) -> None:
    plan = OnboardingPlan.objects.get(partner=life.partner)
    tasks = {one.key: one for one in plan.tasks.all()}
    with on("2026-01-20"):
        with pytest.raises(StateError):
            task_do(actor=life.cast.manager, task_id=tasks["kickoff"].pk)
        task_do(actor=life.owner, task_id=tasks["team"].pk, note="Three people")
        assert life.partner.status == "onboarding"
        task_do(actor=life.cast.manager, task_id=tasks["kickoff"].pk)
        relay()
    plan.refresh_from_db()
    assert (life.partner.status, plan.activated_on, plan.status) == ("active", DAY("2026-01-20"), "completed")
    assert life.told("onboarding.activated") == ["2026-01-20"]


def becomes_gold(life: Life) -> None:
    life.night("2026-02-09")
    life.sells("2026-02-10", "60000")
    life.night("2026-02-11")
    assert life.tiers() == [("2026-02-11", "silver")]
    with on("2026-03-05"):
        for email in (EMAIL, "wang@shenjiang.example"):
            certificate_award(
                actor=life.cast.manager, email=email, certification="net", issued_on=DAY("2026-03-01"),
                partner_id=life.partner.pk,
            )  # fmt: skip
        relay()
    life.night("2026-03-09")
    life.sells("2026-03-10", "70000")
    assert life.payouts("2026-Q1") == {"BASE": ("1300.00", ""), "GOLD": ("0.00", "qualifier tier")}
    life.night("2026-03-11")
    assert life.tiers() == [("2026-02-11", "silver"), ("2026-03-11", "gold")]
    assert life.stays() == [("silver", "upgraded"), ("gold", "active")]
    assert life.told("tier.upgraded") == ["2026-02-11", "2026-03-11"]
    assert life.payouts("2026-Q1") == {"BASE": ("1300.00", ""), "GOLD": ("2600.00", "")}
    assert life.settles("2026-04-03", "2026-Q1") == Decimal(3900)


def falls_and_is_warned(life: Life) -> None:
    """The sale of 10 February leaves the six months on 10 August; what follows has its days from there."""
    life.sells("2026-05-10", "10000")
    assert life.settles("2026-07-03", "2026-Q2") == Decimal(300)
    life.night("2026-08-09")
    assert life.stay("gold").status == "active"
    life.night("2026-08-10")
    stay = life.stay("gold")
    assert (stay.status, stay.grace_on, stay.decision_on) == ("at_risk", DAY("2026-09-09"), DAY("2026-11-08"))
    assert stay.reason == "Missing for Gold: ¥20,000.00 more of Revenue."
    assert life.told("tier.at_risk") == ["2026-08-10"]
    life.sells("2026-08-20", "8000")
    life.night("2026-09-08", "2026-09-09")
    assert life.stay("gold").status == "grace"
    assert life.payouts("2026-Q3") == {"BASE": ("80.00", ""), "GOLD": ("160.00", "")}, "still gold"
    assert life.settles("2026-10-03", "2026-Q3") == Decimal(240)
    life.sells("2026-10-06", "15000")
    life.night("2026-10-09", "2026-10-10", "2026-10-25", "2026-11-01", "2026-11-08", times=2)
    assert life.stay("gold").status == "grace", "a person decides"
    assert life.told("tier.warning") == ["2026-09-09", "2026-10-09", "2026-10-25", "2026-11-01"]
    warnings = list(stay.warnings.order_by("sent_on"))
    assert [one.days_before for one in warnings] == [60, 30, 14, 7]
    assert all(one.recipients[0]["user"] == EMAIL for one in warnings)
    mailed = [f"Gold: the grace period ends in {days} days" for days in (60, 30, 14, 7)]
    assert [one for one in letters() if one.startswith("Gold")] == ["Gold is at risk", *mailed]


def appeals_and_loses(life: Life) -> None:
    cast, stay = life.cast, life.stay("gold")
    with on("2026-11-10"):
        stay_decide(actor=cast.manager, stay_id=stay.pk, reason="Half of what gold asks for")
        relay()
    life.night("2026-11-13", times=2)
    with on("2026-11-20"):
        appeal = appeal_open(actor=life.owner, stay_id=stay.pk, text="A tender is being decided")
        relay()
    life.night("2026-12-04")
    stay.refresh_from_db()
    assert (stay.status, stay.effective_on, stay.stopped_on) == ("decided", DAY("2026-11-24"), DAY("2026-11-20"))
    assert life.payouts("2026-Q4") == {"BASE": ("150.00", ""), "GOLD": ("300.00", "")}
    with on("2026-12-05"):
        with pytest.raises(Forbidden) as same:
            appeal_decide(actor=cast.manager, appeal_id=appeal.pk, is_upheld=False, reason="No")
        assert same.value.code == "same_person"
        appeal_decide(actor=cast.administrator, appeal_id=appeal.pk, is_upheld=False, reason="The tender was lost")
        relay()
        life.proves()
    appeal = TierAppeal.objects.get()
    assert (appeal.status, appeal.decision_reason) == ("rejected", "The tender was lost")
    assert life.tiers()[1:] == [("2026-03-11", "gold")], "a week to read it"
    life.night("2026-12-12")
    assert life.tiers()[1:] == [("2026-03-11", "gold"), ("2026-12-12", "silver")]
    assert life.stays() == [("silver", "upgraded"), ("gold", "downgraded"), ("silver", "active")]
    assert life.stay("gold").reason == "Half of what gold asks for"
    assert life.payouts("2026-Q4") == {"BASE": ("150.00", ""), "GOLD": ("0.00", "qualifier tier")}
    assert life.payouts("2026-Q3")["GOLD"] == ("160.00", ""), "what was earned as gold stays"


def is_renewed(life: Life) -> None:
    """On the list from 90 days before the end, advised anew every night, decided by a person with the advice kept."""
    cast, first = life.cast, Agreement.objects.get()
    life.night("2026-12-13", "2026-12-29", "2027-01-05", times=2)
    assert life.told("agreement.expiring") == ["2026-11-13", "2026-12-13", "2026-12-29", "2027-01-05"]
    first.refresh_from_db()
    assert first.status == "expiring"
    assert life.settles("2027-01-05", "2026-Q4") == Decimal(150)
    with on("2027-01-06"):
        row = Renewal.objects.get(partner=life.partner)
        assert (row.kind, row.due_on, row.advice) == ("term", DAY("2027-01-12"), "watch")
        assert [(one["code"], one["weight"]) for one in row.reasons] == [("quiet", "weak")]
        row = renewal_decide(actor=cast.manager, renewal_id=row.pk, decision="renew", note="Two tenders are open")
        assert (row.status, row.advice, Decimal(row.inputs["revenue"])) == ("renewed", "watch", Decimal(163000))
        renewal = agreement_renew(actor=cast.manager, agreement_id=first.pk)
        agreement_send(actor=cast.manager, agreement_id=renewal.pk)
        relay()
        agreement_sign(actor=life.owner, agreement_id=renewal.pk, proof=PROOF)
        agreement_world.countersign(cast, renewal)
        relay()
    life.night("2027-01-12", "2027-01-13")
    first.refresh_from_db()
    renewal.refresh_from_db()
    assert (first.status, renewal.status) == ("expired", "active")
    assert (renewal.active_from, renewal.active_to) == (DAY("2027-01-13"), DAY("2028-01-12"))
    assert life.partner.renewal_on == DAY("2028-01-12")
    assert (life.told("agreement.activated"), life.told("agreement.ended")) == (["2027-01-13"], [])
    with on("2027-01-13"):
        assert {one.agreement_id for one in entitlements_of(life.partner.pk)} == {renewal.pk}


def gives_notice(life: Life) -> None:
    """A tenth of the last year's goods came back: a tenth of the last quarter's earnings is held back."""
    cast = life.cast
    life.sells("2027-02-15", "30000", key="S2")
    life.sells("2027-03-10", "-7300", key="R2", reverses="S2")
    assert life.settles("2027-04-03", "2027-Q1") == Decimal(227)
    life.sells("2027-04-10", "20000")
    with on("2027-05-10"):
        found = exit_start(
            actor=cast.manager, partner_id=life.partner.pk, reason_code="performance",
            reason="Sold to a competitor", last_day=DAY("2027-06-30"),
        )  # fmt: skip
        current = Agreement.objects.get(status="active")
        agreement_terminate(
            actor=cast.manager, agreement_id=current.pk, reason="Both sides agree", last_day=DAY("2027-06-30")
        )
        relay()
        assert life.partner.status == "exiting"
        assert life.told("exit.started") == ["2027-05-10"]
    with on("2027-06-15"):
        reserve_hold(actor=cast.finance, exit_id=found.pk)
        account_propose(
            actor=life.owner, partner_id=life.partner.pk, currency="CNY", holder="New", number="6222081200001234",
            bank_code="102290002916",
        )  # fmt: skip
        relay()
        life.proves()
    reserve = ExitReserve.objects.get()
    assert (reserve.return_rate, reserve.basis, reserve.amount) == (Decimal("0.1"), Decimal(200), Decimal(20))
    assert (reserve.booked_period_key, reserve.release_period_key) == ("2027-Q2", "2027-Q3")
    life.night("2027-06-30", "2027-07-01")
    assert Agreement.objects.get(pk=current.pk).status == "terminated"
    assert life.told("agreement.ended") == ["2027-07-01"]


def leaves(life: Life) -> None:
    cast, found = life.cast, Exit.objects.get()
    assert blocking(life) == {"rebates.open_periods": 1, "partners.accounts": 1}
    assert life.settles("2027-07-03", "2027-Q2") == Decimal(180), "the final statement, less the reserve"
    with on("2027-07-08"):
        assert blocking(life) == {"partners.accounts": 1}
        with pytest.raises(Conflict) as blocked:
            exit_finish(actor=cast.manager, exit_id=found.pk, reason="All settled")
        assert blocked.value.code == "exit_blocked"
        waiver = {"exit_id": found.pk, "check_code": "partners.accounts", "reason": "Never confirmed"}
        with pytest.raises(Forbidden) as same:
            exit_waive(actor=cast.manager, **waiver)
        assert same.value.code == "same_person"
        exit_waive(actor=cast.administrator, **waiver)
        inside = life.client()
        assert inside.get("/p/").status_code == 200
        exit_finish(actor=cast.manager, exit_id=found.pk, reason="All settled")
        assert inside.get("/p/")["Location"] == "/accounts/login/?next=/p/"
        assert life.client().get("/p/").status_code == 404, "signed in again, there is no place any more"
        assert life.client().get("/api/v1/partners/").status_code == 401
        data_export_run(cast.tenant, DataExport.objects.get().pk)
        relay()
        life.proves()
    assert not Membership.objects.filter(partner=life.partner, is_active=True).exists()
    assert (life.partner.status, Exit.objects.get().status) == ("ended", "finished")


def blocking(life: Life) -> dict[str, int]:
    states = exit_checklist(life.cast.manager, Exit.objects.get().pk)
    return {one.check.code: one.count for one in states if not one.is_done}


def has_left_and_is_paid_the_rest(life: Life) -> None:
    with on("2027-07-09"):
        data_export_by_link(token=secret_in_mail("exit-data"))
        files = archive_of(DataExport.objects.get())
        assert b"60000" in files["sales.csv"]
        assert files["tiers.csv"].count(b"\n") == 4
    life.night("2027-07-09")
    assert life.stays()[-1] == ("silver", "ended")
    with on("2027-10-04"):
        last = life.closes("2027-Q3")
        assert last.total == Decimal(20), "the reserve comes back"
    with on("2027-10-25"):
        reviews_lapse(actor=SYSTEM)
        life.pays(last)
        assert life.paid() == Decimal(3900 + 300 + 240 + 150 + 227 + 180 + 20)
        assert accruals_rebuild(actor=SYSTEM).is_empty
        life.proves()
    assert life.audited() == STORY.split()
    deciders = dict(AuditEntry.objects.filter(action__in=DECIDED).values_list("action", "actor_label"))
    manager, administrator = (life.cast.actor(role).label for role in (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR))
    assert [deciders[action] for action in DECIDED] == [administrator, manager, administrator, manager, administrator]
