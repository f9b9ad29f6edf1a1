"""Files that go along with words: the form field for several of them, and what a dispute's thread shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm import clock
from prm.db.scope import require_tenant
from prm.files.services import MOST_BYTES
from rebates.states import DISPUTE_OPEN, DisputeSide, DisputeStatus

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.webp,.xlsx,.csv"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


STRANGERS_LIMITS = {
    "data-most": MOST_BYTES["evidence"],
    "data-most-said": _("At most 20 MB for each file, so this was not added:"),
    "data-most-together": _("At most 20 MB at once: please add the files one after another."),
}
"""For file inputs of people without an account: the page's script takes back what the server would refuse together with
all that was typed."""


class FilesField(forms.FileField):
    """Any number of files. What they are is judged by the service, from their content."""

    widget = FilesInput

    def __init__(self, *, by_strangers: bool = False, **options: Any) -> None:
        options.setdefault("label", _("Evidence"))
        attrs = {"accept": ACCEPTED, **(STRANGERS_LIMITS if by_strangers else {})}
        super().__init__(required=False, widget=FilesInput(attrs=attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


def evidence_of(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The form's files as the services take them."""
    return [(file.name, file) for file in data.get("files") or []]


class WordsForm(forms.Form):
    """Something said in a dispute, with files if there are any."""

    text = forms.CharField(label=_("Message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    files = FilesField(help_text=_("PDF, image, Excel or CSV; up to 5 files."))  # type: ignore[assignment]


class AnswerForm(WordsForm):
    """The partner's: a file alone is an answer, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False


VERBS: Mapping[str, tuple[str, str, object]] = {
    "open": ("message-square-warning", "warn", _("Dispute opened")),
    "acknowledge": ("eye", "info", _("Taken on by a reviewer")),
    "ask": ("circle-question-mark", "info", _("A question to the partner")),
    "answer": ("message-square", "info", _("The partner's answer")),
    "said": ("message-square", "neutral", _("Added")),
    "accept": ("circle-check", "ok", _("Accepted")),
    "accept_partly": ("circle-check", "ok", _("Partly accepted")),
    "reject": ("circle-x", "bad", _("Rejected")),
    "withdraw": ("undo-2", "neutral", _("Withdrawn by the partner")),
    "escalate": ("arrow-up-from-line", "warn", _("Escalated to another reviewer")),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of a thread, ready for the page."""

    icon: str
    tone: str
    title: str
    text: str
    who: str
    at: Any
    files: list[Any]


def thread_of(entries: Iterable[Any], *, for_partner: bool) -> list[Said]:
    """Partners read the vendor's name where the vendor's people read a person's."""
    return [_said(entry, for_partner) for entry in entries]


def _said(entry: Any, for_partner: bool) -> Said:
    icon, tone, title = VERBS.get(entry.verb, ("dot", "neutral", entry.verb))
    who = entry.author_label
    if entry.side == DisputeSide.SYSTEM:
        who = str(_("Automatic: the time was up"))
    elif for_partner and entry.side == DisputeSide.VENDOR:
        who = require_tenant().name
    files = [row.file for row in entry.files.all()]
    return Said(icon, tone, str(title), entry.text, who, entry.at, files)


def days_until(dispute: Any) -> int | None:
    """Days to the dispute's due day, negative when it is past; None when nobody at the vendor is on the clock."""
    if dispute.status not in DISPUTE_OPEN or dispute.status == DisputeStatus.AWAITING_PARTNER:
        return None
    return int((dispute.due_on - clock.today(require_tenant())).days)
