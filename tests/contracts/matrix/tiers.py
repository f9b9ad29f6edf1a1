"""Tiers and metrics: pages of both sides, and operations."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER
from tests.contracts.matrix.row import Row, api, member, post

TRACK = {"track_id": "partners.TierTrack"}
DRAFT = {"track_id": "tier draft"}
SCHEME = {"scheme_id": "partners.TierScheme"}
STAY = {"stay_id": "partners.TierStay"}
APPEAL = {"appeal_id": "partners.TierAppeal"}
BACKTEST = {"backtest_id": "partners.TierBacktest"}
EVIDENCE = {"file_id": "tier evidence"}
VIEW, EDIT, DECIDE = Right.TIERS_VIEW, Right.TIERS_EDIT, Right.TIERS_DECIDE
OWN, OWN_APPEAL = Right.OWN_TIER_VIEW, Right.OWN_TIER_APPEAL

ROWS: dict[str, Row | list[Row]] = {
    "partner:tier": member(OWN),
    "partner:tier_appeal": member(OWN_APPEAL),
    "partner:tier_appeal_withdraw": member(OWN_APPEAL, ids=APPEAL),
    "partner:tier_appeal_file": member(OWN, ids=APPEAL | EVIDENCE),
    "manager:tiers": member(VIEW),
    "manager:partner_tier": member(VIEW, ids=PARTNER),
    "manager:tier_track_new": member(EDIT),
    "manager:tier_track": member(VIEW, ids=TRACK),
    "manager:tier_track_edit": member(EDIT, ids=TRACK),
    "manager:tier_draft": member(EDIT, ids=DRAFT),
    "manager:tier_publish": member(EDIT, ids=DRAFT),
    "manager:tier_discard": member(EDIT, ids=DRAFT),
    "manager:tier_backtest_new": member(EDIT, method="POST", code=302, ids=DRAFT),
    "manager:tier_backtest": member(VIEW, ids=BACKTEST),
    "manager:tier_scheme": member(VIEW, ids=SCHEME),
    "manager:tier_stay": member(VIEW, ids=STAY),
    "manager:tier_stay_lose": member(DECIDE, ids=STAY),
    "manager:tier_stay_keep": member(DECIDE, ids=STAY),
    "manager:tier_stay_told": member(DECIDE, ids=STAY),
    "manager:tier_appeal_decide": member(DECIDE, ids=APPEAL),
    "manager:tier_appeal_assign": member(DECIDE, ids=APPEAL),
    "manager:tier_appeal_file": member(VIEW, ids=APPEAL | EVIDENCE),
    "api:metrics": api(VIEW, Right.SCORECARDS_VIEW),
    "api:metric-facts": post(Right.SCORECARDS_EDIT, ids=PARTNER),
    "api:tier-standing": api(VIEW, OWN, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
    "api:tier-evaluations": api(VIEW, also=(Right.PARTNERS_VIEW,), ids=PARTNER),
    "api:tier-simulation": post(VIEW, OWN, code=200, also=(Right.PARTNERS_VIEW,), ids=PARTNER, data={"changes": {}}),
    "api:tier-tracks": [api(VIEW), post(EDIT)],
    "api:tier-draft": api(EDIT, method="PUT", code=422, ids=DRAFT),
    "api:tier-backtests": post(EDIT, code=202, ids=DRAFT),
    "api:tier-publish": post(EDIT, code=409, ids=DRAFT),
    "api:tier-backtest": api(VIEW, ids=BACKTEST),
    "api:tier-backtest-acknowledge": post(EDIT, code=200, ids=BACKTEST),
    "api:tier-schemes": api(VIEW),
    "api:tier-scheme": api(VIEW, ids=SCHEME),
    "api:tier-stays": api(VIEW, OWN),
    "api:tier-appeals": api(VIEW, OWN),
}
