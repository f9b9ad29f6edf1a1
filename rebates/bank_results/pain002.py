"""ISO 20022 customer payment status reports (pain.002): the bank's answer to a file of transfers.

The sender is not trusted: no document type, no entities, nothing fetched, bounded depth and size. No schema is at hand
for it (the library of SEPA files has those of orders only), so it is read by its names, and what is missing is missing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError
from zoneinfo import ZoneInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from prm.db.scope import require_tenant
from rebates.bank_results.entries import ISO, MOST_ENTRIES, Content, Entry, Verdict, amount_of, too_many, unreadable

ROOT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.\d\d\}Document")
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
MOST_DEPTH = 40
MOST_ELEMENTS = 1_000_000


def read_pain002(content: bytes) -> Content:
    """Raises `Unreadable` for anything but such a message."""
    report = _report(_parsed(content))
    message = _text(report, "GrpHdr/MsgId")[:100]
    entries = []
    for row, entry in enumerate(_entries(report), 1):
        if row > MOST_ENTRIES:
            raise too_many()
        entries.append(entry)
    return Content(message, entries)


def _parsed(content: bytes) -> Element:
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(
            BytesIO(content), ("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
        ):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > MOST_DEPTH or count > MOST_ELEMENTS:
                raise unreadable(_("The message is nested too deeply or too long."))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise unreadable(_("The message is not valid XML.")) from error
    if root is None or not ROOT.fullmatch(root.tag):
        raise unreadable(_("This is no payment status report (pain.002)."))
    return root


def _report(root: Element) -> Element:
    """The message below the root, without the namespace in its names: versions differ in it only."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    report = root.find("CstmrPmtStsRpt")
    if report is None or not _text(report, "OrgnlGrpInfAndSts/OrgnlMsgId"):
        raise unreadable(_("This is no payment status report (pain.002)."))
    return report


def _entries(report: Element) -> Iterator[Entry]:
    """One for each transfer; for a block or a message that is answered as a whole, one for all of it."""
    group = _only(report, "OrgnlGrpInfAndSts")
    answer = _Answer(_text(group, "OrgnlMsgId"), _day(_text(report, "GrpHdr/CreDtTm")))
    blocks, row = report.findall("OrgnlPmtInfAndSts"), 0
    if not blocks:
        yield _entry(answer, 1, group, _text(group, "GrpSts"))
    for block in blocks:
        name, said = _text(block, "OrgnlPmtInfId"), _text(block, "PmtInfSts") or _text(group, "GrpSts")
        transfers = block.findall("TxInfAndSts")
        for transfer in transfers or [block]:
            row += 1
            status = _text(transfer, "TxSts") or said
            yield _entry(answer, row, transfer, status, name)


@dataclass(frozen=True, slots=True)
class _Answer:
    """To which message, and when it was written."""

    message: str
    told: dt.date | None


def _entry(answer: _Answer, row: int, element: Element, said: str, block: str = "") -> Entry:
    amount, currency = _amount(element)
    is_whole = element.tag == "OrgnlGrpInfAndSts" or (element.tag == "OrgnlPmtInfAndSts" and block)
    # What names no payment must not turn into an answer about a block, and no block into one about the message.
    reference = "" if is_whole else _text(element, "OrgnlEndToEndId") or "NOTPROVIDED"
    return Entry(
        row=row,
        reference=reference[:100],
        said=said[:20],
        verdict=ISO.get(said.upper(), Verdict.UNREAD),
        on=_day(_text(element, "FctvIntrBkSttlmDt/Dt"))
        or _day(_text(element, "FctvIntrBkSttlmDt/DtTm"))
        or _day(_text(element, "AccptncDtTm"))
        or answer.told,
        reason=_reason(element),
        amount=amount,
        currency=currency,
        message=answer.message,
        block=block,
        instruction=_text(element, "OrgnlInstrId"),
        bank_reference=(_text(element, "AcctSvcrRef") or _text(element, "ClrSysRef"))[:100],
    )


def _amount(element: Element) -> tuple[Decimal | None, str]:
    found = element.find("OrgnlTxRef/Amt/InstdAmt")
    if found is None:
        return None, ""
    try:
        return amount_of((found.text or "").strip()), found.get("Ccy", "")[:3]
    except ValueError:
        raise unreadable(_("The message holds an amount that is no number.")) from None


def _reason(element: Element) -> str:
    """Codes and the bank's own words: `AC04 Account closed`."""
    said = []
    for info in element.findall("StsRsnInf"):
        words = [_text(info, "Rsn/Cd") or _text(info, "Rsn/Prtry")]
        words += [(more.text or "").strip() for more in info.findall("AddtlInf")]
        said.append(" ".join(word for word in words if word))
    return "; ".join(text for text in said if text)[:500]


def _day(text: str) -> dt.date | None:
    """The vendor's business date of an instant; a date is one already, whatever zone it carries."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text[:10] if DATE.fullmatch(text) else text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(require_tenant().time_zone))
    except (ValueError, OverflowError):
        raise unreadable(_("The message holds a date that is none.")) from None
    return moment.date()


def _only(report: Element, name: str) -> Element:
    found = report.find(name)
    return found if found is not None else Element(name)


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
