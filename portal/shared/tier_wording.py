"""Words of the audit trail about tiers and figures."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

ACTIONS: Mapping[str, tuple[str, object]] = {
    "partners.metric_fact.set": ("gauge", _("Figure entered")),
    "partners.tier_track.created": ("plus", _("Tier track added")),
    "partners.tier_track.changed": ("pencil", _("Tier track changed")),
    "partners.tier_scheme.saved": ("file-pen-line", _("Tier draft saved")),
    "partners.tier_scheme.discarded": ("trash-2", _("Tier draft thrown away")),
    "partners.tier_scheme.published": ("send", _("Tiers published")),
    "partners.tier_scheme.replaced": ("file-clock", _("Tier version replaced")),
    "partners.tier_backtest.requested": ("history", _("Back-test asked for")),
    "partners.tier_backtest.started": ("play", _("Back-test started")),
    "partners.tier_backtest.finished": ("check", _("Back-test finished")),
    "partners.tier_backtest.failed": ("circle-alert", _("Back-test failed")),
    "partners.tier_backtest.acknowledged": ("eye", _("Back-test acknowledged")),
    "partners.tier_sweep.started": ("play", _("Tier evaluation started")),
    "partners.tier_sweep.finished": ("check", _("Tier evaluation finished")),
    "partners.tier_sweep.failed": ("circle-alert", _("Tier evaluation failed")),
    "partners.tier_stay.begun": ("medal", _("Tier begun")),
    "partners.tier_stay.upgrade": ("trending-up", _("Tier left for a higher one")),
    "partners.tier_stay.downgrade": ("trending-down", _("Tier lost")),
    "partners.tier_stay.lapse": ("x", _("No longer qualified")),
    "partners.tier_stay.end": ("ban", _("Stay in the tier ended")),
    "partners.tier_stay.at_risk": ("triangle-alert", _("Tier at risk")),
    "partners.tier_stay.grace": ("clock", _("Grace period begun")),
    "partners.tier_stay.decided": ("gavel", _("Loss of the tier decided")),
    "partners.tier_stay.retained": ("shield-check", _("Tier kept by decision")),
    "partners.tier_stay.recovered": ("circle-check", _("Criteria met again")),
    "partners.tier_stay.warned": ("phone", _("Partner told by hand")),
    "partners.tier_appeal.opened": ("scale", _("Appeal opened")),
    "partners.tier_appeal.assigned": ("user-check", _("Appeal handed over")),
    "partners.tier_appeal.upheld": ("circle-check", _("Appeal upheld")),
    "partners.tier_appeal.rejected": ("circle-x", _("Appeal rejected")),
    "partners.tier_appeal.withdrawn": ("undo-2", _("Appeal withdrawn")),
}

THINGS: Mapping[str, object] = {
    "partners.tiertrack": _("Tier track"),
    "partners.tierscheme": _("Tier scheme"),
    "partners.tierstay": _("Stay in a tier"),
    "partners.tierappeal": _("Appeal"),
    "partners.tierbacktest": _("Back-test"),
    "partners.tiersweep": _("Tier evaluation"),
}
