"""The agreement on paper, both languages side by side; when it is signed, with the signatures and a page of proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from partners.agreement_consent import CONSENT
from partners.agreement_text import Block, blocks_of
from partners.models import Agreement, AgreementDocument, AgreementSigner, Signature
from partners.signature_chain import FIELD_HEIGHT, FIELD_WIDTH
from partners.states.agreements import SignerSide
from prm.db.scope import require_tenant
from prm.documents.paper import GREY, INK, LINE, MARGIN, WIDTH, Color, Paper
from prm.files.models import StoredFile
from prm.files.services import file_store
from prm.identity.actor import Actor
from prm.tenancy.hosts import public_url

GAP = 8
COLUMN = (WIDTH - GAP) / 2
RIGHT = MARGIN + COLUMN + GAP
BOX_HEIGHT = 46
SIZES = {"heading": (11.5, 6.0, 3.0), "subheading": (9.5, 5.0, 2.0), "paragraph": (9, 4.7, 0.0), "item": (9, 4.7, 0.0)}
"""Kind of a block → size of its letters, height of its lines, room above."""
# What the font lacks, and quotes that it draws as wide as a Han character.
MISSING = {"–": "-", "—": "-", "•": "·"}
UNMISSED = str.maketrans(dict[str, str | int | None](MISSING))
STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", **MISSING})
Texts = Mapping[str, str]
LABELS = (
    gettext_noop("Full name"), gettext_noop("Signs as"), gettext_noop("Invited at"), gettext_noop("Opened at"),
    gettext_noop("Signed at"), gettext_noop("How"),
    gettext_noop("Internet address"), gettext_noop("Browser"), gettext_noop("Consent"),
    gettext_noop("Document SHA-256"),
    gettext_noop("Chained to"), gettext_noop("Signature SHA-256"), gettext_noop("Typed name"),
    gettext_noop("Drawn by hand"), gettext_noop("At a signing service"), gettext_noop("Signatures"),
    gettext_noop("Proof of signing"), gettext_noop("Date"),
)  # fmt: skip
EXPLAINED = gettext_noop(
    "Each signature names the SHA-256 of the document as it was sent and of the signature before it. Whether a file is "
    "the signed one can be checked at %(url)s."
)


def document_pdf(agreement: Agreement, texts: Texts, signers: Sequence[AgreementSigner]) -> bytes:
    """What is sent to be signed. The same agreement gives the same bytes."""
    made_at = agreement.sent_at or agreement.created_at
    return _made(agreement, texts, signers, [], made_at=made_at, sha256="")


def signed_pdf_store(actor: Actor, agreement: Agreement) -> StoredFile:
    """The document with its signatures and the page of proof, kept for good."""
    document: AgreementDocument = agreement.documents.get()
    texts = {name: getattr(document, name) for name in ("title_en", "title_zh", "body_en", "body_zh")}
    signatures = list(agreement.signatures.order_by("position"))
    signers = list(agreement.signers.order_by("position"))
    made_at = agreement.countersigned_at or agreement.created_at
    content = _made(agreement, texts, signers, signatures, made_at=made_at, sha256=document.sha256)
    return file_store(actor=actor, name=f"{agreement}-signed.pdf", content=BytesIO(content), purpose="agreement")


def _made(
    agreement: Agreement,
    texts: Texts,
    signers: Sequence[AgreementSigner],
    signatures: Sequence[Signature],
    *,
    made_at: dt.datetime,
    sha256: str,
) -> bytes:
    tenant = require_tenant()
    sheet = Sheet(agreement, texts, signers, {one.position: one for one in signatures}, sha256)
    with TemporaryDirectory() as folder:
        foot = f"{tenant.name} · {agreement}"
        letters = frozenset("".join([*texts.values(), foot, sheet.letters()]))
        paper = Paper(Path(folder), letters, foot=foot, made_at=made_at)
        paper.set_title(f"{agreement} {texts['title_en']}".translate(STRAIGHT))
        _head(paper, sheet, _color(tenant.brand_color))
        _body(paper, sheet)
        _boxes(paper, sheet)
        if signatures:
            _proof(paper, sheet)
        return bytes(paper.output())


class Sheet:
    """What is written, in both languages."""

    def __init__(
        self,
        agreement: Agreement,
        texts: Texts,
        signers: Sequence[AgreementSigner],
        signatures: Mapping[int, Signature],
        sha256: str,
    ) -> None:
        self.agreement, self.texts, self.signers = agreement, texts, signers
        self.signatures, self.sha256 = signatures, sha256
        self.vendor = require_tenant().name
        self.partner = agreement.partner.legal_name or agreement.partner.name
        self.zone = ZoneInfo(require_tenant().time_zone)

    def company(self, signer: AgreementSigner) -> str:
        return self.vendor if signer.side == SignerSide.VENDOR else self.partner

    def role(self, signer: AgreementSigner) -> str:
        return signer.role_en if signer.role_en == signer.role_zh else f"{signer.role_en} · {signer.role_zh}"

    def moment(self, at: dt.datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {local:%z} ({self.zone.key})"

    def facts(self, signer: AgreementSigner, signature: Signature) -> list[tuple[str, str]]:
        ways = {"typed": both("Typed name"), "drawn": both("Drawn by hand"), "provider": both("At a signing service")}
        seen = (("Invited at", signer.asked_at), ("Opened at", signer.viewed_at))
        return [
            (both("Full name"), f"{signature.name} <{signature.email}>"),
            (both("Signs as"), f"{self.role(signer)}, {self.company(signer)}"),
            *((both(label), self.moment(at)) for label, at in seen if at),
            (both("Signed at"), self.moment(signature.at)),
            (both("How"), f"{ways[signature.method]}: {signature.text}"),
            (both("Internet address"), signature.ip),
            (both("Browser"), signature.user_agent),
            (both("Consent"), f"[{signature.consent_version}] {signature.consent}"),
            (both("Document SHA-256"), signature.sha256),
            (both("Chained to"), signature.previous),
            (both("Signature SHA-256"), signature.digest),
        ]

    def letters(self) -> str:
        """Of the signed paper, whether it is signed or not: cutting the fonts is what takes long, and is done once."""
        parts = [self.vendor, self.partner, self.agreement.partner.name, self.explained(), *map(both, LABELS)]
        parts += [_in(language, CONSENT) for language in ("en", "zh-hans")]
        for signer in self.signers:
            parts += [signer.name, signer.email, self.role(signer), self.company(signer)]
        parts += [one.name + one.text + one.consent + one.user_agent for one in self.signatures.values()]
        return "".join(parts)

    def explained(self) -> str:
        url = public_url(require_tenant(), "/verify/")
        return "\n".join(_in(language, EXPLAINED) % {"url": url} for language in ("en", "zh-hans"))


def both(text: str) -> str:
    """A label in both languages."""
    english, chinese = _in("en", text), _in("zh-hans", text)
    return english if english == chinese else f"{english} · {chinese}"


def _in(language: str, text: str) -> str:
    with translation.override(language):
        return gettext(text).translate(STRAIGHT) if language == "en" else gettext(text)


def _head(paper: Paper, sheet: Sheet, color: Color) -> None:
    paper.write_in(10, color, bold=True)
    paper.cell(WIDTH * 0.6, 7, sheet.vendor)
    paper.write_in(9, GREY)
    paper.cell(WIDTH * 0.4, 7, str(sheet.agreement), align="R", new_x="LMARGIN", new_y="NEXT")
    paper.rule(color, 0.6)
    paper.set_y(paper.get_y() + 6)
    paper.write_in(15, bold=True)
    ends = [
        paper.block(x, COLUMN, sheet.texts[f"title_{language}"].translate(STRAIGHT), 7.5)
        for x, language in ((MARGIN, "en"), (RIGHT, "zh"))
    ]
    paper.set_y(max(ends) + 5)


def _body(paper: Paper, sheet: Sheet) -> None:
    """Paragraph by paragraph, so that what means the same stands at the same height."""
    pairs = zip_longest(blocks_of(sheet.texts["body_en"]), blocks_of(sheet.texts["body_zh"]))
    for english, chinese in pairs:
        kind = (english or chinese).kind
        size, height, above = SIZES[kind]
        bold = kind in {"heading", "subheading"}
        paper.write_in(size, bold=bold)
        paper.set_y(paper.get_y() + above)
        if bold:
            paper.room(height * 4)
        columns = [_lines(paper, english, straight=True), _lines(paper, chinese, straight=False)]
        for lines in zip_longest(*columns, fillvalue=""):
            paper.room(height)
            top = paper.get_y()
            for x, line in zip((MARGIN, RIGHT), lines, strict=True):
                paper.set_xy(x, top)
                paper.cell(COLUMN, height, line)
            paper.set_xy(MARGIN, top + height)
        paper.set_y(paper.get_y() + 2)


def _lines(paper: Paper, block: Block | None, *, straight: bool) -> list[str]:
    if block is None:
        return []
    text = block.text.translate(STRAIGHT if straight else UNMISSED)
    if block.kind != "item":
        return paper.lines_of(COLUMN, text)
    lines = paper.lines_of(COLUMN - 5, text)
    return [("- " if place == 0 else "   ") + line for place, line in enumerate(lines)]


def _boxes(paper: Paper, sheet: Sheet) -> None:
    paper.set_y(paper.get_y() + 6)
    paper.room(BOX_HEIGHT + 12)
    paper.write_in(11, bold=True)
    paper.cell(WIDTH, 8, both("Signatures"), new_x="LMARGIN", new_y="NEXT")
    for start in range(0, len(sheet.signers), 2):
        paper.room(BOX_HEIGHT + 4)
        top = paper.get_y() + 1
        for x, signer in zip((MARGIN, RIGHT), sheet.signers[start : start + 2], strict=False):
            _box(paper, sheet, signer, x, top)
        paper.set_xy(MARGIN, top + BOX_HEIGHT + 3)


def _box(paper: Paper, sheet: Sheet, signer: AgreementSigner, x: float, top: float) -> None:
    signature = sheet.signatures.get(signer.position)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.2)
    paper.rect(x, top, COLUMN, BOX_HEIGHT, round_corners=True, corner_radius=2)
    paper.set_xy(x, top + 3)
    paper.write_in(9, bold=True)
    paper.set_y(paper.block(x + 3, COLUMN - 6, sheet.company(signer), 4.5))
    paper.write_in(8, GREY)
    paper.block(x + 3, COLUMN - 6, sheet.role(signer), 4)
    if signature and signature.strokes:
        _draw(paper, signature, x + 3, top + 16)
    elif signature:
        paper.set_y(top + 19)
        paper.write_in(15)
        paper.block(x + 3, COLUMN - 6, signature.text, 7)
    paper.set_draw_color(*GREY)
    paper.line(x + 3, top + 34, x + COLUMN - 3, top + 34)
    paper.set_y(top + 35)
    paper.write_in(8.5)
    paper.set_y(paper.block(x + 3, COLUMN - 6, signature.name if signature else signer.name, 4.2))
    paper.write_in(7.5, GREY)
    said = sheet.moment(signature.at) if signature else f"{both('Date')}:"
    paper.block(x + 3, COLUMN - 6, said, 4)


def _draw(paper: Paper, signature: Signature, x: float, top: float) -> None:
    width, height = 50.0, 50.0 * FIELD_HEIGHT / FIELD_WIDTH
    paper.set_draw_color(*INK)
    paper.set_line_width(0.45)
    for line in signature.strokes:
        points = [
            (x + a * width / FIELD_WIDTH, top + b * height / FIELD_HEIGHT)
            for a, b in zip(line[::2], line[1::2], strict=True)
        ]
        paper.polyline(points)


def _proof(paper: Paper, sheet: Sheet) -> None:
    paper.add_page()
    paper.write_in(15, bold=True)
    paper.cell(WIDTH, 9, both("Proof of signing"), new_x="LMARGIN", new_y="NEXT")
    paper.write_in(8.5, GREY)
    paper.set_y(paper.get_y() + 1)
    for line in sheet.explained().split("\n"):
        paper.set_y(paper.block(MARGIN, WIDTH, line, 4.5))
    paper.set_y(paper.get_y() + 4)
    for signer in sheet.signers:
        signature = sheet.signatures.get(signer.position)
        if signature is None:
            continue
        paper.room(88)
        paper.rule()
        paper.set_y(paper.get_y() + 3)
        paper.set_y(paper.pairs(sheet.facts(signer, signature), MARGIN, WIDTH, label=44) + 3)


def _color(brand: str) -> Color:
    return int(brand[1:3], 16), int(brand[3:5], 16), int(brand[5:7], 16)
