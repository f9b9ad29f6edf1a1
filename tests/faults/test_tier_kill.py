"""SIGKILL in the middle of the nightly evaluation: what one part has written stays, the next goes on, nothing twice."""

from __future__ import annotations

from decimal import Decimal

import psycopg2
import pytest

from partners.models import MetricFact, Partner, TierChange, TierEvaluation, TierStanding, TierStay, TierSweep
from partners.services.tier_sweeps import PART
from prm import clock
from prm.runs.states import RunStatus
from prm.testing.installation import PATIENCE, Installation
from prm.testing.processes import wait_until
from tests.faults.test_kills import rise
from tests.faults.vendor import Vendor, vendor_make
from tests.partners.ladder import document, evaluate, more, publish, tier

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("faults")]

LADDER = document(tier("silver", more("deals_registered", "3")), tier("gold", more("deals_registered", "7")))
PARTNERS = PART + 40
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.mark.parametrize("victim", ["worker", "postgres"])
def test_a_kill_in_the_middle_of_the_evaluation_of_all_partners(installation: Installation, victim: str) -> None:
    vendor = vendor_make(installation)
    first, last = vendor.do(furnish)
    held = psycopg2.connect(installation.admin_url)
    with held.cursor() as cursor:
        # Whoever writes about the last partner waits: the first part is done then, the second is not.
        cursor.execute("SELECT FROM partners_partner WHERE id = %s FOR UPDATE", [str(last.pk)])
        vendor.do(lambda: publish(vendor.cast.administrator, LADDER))
        wait_until(lambda: done_of(vendor) == PART, PATIENCE, "the first part")
        wait_until(lambda: installation.count(WAITS) > 0, PATIENCE, "the second part")
        assert vendor.do(TierStanding.objects.count) == PART
        installation.kill(victim)
    held.close()
    rise(installation, victim)
    wait_until(lambda: vendor.do(lambda: TierSweep.objects.get().status) == RunStatus.DONE, PATIENCE, "the end")

    total = vendor.do(Partner.objects.count)
    sweep = vendor.do(TierSweep.objects.get)
    assert (sweep.done, sweep.written, sweep.attempts) == (total, total, 2)
    assert vendor.do(TierStanding.objects.count) == vendor.do(TierEvaluation.objects.count) == total
    changes = vendor.do(lambda: sorted(TierChange.objects.values_list("partner__code", "tier")))
    assert changes == [(first.code, "gold"), (last.code, "silver")]
    stays = vendor.do(lambda: sorted(TierStay.objects.values_list("partner__code", "tier", "status")))
    assert stays == [(first.code, "gold", "active"), (last.code, "silver", "active")]
    assert vendor.do(evaluate) == 0, "the same again says nothing new"


def done_of(vendor: Vendor) -> int:
    return vendor.do(lambda: TierSweep.objects.get().done)  # type: ignore[no-any-return]


def furnish() -> tuple[Partner, Partner]:
    """More partners than a part has; the first and the last of them have registered deals."""
    Partner.objects.bulk_create(
        Partner(code=f"K{number:05}", name=f"Partner {number}", country="CN") for number in range(PARTNERS)
    )
    ordered = Partner.objects.filter(code__startswith="K").order_by("pk")
    first, last = ordered[0], ordered.reverse()[0]
    for partner, deals in ((first, "9"), (last, "4")):
        MetricFact.objects.create(
            partner=partner, metric="deals_registered", as_of=clock.now().date(), value=Decimal(deals)
        )  # fmt: skip
    return first, last
