"""Defining scorecards: lines of a draft, published as a version that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.metrics import WindowKind, WindowSpec
from partners.metrics.registry import Better
from partners.models import Scorecard, ScorecardLine, ScorecardVersion
from partners.selectors.scorecards import about, require_vendor
from partners.services.plans import LIMIT
from partners.states.plans import Side
from partners.states.scorecards import SCORECARD_TRANSITIONS, ScorecardStatus
from prm import clock
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition

LINE_EDITABLE = frozenset({"side", "metric", "target", "floor", "weight", "window", "length", "owner_label"})
MOST_LINES = 20


@transaction.atomic
def scorecard_create(*, actor: Actor, name: str, partner_types: Sequence[str] = ()) -> Scorecard:
    """A scorecard with an empty draft. Raises `Conflict` when the name is taken."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    title = name.strip()
    if not title or len(title) > 200:
        raise Invalid(fields={"name": [_("Give it a name of up to 200 characters.")]})
    types = sorted({one.strip() for one in partner_types if one.strip()})
    try:
        with transaction.atomic():
            card: Scorecard = Scorecard.objects.create(name=title, partner_types=types)
    except IntegrityError as error:
        text = _("There is a scorecard with this name already.")
        raise Conflict(text, code="name_taken", fields={"name": [text]}) from error
    ScorecardVersion.objects.create(scorecard=card, number=1)
    record(actor, "partners.scorecard.created", card, {"name": title, "types": ", ".join(types)})
    return card


@transaction.atomic
def scorecard_revise(*, actor: Actor, scorecard_id: UUID) -> ScorecardVersion:
    """The draft of the next version, a copy of what is in force; the open draft when there is one."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    card = _locked(scorecard_id)
    draft: ScorecardVersion | None = card.versions.filter(status=ScorecardStatus.DRAFT).first()
    if draft is not None:
        return draft
    last: ScorecardVersion = card.versions.order_by("-number")[0]
    made: ScorecardVersion = ScorecardVersion.objects.create(scorecard=card, number=last.number + 1)
    names = [*LINE_EDITABLE, "place"]
    for line in last.lines.all():
        ScorecardLine.objects.create(version=made, **{name: getattr(line, name) for name in names})
    record(actor, "partners.scorecard.revised", card, {"version": made.number})
    return made


@transaction.atomic
def line_set(*, actor: Actor, version_id: UUID, side: str, metric: str, **values: Any) -> ScorecardLine:
    """Add the line of a figure to a draft, or change it. Raises `Invalid` with `fields`."""
    version = _draft(actor, version_id)
    line = version.lines.filter(side=side, metric=metric).first()
    if line is None:
        if version.lines.count() >= MOST_LINES:
            raise Invalid(_("A scorecard has at most %(count)s lines.") % {"count": MOST_LINES})
        last = version.lines.aggregate(last=Max("place"))["last"]
        line = ScorecardLine(version=version, side=side, metric=metric, place=0 if last is None else last + 1)
    if unknown := set(values) - LINE_EDITABLE:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in unknown})
    for name, value in values.items():
        setattr(line, name, value)
    if faults := _line_faults(line):
        raise Invalid(fields=faults)
    line.save()
    record(actor, "partners.scorecard.line_set", version.scorecard, {"metric": metric, "weight": line.weight})
    return line


@transaction.atomic
def line_remove(*, actor: Actor, version_id: UUID, line_id: UUID) -> None:
    version = _draft(actor, version_id)
    line = version.lines.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    record(actor, "partners.scorecard.line_removed", version.scorecard, {"metric": line.metric})
    line.delete()


@transaction.atomic
def scorecard_publish(*, actor: Actor, version_id: UUID) -> ScorecardVersion:
    """The draft takes the place of what is in force. Emits `partners.scorecard.published`.

    Raises `Invalid` without lines of the partner, `Conflict` when another scorecard is for the same partners.
    """
    version = _draft(actor, version_id)
    card = version.scorecard
    if not version.lines.filter(side=Side.PARTNER).exists():
        raise Invalid(_("A scorecard needs at least one figure of the partner."), code="no_lines")
    _check_types(card)
    for earlier in card.versions.select_for_update().filter(status=ScorecardStatus.PUBLISHED):
        transition(
            earlier, "replace", table=SCORECARD_TRANSITIONS, actor=actor, action="partners.scorecard.replaced"
        )  # fmt: skip
    version.published_at, version.published_by_label = clock.now(), actor.label[:254]
    version.save(update_fields=["published_at", "published_by_label"])
    transition(version, "publish", table=SCORECARD_TRANSITIONS, actor=actor, action="partners.scorecard.published")
    emit("partners.scorecard.published", {"scorecard_id": str(card.pk), "version_id": str(version.pk)})
    return version


@transaction.atomic
def scorecard_retire(*, actor: Actor, scorecard_id: UUID, reason: str) -> Scorecard:
    """Nobody is scored by it any more; the scores of the past stay. Raises `StateError` when it is not in force."""
    require_vendor(actor, Right.SCORECARDS_EDIT)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Please give a reason.")]})
    card = _locked(scorecard_id)
    version = card.versions.filter(status=ScorecardStatus.PUBLISHED).first()
    if version is None:
        raise StateError(_("It is not in force."))
    transition(
        version, "retire", table=SCORECARD_TRANSITIONS, actor=actor, action="partners.scorecard.retired",
        reason=reason.strip(),
    )  # fmt: skip
    return card


def _locked(scorecard_id: UUID) -> Scorecard:
    card = Scorecard.objects.select_for_update().filter(pk=scorecard_id).first()
    if card is None:
        raise NotFound
    return card


def _draft(actor: Actor, version_id: UUID) -> ScorecardVersion:
    require_vendor(actor, Right.SCORECARDS_EDIT)
    version = ScorecardVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound
    card = _locked(version.scorecard_id)
    version = ScorecardVersion.objects.select_for_update().get(pk=version_id)
    version.scorecard = card
    if version.status != ScorecardStatus.DRAFT:
        raise StateError(_("A published version does not change; make a new one."))
    return version


def _check_types(card: Scorecard) -> None:
    """Each partner has one scorecard: types of two that are in force must not meet, nor may two be for all."""
    others = Scorecard.objects.exclude(pk=card.pk).filter(versions__status=ScorecardStatus.PUBLISHED)
    for other in others:
        shared = set(card.partner_types) & set(other.partner_types)
        if shared or not (card.partner_types or other.partner_types):
            raise Conflict(_("“%(name)s” is for these partners already.") % {"name": other.name}, code="types_taken")


def _line_faults(line: ScorecardLine) -> dict[str, list[str]]:
    found = about(line.side, line.metric) if line.side in Side.values else None
    if found is None:
        return {"metric": [_("There is no such figure.")]}
    faults: dict[str, list[str]] = {}
    target, floor = Decimal(line.target), Decimal(line.floor)
    if max(abs(target), abs(floor)) >= LIMIT:
        faults["target"] = [_("This number is too large.")]
    if target == floor or (target > floor) != (found.better == Better.UP):
        up, down = _("The floor lies below the target."), _("Less is better here: the floor lies above the target.")
        faults["floor"] = [up if found.better == Better.UP else down]
    if not 1 <= line.weight <= 100:
        faults["weight"] = [_("A weight from 1 to 100.")]
    if len(line.owner_label) > 254:
        faults["owner_label"] = [_("At most %(count)s characters.") % {"count": 254}]
    try:
        WindowSpec(WindowKind(line.window), line.length)
    except ValueError:
        faults["length"] = [_("This window has another length.")]
    return faults
