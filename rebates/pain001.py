"""ISO 20022 credit transfers (pain.001.001.09): what a bank takes. Checked against the schema before it is kept.

Euros from IBAN to IBAN are SEPA transfers; everything else is a plain credit transfer in its currency, to an IBAN or to
an account number at a bank named by BIC or clearing code. One block for each currency, paid from the vendor's account
in that currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as Xml

from django.utils.translation import gettext as _
from text_unidecode import unidecode
from xmlschema import XMLSchema10
from xmlschema.validators.exceptions import XMLSchemaValidationError

from partners.models import BankAccount
from partners.selectors.accounts import accounts_in_force
from prm import clock
from prm.db.scope import require_tenant
from prm.errors import Conflict
from prm.money import minor_units
from rebates import fiscal
from rebates.models import Payment, Settlement

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CLEARING = {"CNY": "CNAPS", "USD": "USABA", "GBP": "GBDSC", "HKD": "HKNCC"}
"""Currency → ISO 20022 code of the clearing system whose bank codes are meant."""


def write_pain001(path: Path, settlement: Settlement, payments: Sequence[Payment], run: int) -> None:
    """Write the transfers of these payments, which have their accounts. Raises `Conflict` (code `file_invalid`)."""
    content = document_of(settlement, payments, run)
    try:
        schema().validate(BytesIO(content))
    except XMLSchemaValidationError as fault:
        text = _("The bank's file would not meet its schema at %(place)s: %(fault)s")
        names = {"place": fault.path or "/", "fault": fault.reason or ""}
        raise Conflict(text % names, code="file_invalid") from fault
    path.write_bytes(content)


@lru_cache(maxsize=1)
def schema() -> XMLSchema10:
    """The schema of the message, as the library of SEPA files ships it."""
    with as_file(files("sepaxml") / "schemas" / "pain.001.001.09.xsd") as path:
        return XMLSchema10(path)


def message_id(settlement: Settlement, run: int) -> str:
    """By which the bank's answer names the file: of one vendor only, and within the 35 characters of ISO 20022."""
    tenant = require_tenant()
    vendor = tenant.slug if len(tenant.slug) <= 20 else f"{tenant.slug[:14]}-{tenant.pk.hex[-5:]}"
    return f"{vendor}-{settlement}-{run}"


def block_id(message: str, currency: str) -> str:
    return f"{message}-{currency}"[-35:]


def document_of(settlement: Settlement, payments: Sequence[Payment], run: int) -> bytes:
    by_currency = defaultdict[str, list[Payment]](list)
    for payment in payments:
        by_currency[payment.currency].append(payment)
    own = accounts_in_force({None}, set(by_currency))
    message = message_id(settlement, run)
    root = Xml.Element("Document", {"xmlns": NAMESPACE})
    initiation = Xml.SubElement(root, "CstmrCdtTrfInitn")
    header = Xml.SubElement(initiation, "GrpHdr")
    _text(header, "MsgId", message)
    _text(header, "CreDtTm", clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(header, payments)
    _text(header, "InitgPty/Nm", require_tenant().name[:140])
    for currency, group in sorted(by_currency.items()):
        _block(initiation, block_id(message, currency), _Block(own[None, currency], currency, group))
    content: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


@dataclass(frozen=True, slots=True)
class _Block:
    """The payments that one account of the vendor's pays."""

    account: BankAccount
    currency: str
    payments: list[Payment]

    @property
    def is_sepa(self) -> bool:
        accounts = [self.account, *(payment.account for payment in self.payments)]
        return self.currency == "EUR" and all(account is not None and account.is_iban for account in accounts)

    def spelled(self, text: str) -> str:
        """SEPA knows Latin letters only."""
        return unidecode(text).strip() if self.is_sepa else text


def _block(initiation: Xml.Element, name: str, block: _Block) -> None:
    element = Xml.SubElement(initiation, "PmtInf")
    _text(element, "PmtInfId", name)
    _text(element, "PmtMtd", "TRF")
    _sums(element, block.payments)
    if block.is_sepa:
        _text(element, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _text(element, "ReqdExctnDt/Dt", fiscal.today().isoformat())
    _text(element, "Dbtr/Nm", block.spelled(block.account.holder)[: 70 if block.is_sepa else 140])
    _account(Xml.SubElement(element, "DbtrAcct"), block.account)
    _agent(Xml.SubElement(element, "DbtrAgt"), block.account)
    _text(element, "ChrgBr", "SLEV" if block.is_sepa else "SHAR")
    for payment in block.payments:
        _transfer(Xml.SubElement(element, "CdtTrfTxInf"), block, payment)


def _transfer(element: Xml.Element, block: _Block, payment: Payment) -> None:
    account = payment.account
    assert account is not None  # noqa: S101 (whoever chooses the payments gave it)
    identity = Xml.SubElement(element, "PmtId")
    _text(identity, "InstrId", f"{payment}-{payment.attempt}")
    _text(identity, "EndToEndId", str(payment))
    amount = _text(element, "Amt/InstdAmt", _amount(payment.amount, payment.currency))
    amount.set("Ccy", payment.currency)
    _agent(Xml.SubElement(element, "CdtrAgt"), account)
    _text(element, "Cdtr/Nm", block.spelled(account.holder)[: 70 if block.is_sepa else 140])
    _account(Xml.SubElement(element, "CdtrAcct"), account)
    _text(element, "RmtInf/Ustrd", block.spelled(f"{payment.settlement} {payment}"))


def _account(element: Xml.Element, account: BankAccount) -> None:
    _text(element, "Id/IBAN" if account.is_iban else "Id/Othr/Id", account.number)
    _text(element, "Ccy", account.currency)


def _agent(element: Xml.Element, account: BankAccount) -> None:
    bank = Xml.SubElement(element, "FinInstnId")
    if account.bic:
        _text(bank, "BICFI", account.bic)
    if account.bank_code:
        member = Xml.SubElement(bank, "ClrSysMmbId")
        if code := CLEARING.get(account.currency):
            _text(member, "ClrSysId/Cd" if len(code) <= 5 else "ClrSysId/Prtry", code)
        _text(member, "MmbId", account.bank_code)
    if account.bank_name:
        _text(bank, "Nm", account.bank_name)
    if not len(bank):
        _text(bank, "Othr/Id", "NOTPROVIDED")


def _sums(element: Xml.Element, payments: Sequence[Payment]) -> None:
    digits = max(minor_units(payment.currency) for payment in payments)
    _text(element, "NbOfTxs", str(len(payments)))
    _text(element, "CtrlSum", f"{sum((payment.amount for payment in payments), Decimal(0)):.{digits}f}")


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:.{minor_units(currency)}f}"


def _text(parent: Xml.Element, path: str, text: str) -> Xml.Element:
    """A new element at the end of a path of new elements."""
    for name in path.split("/"):
        parent = Xml.SubElement(parent, name)
    parent.text = text
    return parent
