"""Tiers for the house: one in force, with a partner that appeals in its grace period; a draft and its back-test."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from partners.models import TierEvaluation, TierStay, TierTrack
from partners.services.tier_backtests import backtest_start
from partners.services.tier_decisions import appeal_open
from partners.services.tiers import scheme_save, track_create
from partners.tier_backtest_work import backtest_run
from prm.testing.make import Cast
from tests.partners.ladder import document, evaluate, more, publish, tier

EVIDENCE = b"order,amount\nA-1,5000\n"


def tier_things(cast: Cast) -> dict[str, Any]:
    """The active tenant's partner is gold by its history, and far from it by its sales."""
    far = document(tier("gold", more("revenue", "999999999")), risk_days=0, grace_days=1, warnings=[1])
    scheme = publish(cast.administrator, far)
    evaluate(cast.partner)
    evaluate(cast.partner)
    stay = TierStay.objects.get(partner=cast.partner, status="grace")
    appeal = appeal_open(
        actor=cast.partner_administrator, stay_id=stay.pk, text="An order is coming",
        files=[("order.csv", BytesIO(EVIDENCE))],
    )  # fmt: skip
    track = track_create(actor=cast.administrator, code="draft", name_en="Draft", partner_types=["alliance"])
    scheme_save(actor=cast.administrator, track_id=track.pk, definition=document(tier("ally", more("orders", "1"))))
    run = backtest_start(actor=cast.administrator, track_id=track.pk)
    backtest_run(cast.tenant, run.pk)
    return {
        "partners.TierTrack": TierTrack.objects.get(code="all"),
        "partners.TierScheme": scheme,
        "partners.TierStay": stay,
        "partners.TierAppeal": appeal,
        "tier evidence": appeal.files.get().file,
        "tier draft": track,
        "partners.TierBacktest": run,
        "partners.TierEvaluation": TierEvaluation.objects.filter(partner=cast.partner).first(),
    }
