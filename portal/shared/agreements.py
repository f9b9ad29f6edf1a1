"""What pages of several surfaces show of agreements: the text side by side, signers, the form that signs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from partners.agreement_text import Block, blocks_of
from partners.agreement_values import texts_of
from partners.selectors.agreements import agreements_to_sign, document_of
from partners.services.agreement_signing import Ink, Proof, Seen
from partners.signature_chain import path_of
from prm.identity.actor import Actor
from prm.identity.rights import Right

VIEWS = ("en", "zh", "both")


class ReadField(forms.BooleanField):
    """Left open for the service to refuse, so that every fault is told at once."""

    def __init__(self, label: object) -> None:
        super().__init__(label=label, required=False)  # type: ignore[arg-type]


class SignForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your full name"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-sign-name": ""}),
        help_text=gettext_lazy("Typed, it is your signature, unless you draw one."),
    )  # fmt: skip
    strokes = forms.CharField(
        max_length=60_000, required=False, widget=forms.HiddenInput(attrs={"data-sign-strokes": ""})
    )
    has_read = ReadField(gettext_lazy("I have read the document to its end."))
    consents = ReadField(gettext_lazy("I agree to sign electronically."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["has_read"].widget.attrs["data-sign-read"] = ""

    def proof(self, request: HttpRequest) -> Proof:
        """What the service takes, with what the server saw."""
        data = self.cleaned_data
        ink = Ink(data["name"], _strokes(data["strokes"]), has_read=data["has_read"], consents=data["consents"])
        return Proof(ink, seen_of(request))


@dataclass(frozen=True, slots=True)
class Shown:
    """The text as it is to be read: `pairs` are paragraphs in both languages, None where one has fewer."""

    titles: tuple[str, str]
    pairs: Sequence[tuple[Block | None, Block | None]]
    view: str
    sha256: str = ""

    @property
    def blocks(self) -> list[Block]:
        """In the one language that is chosen."""
        place = 1 if self.view == "zh" else 0
        return [found for pair in self.pairs if (found := pair[place])]

    @property
    def title(self) -> str:
        return self.titles[1 if self.view == "zh" else 0]


def shown_of(agreement: Any, view: str) -> Shown:
    """The document that was sent; of a draft the text as it would be."""
    document = document_of(agreement)
    if document is None:
        return shown_texts(texts_of(agreement), view)
    texts = {name: getattr(document, name) for name in ("title_en", "title_zh", "body_en", "body_zh")}
    return shown_texts(texts, view, document.sha256)


def shown_texts(texts: Mapping[str, str], view: str, sha256: str = "") -> Shown:
    pairs = list(zip_longest(blocks_of(texts["body_en"]), blocks_of(texts["body_zh"])))
    return Shown((texts["title_en"], texts["title_zh"]), pairs, view, sha256)


def view_of(request: HttpRequest, usual: str = "") -> str:
    """Which language is read: as the address says, else the reader's own."""
    asked = request.GET.get("text", usual)
    own = "zh" if (get_language() or "").startswith("zh") else "en"
    return asked if asked in VIEWS else own


def seen_of(request: HttpRequest) -> Seen:
    return Seen(get_adapter().get_client_ip(request), request.headers.get("User-Agent", ""))


def with_paths(signers: Sequence[Any]) -> Sequence[Any]:
    """Signers whose drawn signatures can be shown: `path` for an SVG."""
    for signer in signers:
        signer.path = path_of(signer.signature.strokes) if signer.signature else ""
        signer.role = signer.role_zh if (get_language() or "").startswith("zh") else signer.role_en
    return signers


def title_of(agreement: Any) -> str:
    """In the reader's language, with its variables as they stand."""
    document = document_of(agreement)
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return str(getattr(document, f"title_{language}") if document else texts_of(agreement)[f"title_{language}"])


def titled(rows: Any) -> Any:
    """Rows of `agreement_list`, each with its `title` in the reader's language."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    for row in rows:
        document = next(iter(row.documents.all()), None)
        row.title = getattr(document or row, f"title_{language}").replace("{{agreement_number}}", str(row))
    return rows


def to_sign_badge(request: HttpRequest) -> int:
    """For the menu: agreements that wait for the reader's signature."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    right = Right.OWN_AGREEMENTS_VIEW if actor.is_partner else Right.AGREEMENTS_VIEW
    return agreements_to_sign(actor).order_by().count() if actor.can(right) else 0


def _strokes(sent: str) -> Any:
    """What cannot be read is passed on as it is, to be refused."""
    if not sent:
        return None
    try:
        return json.loads(sent)
    except ValueError:
        return sent
