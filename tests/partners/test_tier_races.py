"""Two people at once, on two connections: a loss is decided once, an appeal opened once and decided by one of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from partners.models import TierAppeal, TierStay
from partners.services.tier_decisions import appeal_decide, appeal_open, stay_decide, stay_retain
from partners.services.tier_warnings import warning_record
from partners.states.tiers import StayStatus
from prm.errors import DomainError
from prm.outbox.models import Message
from prm.tenancy.context import tenant_context
from prm.testing.importing import PRODUCTS, Importer
from prm.testing.make import Cast, make_cast, make_tenant
from tests.partners.ladder import DAY, SILVER, at, document, evaluate, held, on, publish, sell
from tests.rebates.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(transactional_db: None) -> Iterator[Cast]:
    """P-1 has silver, its grace period is over, and it is for a person to decide."""
    cast = make_cast(make_tenant("acme"))
    with tenant_context(cast.tenant):
        importer = Importer(cast.tenant, cast.administrator)
        importer.now("products", PRODUCTS)
        with on("2025-03-10"):
            publish(cast.administrator, document(SILVER))
            sell(importer, "s1", "2025-03-01", "500")
            evaluate()
        for day in ("2026-03-01", "2026-03-31", "2026-05-30"):
            at(cast, day)
        assert held(cast.partner.pk).status == StayStatus.GRACE
    with on("2026-06-01"):
        yield cast


def codes(results: list[object]) -> list[str]:
    return sorted(one.code if isinstance(one, DomainError) else "done" for one in results)


def test_two_people_decide_the_same_loss_at_once(waiting: Cast) -> None:
    with tenant_context(waiting.tenant):
        stay = held(waiting.partner.pk)
    actors = (waiting.manager, waiting.administrator)
    calls = [lambda actor=one: stay_decide(actor=actor, stay_id=stay.pk, reason="Too little") for one in actors]
    assert codes(at_once(waiting.tenant, *calls)) == ["done", "wrong_state"]
    with tenant_context(waiting.tenant):
        stay.refresh_from_db()
        assert (stay.status, stay.effective_on) == (StayStatus.DECIDED, DAY("2026-06-15"))
        assert Message.objects.filter(topic="partners.tier.decided").count() == 1


def test_one_decides_the_loss_while_another_lets_the_tier_be_kept(waiting: Cast) -> None:
    with tenant_context(waiting.tenant):
        stay = held(waiting.partner.pk)
    results = at_once(
        waiting.tenant,
        lambda: stay_decide(actor=waiting.manager, stay_id=stay.pk, reason="Too little"),
        lambda: stay_retain(
            actor=waiting.administrator, stay_id=stay.pk, kept_until=DAY("2026-12-31"), reason="A takeover"
        ),
    )
    with tenant_context(waiting.tenant):
        kept: TierStay = TierStay.objects.get(pk=stay.pk)
    # A loss that is decided may still be taken back; a tier that is kept is not lost by an older click.
    assert codes(results) in (["done", "done"], ["done", "wrong_state"])
    assert (kept.status, kept.kept_until, kept.reason) == (StayStatus.RETAINED, DAY("2026-12-31"), "A takeover")


def test_two_of_the_partner_appeal_at_once(waiting: Cast) -> None:
    with tenant_context(waiting.tenant):
        stay = held(waiting.partner.pk)

    def appeal() -> TierAppeal:
        return appeal_open(actor=waiting.partner_administrator, stay_id=stay.pk, text="A large order is coming")

    assert codes(at_once(waiting.tenant, appeal, appeal)) == ["appealed", "done"]
    with tenant_context(waiting.tenant):
        assert TierAppeal.objects.count() == 1
        assert Message.objects.filter(topic="partners.tier.appealed").count() == 1


def test_two_people_decide_an_appeal_differently_at_once(waiting: Cast) -> None:
    with tenant_context(waiting.tenant):
        stay = held(waiting.partner.pk)
        appeal = appeal_open(actor=waiting.partner_administrator, stay_id=stay.pk, text="Please")
    ids = {"appeal_id": appeal.pk, "reason": "Looked at"}
    results = at_once(
        waiting.tenant,
        lambda: appeal_decide(actor=waiting.manager, is_upheld=True, kept_until=DAY("2026-12-31"), **ids),
        lambda: appeal_decide(actor=waiting.administrator, is_upheld=False, **ids),
    )
    assert codes(results) == ["done", "wrong_state"]
    with tenant_context(waiting.tenant):
        appeal.refresh_from_db()
        stay.refresh_from_db()
        assert (appeal.status, stay.status) in {("upheld", "retained"), ("rejected", "decided")}
        assert Message.objects.filter(topic="partners.tier.appeal_decided").count() == 1


def test_that_the_partner_was_told_is_noted_once(waiting: Cast) -> None:
    with tenant_context(waiting.tenant):
        stay = held(waiting.partner.pk)

    def note() -> object:
        return warning_record(actor=waiting.manager, stay_id=stay.pk, text="Telephoned Ms Li")

    assert codes(at_once(waiting.tenant, note, note)) == ["done", "wrong_state"]
