"""What made an adjustment, in words. Every cause that this app writes has a text."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebates.models import DISPUTE_CAUSE, Adjustment

CAUSES: Mapping[str, object] = {
    "imports.import": gettext_lazy("Cause: an import of data."),
    "commerce.saleline": gettext_lazy("Cause: sales that were recorded late."),
    "commerce.exchangerate": gettext_lazy("Cause: an exchange rate."),
    "commerce.product": gettext_lazy("Cause: a change of products."),
    "partners.partner": gettext_lazy("Cause: a change of the partner's data."),
    "partners.tierchange": gettext_lazy("Cause: a change of the tier."),
    "partners.agreement": gettext_lazy("Cause: an agreement came into force or ended."),
    "commerce.overdue": gettext_lazy("Cause: receivables overdue."),
    "rebates.program": gettext_lazy("Cause: a change of the program."),
    "rebates.programversion": gettext_lazy("Cause: a change of the program."),
    "rebates.reconciliation": gettext_lazy("Cause: the nightly reconciliation."),
    "rebates.recalculation": gettext_lazy("Cause: a recalculation."),
    "rebates.rebuild": gettext_lazy("Cause: a full recalculation."),
    "rebates.target": gettext_lazy("Cause: a change of targets."),
    "rebates.minimum": gettext_lazy("Cause: the minimum payout; what stayed below it is carried to the next period."),
    "rebates.exit_reserve": gettext_lazy("Cause: a reserve for returns, held back when the partnership ended."),
    DISPUTE_CAUSE: gettext_lazy("Cause: a dispute that was accepted."),
}


def cause_text(adjustment: Adjustment) -> str:
    known = CAUSES.get(adjustment.cause_type)
    if known is not None:
        return str(known)
    return _("Cause: %(kind)s %(id)s.") % {"kind": adjustment.cause_type, "id": adjustment.cause_id}
