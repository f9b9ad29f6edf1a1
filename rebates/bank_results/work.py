"""The worker's part of applying a file: the changes and the end of its row are one transaction."""

from __future__ import annotations

from prm.identity.actor import Actor
from prm.runs.orders import Orders
from prm.runs.progress import progress_set
from rebates.models import ApplyRun
from rebates.services.bank_results import bank_result_apply


def _apply(run: ApplyRun) -> list[str]:
    bank_result_apply(
        actor=run.actor, result_id=run.result_id, fingerprint=run.fingerprint,
        tell=lambda done, total: progress_set(run.pk, done, total),
    )  # fmt: skip
    return []


APPLICATIONS: Orders[ApplyRun] = Orders(
    "rebates.bank_result_application", ApplyRun, Actor.system("rebates.bank_result"), _apply
)
