"""Reading applications: the queue of the vendor's people, one application, and what a link opens for its applicant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from partners.models import (
    Application,
    ApplicationEntry,
    ApplicationFile,
    ApplicationLink,
    CompanyKey,
    DuplicateCandidate,
)
from partners.policies.applications import APPLICANT, require_applicant
from partners.recruitment.answers import problems_of
from partners.recruitment.fields import Field, fields_of, steps_of
from partners.selectors.recruitment import business_hours
from partners.states.applications import (
    APPLICATION_CLOSED,
    APPLICATION_OPEN,
    ApplicationStatus,
    CandidateStatus,
    KeyKind,
    ReapplyRule,
)
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import NotFound
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.models import Membership
from prm.identity.rights import ROLE_RIGHTS, Right
from prm.tokens import token_hash
from prm.workflow.hours import business_time_between

STATES = ("open", "mine", "late", "waiting", "closed", "drafts")
RUNNING = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW)
"""The vendor has to answer."""
NEAR = dt.timedelta(hours=4)
"""Business time that is left when a reviewer should look at once."""


def application_list(
    actor: Actor, *, state: str = "", status: str = "", form_id: UUID | None = None, search: str = ""
) -> QuerySet[Application]:
    """Applications with their form, newest first; drafts only when `state` is `drafts` or `status` asks for them.

    `state`: `open`, `mine` (the actor reviews it), `late`, `waiting` (for the applicant), `closed`, `drafts`. `search`:
    a number such as A-00012, a company or an e-mail address.
    """
    actor.require(Right.APPLICATIONS_VIEW)
    rows: QuerySet[Application] = Application.objects.select_related("form", "partner").order_by("-number")
    rows = rows.filter(_in_state(actor, state)) if state else rows
    if status:
        rows = rows.filter(status=status)
    elif state != "drafts":
        rows = rows.exclude(status=ApplicationStatus.DRAFT).exclude(submitted_at=None, status=ApplicationStatus.EXPIRED)
    if form_id:
        rows = rows.filter(form_id=form_id)
    text = search.strip().replace("\0", "")[:200]
    if text:
        number = text.upper().removeprefix("A-").lstrip("0")
        named = Q(legal_name__icontains=text) | Q(email__icontains=text)
        rows = rows.filter(named | (Q(number=int(number)) if _is_number(number) else Q()))
    found = DuplicateCandidate.objects.filter(application=OuterRef("pk"), status=CandidateStatus.OPEN)
    return rows.annotate(has_candidates=Exists(found))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _in_state(actor: Actor, state: str) -> Q:
    known = {
        "open": Q(status__in=APPLICATION_OPEN),
        "mine": Q(status__in=APPLICATION_OPEN, reviewer_id=actor.id),
        "late": Q(status__in=RUNNING, due_at__lt=clock.now()),
        "waiting": Q(status=ApplicationStatus.INFO_REQUESTED),
        "closed": Q(status__in=APPLICATION_CLOSED),
        "drafts": Q(status=ApplicationStatus.DRAFT),
    }
    return known.get(state, Q())


def application_get(actor: Actor, application_id: UUID) -> Application:
    """One application, drafts included: for the vendor's people, or for its applicant. Raises `NotFound`."""
    rows: QuerySet[Application] = Application.objects.select_related(
        "form", "version", "partner", "referrer_user", "referrer_partner"
    )
    if actor.kind == APPLICANT:
        require_applicant(actor, application_id)
    else:
        actor.require(Right.APPLICATIONS_VIEW)
    found = rows.filter(pk=application_id).first()
    if found is None:
        raise NotFound
    return found


def application_counts(actor: Actor) -> dict[str, int]:
    """How many there are in each of `STATES`."""
    actor.require(Right.APPLICATIONS_VIEW)
    counts: Any = {state: Count("pk", filter=_in_state(actor, state)) for state in STATES}
    return dict(Application.objects.order_by().aggregate(**counts))


def link_find(token: str) -> ApplicationLink:
    """The link with its application; raises `NotFound` for a forged and for an expired one alike."""
    links = ApplicationLink.objects.filter(token_hash=token_hash(token), expires_at__gt=clock.now())
    found = links.select_related("application__form", "application__version").first()
    if found is None or found.application.erased_at:
        raise NotFound(_("This link is no longer valid."), code="link_invalid")
    return found


def entries_of(actor: Actor, application: Application) -> list[ApplicationEntry]:
    """What was said and done, oldest first; the applicant reads nothing internal."""
    application_get(actor, application.pk)
    rows = list(ApplicationEntry.objects.filter(application=application))
    return [row for row in rows if actor.kind != APPLICANT or not row.is_internal]


def files_of(actor: Actor, application: Application) -> list[ApplicationFile]:
    application_get(actor, application.pk)
    return list(ApplicationFile.objects.filter(application=application).select_related("file"))


def application_file(actor: Actor, application_id: UUID, file_id: UUID) -> StoredFile:
    """A file of this application; raises `NotFound` for any other."""
    application_get(actor, application_id)
    found = ApplicationFile.objects.filter(application=application_id, pk=file_id).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file  # type: ignore[no-any-return]


def candidates_of(actor: Actor, application: Application) -> list[DuplicateCandidate]:
    """Possible duplicates, open ones first."""
    actor.require(Right.APPLICATIONS_VIEW)
    rows = DuplicateCandidate.objects.filter(application=application).select_related("partner", "other__form")
    return sorted(rows, key=lambda one: (one.status != CandidateStatus.OPEN, one.created_at))


def reviewer_choices(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the people who may review, by name."""
    actor.require(Right.APPLICATIONS_DECIDE)
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.APPLICATIONS_DECIDE in rights]
    members = Membership.objects.filter(role__in=roles, is_active=True, partner__isnull=True, user__is_active=True)
    found = members.select_related("user").order_by("user__name", "user__email")
    return [(str(one.user_id), str(one.user)) for one in found]


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as its applicant fills it in: fields in the reader's language, steps, what is still missing."""

    fields: list[Field]
    steps: list[str]
    problems: dict[str, list[str]]

    def of(self, step: str) -> list[Field]:
        return [field for field in self.fields if field.step == step]

    def is_done(self, step: str) -> bool:
        return not any(field.key in self.problems for field in self.of(step))

    @property
    def first_undone(self) -> str:
        return next((step for step in self.steps if not self.is_done(step)), "")


def asked_of(application: Application, language: str) -> Asked:
    """What the version of the form asks that the application was begun with."""
    fields = fields_of(application.version.definition, language)
    given = set(ApplicationFile.objects.filter(application=application).values_list("field", flat=True))
    answers = application.answers | {"email": application.email}
    return Asked(fields, steps_of(fields), problems_of(fields, answers, given))


@dataclass(frozen=True, slots=True)
class Barrier:
    """An earlier decision that forbids to apply again: until a day, or for good (`until` is None)."""

    until: dt.date | None


def reapply_barrier(application: Application) -> Barrier | None:
    """Whether the same address or the same tax number was rejected before and may not apply yet."""
    keys = CompanyKey.objects.filter(application=application, kind=KeyKind.TAX_ID).values("value")
    same = CompanyKey.objects.filter(kind=KeyKind.TAX_ID, value__in=keys, application__isnull=False)
    today = clock.today(require_tenant())
    rejected = Application.objects.filter(
        Q(email=application.email) | Q(pk__in=same.values("application")),
        Q(reapply=ReapplyRule.NEVER) | Q(reapply_on__gt=today),
        status=ApplicationStatus.REJECTED,
        form=application.form_id,
        erased_at=None,
    ).exclude(pk=application.pk)
    found = list(rejected.order_by("-decided_at").values_list("reapply", "reapply_on"))
    if not found:
        return None
    if any(rule == ReapplyRule.NEVER for rule, _day in found):
        return Barrier(None)
    return Barrier(max(day for _rule, day in found if day is not None))


@dataclass(frozen=True, slots=True)
class Clock:
    """The vendor's time for its answer: business time that is left, negative when it is overdue."""

    state: str
    left: dt.timedelta
    due_at: dt.datetime

    @property
    def is_near(self) -> bool:
        return self.left <= NEAR


def clock_of(application: Application) -> Clock | None:
    """`running`, `late` or `paused`; None for drafts and for what is decided."""
    return clocks_of([application])[application.pk]


def clocks_of(applications: Sequence[Application]) -> dict[UUID, Clock | None]:
    hours, now = business_hours(), clock.now()
    found: dict[UUID, Clock | None] = {}
    for one in applications:
        if one.due_at is None or one.status not in APPLICATION_OPEN:
            found[one.pk] = None
            continue
        since = one.paused_at or now
        state = "paused" if one.paused_at else "late" if one.due_at < now else "running"
        found[one.pk] = Clock(state, business_time_between(since, one.due_at, hours), one.due_at)
    return found
