"""Possible duplicates of an application: found by keys, each with its reasons, and resolved one by one by a person."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Application, DuplicateCandidate
from partners.notices import recruitment as notices
from partners.policies.applications import require_reviewer, require_stays
from partners.services.application_steps import entry_write, locked, step, tell_applicant
from partners.services.company_keys import matches_of, partner_keys_refresh
from partners.states.applications import APPLICATION_OPEN, CandidateStatus, EntryVerb
from prm import clock
from prm.audit.services import record
from prm.errors import Invalid, NotFound, StateError
from prm.identity.actor import Actor

MOST_REASON = 500


def candidates_refresh(application: Application) -> int:
    """Look for partners and open applications that may be the same company; returns how many are unresolved.

    What was resolved stays so, unless a reason came up that was not known then. What matches no more and was never
    looked at goes.
    """
    partner_keys_refresh()
    present = {(one.partner_id, one.other_id): one for one in application.candidates.all()}
    matches = {(partner, other): kinds for partner, other, kinds in matches_of(application)}
    for pair, kinds in matches.items():
        known = present.get(pair)
        if known is None:
            DuplicateCandidate.objects.create(
                application=application, partner_id=pair[0], other_id=pair[1], reasons=kinds
            )
        elif set(kinds) - set(known.reasons):
            _reopen(known, kinds)
    gone = [one.pk for pair, one in present.items() if pair not in matches and one.status == CandidateStatus.OPEN]
    DuplicateCandidate.objects.filter(pk__in=gone).delete()
    return application.candidates.filter(status=CandidateStatus.OPEN).count()


def _reopen(candidate: DuplicateCandidate, kinds: list[str]) -> None:
    candidate.reasons = kinds
    if candidate.status == CandidateStatus.DISMISSED:
        candidate.status, candidate.reason, candidate.resolved_by_label = CandidateStatus.OPEN, "", ""
        candidate.resolved_at = None
    candidate.save(update_fields=["reasons", "status", "reason", "resolved_by_label", "resolved_at"])


@transaction.atomic
def candidate_dismiss(*, actor: Actor, application_id: UUID, candidate_id: UUID, reason: str) -> DuplicateCandidate:
    """It is another company, and here is why. Raises `Invalid` without a reason, `StateError` when resolved."""
    application, candidate = _open_one(actor, application_id, candidate_id)
    text = reason.strip()[:MOST_REASON]
    if not text:
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    _resolve(actor, application, candidate, CandidateStatus.DISMISSED, text)
    record(actor, "partners.application.duplicate_dismissed", application, {"other": _name(candidate)})
    return candidate


@transaction.atomic
def candidate_merge(*, actor: Actor, application_id: UUID, candidate_id: UUID, reason: str = "") -> DuplicateCandidate:
    """It is the same company. Approving then brings the contact into that partner instead of making a new one; another
    application is closed as part of this one, and its applicant told. Raises `StateError` for a partner that leaves or
    has left: nothing of it opens again by an application.
    """
    application, candidate = _open_one(actor, application_id, candidate_id)
    text = reason.strip()[:MOST_REASON] or _("The same company")
    if (
        candidate.partner_id
        and application.candidates.filter(status=CandidateStatus.MERGED, partner__isnull=False).exists()
    ):
        raise StateError(_("It is put together with a partner already."))
    if candidate.partner is not None:
        require_stays(candidate.partner)
    if candidate.other_id:
        _close_other(actor, application, candidate.other_id)
    _resolve(actor, application, candidate, CandidateStatus.MERGED, text)
    record(actor, "partners.application.duplicate_merged", application, {"other": _name(candidate)})
    return candidate


def _close_other(actor: Actor, application: Application, other_id: UUID) -> None:
    other = locked(other_id)
    require_reviewer(actor, other)
    step(actor, other, "merge", action="merged", reason=str(application))
    other.closed_at, other.paused_at = clock.now(), None
    other.save(update_fields=["closed_at", "paused_at"])
    entry_write(actor, other, EntryVerb.MERGE, str(application))
    tell_applicant(notices.MERGED, other)


def _open_one(actor: Actor, application_id: UUID, candidate_id: UUID) -> tuple[Application, DuplicateCandidate]:
    _hold_both(application_id, candidate_id)
    application = locked(application_id)
    require_reviewer(actor, application)
    if application.status not in APPLICATION_OPEN:
        raise StateError(_("“%(what)s” is decided.") % {"what": application})
    candidate = application.candidates.select_related("partner", "other").filter(pk=candidate_id).first()
    if candidate is None:
        raise NotFound
    if candidate.status != CandidateStatus.OPEN:
        raise StateError(_("Somebody has looked at this already."))
    return application, candidate


def _hold_both(application_id: UUID, candidate_id: UUID) -> None:
    """In one order: of two who put the same two applications together from either end, the second waits."""
    pair = DuplicateCandidate.objects.filter(pk=candidate_id, application=application_id)
    other_id = pair.values_list("other", flat=True).first()
    for key in sorted(filter(None, (application_id, other_id))):
        locked(key)


def _resolve(
    actor: Actor, application: Application, candidate: DuplicateCandidate, status: CandidateStatus, text: str
) -> None:
    candidate.status, candidate.reason = status, text
    candidate.resolved_by_label, candidate.resolved_at = actor.label[:254], clock.now()
    candidate.save(update_fields=["status", "reason", "resolved_by_label", "resolved_at"])
    entry_write(actor, application, EntryVerb.NOTE, f"{_name(candidate)} · {status.label} · {text}")


def _name(candidate: DuplicateCandidate) -> str:
    return candidate.partner.code if candidate.partner else str(candidate.other)
