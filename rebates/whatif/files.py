"""Winners and losers as a CSV file that spreadsheets open."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.utils.translation import gettext as _

from prm.errors import StateError
from prm.files.responses import Download
from prm.identity.actor import Actor
from prm.runs.states import RunStatus
from rebates.csv_cells import csv_cell
from rebates.models import WhatIfRun
from rebates.selectors.what_if import what_if_get
from rebates.whatif.outcome import outcome_read


def what_if_file(actor: Actor, what_if_id: UUID) -> Download:
    """Raises `NotFound`, `StateError` (code `not_done`)."""
    run = what_if_get(actor, what_if_id)
    if run.status != RunStatus.DONE:
        raise StateError(_("The what-if is not done."), code="not_done")
    name = f"{run.program.code}-what-if-{run.asked_on.isoformat()}.csv"
    return Download(name, "text/csv; charset=utf-8", _partners(run).encode("utf-8-sig"))


def _partners(run: WhatIfRun) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [
        _("Partner code"), _("Partner"), _("Currency"), _("As it was"), _("By this version"), _("Difference"),
    ]  # fmt: skip
    writer.writerow(csv_cell(head) for head in heads)
    for one in outcome_read(run.outcome).replay.moves:
        named, amounts = [one.partner.code, one.partner.name, one.currency], [one.before, one.after, one.difference]
        writer.writerow([*map(csv_cell, named), *(csv_cell(amount, one.currency) for amount in amounts)])
    return text.getvalue()
