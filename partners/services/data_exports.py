"""A partner's own data: ask for the archive, fetch it with an account or by its link."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from partners.models import DataExport, Exit, Partner
from partners.policies.partners import visible
from prm import clock
from prm.audit.services import record
from prm.db.scope import require_tenant
from prm.errors import Conflict, NotFound, StateError
from prm.files.models import StoredFile
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.outbox.services import emit
from prm.runs.states import RUN_ACTIVE, RunStatus
from prm.tokens import token_hash, token_new

WATCH = "partners.data_export.watch"
"""Internal: somebody has to work on the archive until it has ended."""


@transaction.atomic
def data_export_request(
    *,
    actor: Actor,
    partner_id: UUID,
    exit: Exit | None = None,  # noqa: A002 (the row's word)
    language: str = "",
) -> DataExport:
    """Queue the archive of everything that the partner's people may see. Raises `Conflict` while one is being made."""
    _require(actor)
    partner = visible(actor).select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    if DataExport.objects.filter(partner=partner, status__in=RUN_ACTIVE).exists():
        raise Conflict(_("The archive is being made already."), code="export_running")
    export: DataExport = DataExport.objects.create(
        partner=partner, exit=exit, language=language or translation.get_language() or "en", name=_name(partner),
        requested_by_id=actor.id, requested_by_label=actor.label[:254],
    )  # fmt: skip
    record(actor, "partners.data_export.requested", export, {"partner": partner.code})
    emit(WATCH, {"data_export_id": str(export.pk)})
    return export


@transaction.atomic
def data_export_download(*, actor: Actor, export_id: UUID) -> StoredFile:
    """The archive, and an entry in the audit trail. Raises `StateError` when there is none: not done, or expired."""
    _require(actor)
    export = DataExport.objects.filter(pk=export_id, partner__in=visible(actor)).select_related("file").first()
    if export is None:
        raise NotFound
    return _handed_out(actor, export)


@transaction.atomic
def data_export_link(*, export_id: UUID) -> tuple[DataExport, str]:
    """A fresh secret of the link to a finished archive; the one before it opens nothing any more."""
    export = DataExport.objects.select_for_update().get(pk=export_id)
    token, export.token_hash = token_new()
    export.save(update_fields=["token_hash"])
    return export, token


@transaction.atomic
def data_export_by_link(*, token: str) -> StoredFile:
    """The archive behind a link. Raises `NotFound` for any other, whatever the reason."""
    return _handed_out(Actor.system("own data link"), data_export_of_link(token))


def data_export_of_link(token: str) -> DataExport:
    """Raises `NotFound` for a link that is unknown or whose archive has expired."""
    found = DataExport.objects.filter(
        token_hash=token_hash(token), status=RunStatus.DONE, file__isnull=False, expires_at__gt=clock.now()
    )
    export = found.select_related("file", "partner").first()
    if export is None:
        raise NotFound(_("This link is no longer valid."))
    return export


def _handed_out(actor: Actor, export: DataExport) -> StoredFile:
    if export.status != RunStatus.DONE:
        raise StateError(_("The archive is not done."), code="not_done")
    if export.file is None or export.expires_at is None or export.expires_at <= clock.now():
        raise StateError(_("The archive has expired. Ask for it again."), code="expired")
    record(actor, "partners.data_export.downloaded", export, {"sha256": export.sha256})
    return export.file  # type: ignore[no-any-return]


def _require(actor: Actor) -> None:
    actor.require(Right.OWN_DATA_EXPORT if actor.is_partner else Right.LIFECYCLE_DECIDE)


def _name(partner: Partner) -> str:
    return f"{partner.code[:64]}-{clock.today(require_tenant())}.zip"
