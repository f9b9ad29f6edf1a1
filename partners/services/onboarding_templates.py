"""Templates of onboarding plans: written as drafts, published as versions that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.models import PlanTemplate, TemplateTask
from partners.models.onboarding import LENGTHS
from partners.onboarding_graph import cycle_in, unknown_keys
from partners.policies.own import require_vendor
from partners.states.onboarding import ONBOARDING_TEMPLATE_TRANSITIONS, TemplateStatus
from prm.audit.services import record
from prm.errors import Conflict, Invalid, NotFound, StateError
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.workflow.services import transition, transition_check

TEMPLATE = frozenset({"name_en", "name_zh", "partner_type", "days"})
TASK = frozenset(
    {"title_en", "title_zh", "help_en", "help_zh", "side", "proof", "weight", "is_must", "depends_on", "position",
     "due_days"}
)  # fmt: skip
COPIED = ("key", *sorted(TASK))


@transaction.atomic
def template_create(*, actor: Actor, code: str, **fields: Any) -> PlanTemplate:
    """The first draft of a template. Raises `Invalid`, `Conflict` for a taken code."""
    require_vendor(actor, Right.ONBOARDING_EDIT)
    template = PlanTemplate(code=code.strip())
    if PlanTemplate.objects.filter(code=template.code).exists():
        raise _taken()
    _assign(template, fields, TEMPLATE)
    _check_template(template)
    _insert(template, _taken())
    record(actor, "partners.onboarding_template.created", template, {"code": template.code})
    return template


@transaction.atomic
def template_update(*, actor: Actor, template_id: UUID, **changes: Any) -> PlanTemplate:
    """Change some of `TEMPLATE` of a draft. Raises `StateError` for what is published."""
    template = _draft(actor, template_id)
    _assign(template, changes, TEMPLATE)
    _check_template(template)
    template.save(update_fields=sorted(TEMPLATE))
    record(actor, "partners.onboarding_template.changed", template, {"code": template.code})
    return template


@transaction.atomic
def template_revise(*, actor: Actor, template_id: UUID) -> PlanTemplate:
    """A draft of the next version with everything of this one; the one there is, if there is one."""
    require_vendor(actor, Right.ONBOARDING_EDIT)
    found = _locked(template_id)
    present = PlanTemplate.objects.filter(code=found.code, status=TemplateStatus.DRAFT).first()
    if present is not None:
        return present
    last = PlanTemplate.objects.filter(code=found.code).order_by("-version").first()
    draft = PlanTemplate(
        code=found.code, version=(last or found).version + 1, **{name: getattr(found, name) for name in TEMPLATE}
    )
    _insert(draft, Conflict())
    TemplateTask.objects.bulk_create(
        TemplateTask(template=draft, **{name: getattr(task, name) for name in COPIED}) for task in found.tasks.all()
    )
    record(actor, "partners.onboarding_template.created", draft, {"code": draft.code, "version": draft.version})
    return draft


@transaction.atomic
def template_publish(*, actor: Actor, template_id: UUID) -> PlanTemplate:
    """New plans are made of it from now on. Raises `Invalid` for a plan that cannot be carried out, `Conflict` when
    another template serves the same type of partner."""
    template = _draft(actor, template_id)
    transition_check(template, "publish", table=ONBOARDING_TEMPLATE_TRANSITIONS)
    _check_tasks({task.key: task.depends_on for task in template.tasks.all()})
    if not template.tasks.filter(is_must=True).exists():
        raise Invalid(_("At least one task has to be needed for the start."))
    serving = PlanTemplate.objects.select_for_update().filter(status=TemplateStatus.PUBLISHED)
    other = serving.filter(partner_type=template.partner_type).exclude(code=template.code).first()
    if other is not None:
        text = _("“%(name)s” serves this type of partner already.") % {"name": other.name}
        raise Conflict(text, fields={"partner_type": [text]})
    for earlier in serving.filter(code=template.code):
        transition(
            earlier,
            "replace",
            table=ONBOARDING_TEMPLATE_TRANSITIONS,
            actor=actor,
            action="partners.onboarding_template.replaced",
        )
    transition(
        template,
        "publish",
        table=ONBOARDING_TEMPLATE_TRANSITIONS,
        actor=actor,
        action="partners.onboarding_template.published",
    )
    emit("partners.onboarding_template.published", {"template_id": str(template.pk)})
    return template


@transaction.atomic
def template_discard(*, actor: Actor, template_id: UUID) -> None:
    """A draft goes, with its tasks."""
    template = _draft(actor, template_id)
    record(actor, "partners.onboarding_template.discarded", template, {"code": template.code})
    template.delete()


@transaction.atomic
def template_task_save(
    *, actor: Actor, template_id: UUID, key: str, task_id: UUID | None = None, **fields: Any
) -> TemplateTask:
    """A task of a draft, new or changed; `fields` are `TASK`. Raises `Invalid` for a circle, `Conflict` for the key."""
    template = _draft(actor, template_id)
    task = TemplateTask(template=template, key=key.strip())
    if task_id is not None:
        present = template.tasks.filter(pk=task_id).first()
        if present is None:
            raise NotFound
        task = present
    _assign(task, fields, TASK)
    _check_task(task)
    waits = {one.key: one.depends_on for one in template.tasks.exclude(pk=task.pk)}
    if task.key in waits:
        raise _taken("key")
    _check_tasks(waits | {task.key: task.depends_on})
    task.save()
    record(actor, "partners.onboarding_template.task_saved", template, {"code": template.code, "task": task.key})
    return task


@transaction.atomic
def template_task_remove(*, actor: Actor, template_id: UUID, task_id: UUID) -> None:
    """Raises `Conflict` while another task waits for it."""
    template = _draft(actor, template_id)
    task = template.tasks.filter(pk=task_id).first()
    if task is None:
        raise NotFound
    waiting = template.tasks.filter(depends_on__contains=[task.key]).first()
    if waiting is not None:
        raise Conflict(_("“%(task)s” waits for it.") % {"task": waiting.title})
    task.delete()
    record(actor, "partners.onboarding_template.task_removed", template, {"code": template.code, "task": task.key})


def _draft(actor: Actor, template_id: UUID) -> PlanTemplate:
    require_vendor(actor, Right.ONBOARDING_EDIT)
    template = _locked(template_id)
    if template.status != TemplateStatus.DRAFT:
        raise StateError(_("A published version does not change. Make a new one."))
    return template


def _locked(template_id: UUID) -> PlanTemplate:
    template = PlanTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise NotFound
    return template


def _assign(row: Any, fields: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := fields.keys() - known:
        raise Invalid(fields={name: [_("This cannot be changed.")] for name in sorted(unknown)})
    for name, value in fields.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)


def _check_template(template: PlanTemplate) -> None:
    if not (template.name_en or template.name_zh):
        raise Invalid(fields={"name_en": [_("Give a name in at least one language.")]})
    if template.days not in LENGTHS:
        raise Invalid(fields={"days": [_("A plan lasts 30, 60 or 90 days.")]})
    _clean(template)


def _check_task(task: TemplateTask) -> None:
    task.depends_on = sorted({key.strip() for key in task.depends_on if key.strip()})
    if not (task.title_en or task.title_zh):
        raise Invalid(fields={"title_en": [_("Give a title in at least one language.")]})
    _clean(task)


def _check_tasks(waits: Mapping[str, list[str]]) -> None:
    if missing := unknown_keys(waits):
        text = _("There is no task “%(key)s”.") % {"key": missing[0]}
        raise Invalid(text, fields={"depends_on": [text]})
    if circle := cycle_in(waits):
        text = _("These tasks wait for one another: %(keys)s.") % {"keys": " → ".join(circle)}
        raise Invalid(text, fields={"depends_on": [text]})


def _clean(row: Any) -> None:
    try:
        row.clean_fields(exclude=["tenant", "template"])
    except ValidationError as error:
        raise Invalid(fields=error.message_dict) from error


def _insert(template: PlanTemplate, refusal: Conflict) -> None:
    try:
        with transaction.atomic():
            template.save(force_insert=True)
    except IntegrityError as error:
        raise refusal from error


def _taken(field: str = "code") -> Conflict:
    text = _("This code is taken.") if field == "code" else _("Another task has this key.")
    return Conflict(text, code="taken", fields={field: [text]})
