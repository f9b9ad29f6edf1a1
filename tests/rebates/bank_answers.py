"""What a bank would answer to a file of transfers: status reports (pain.002) as banks write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


@dataclass(frozen=True)
class Said:
    """About one transfer."""

    reference: str
    status: str
    instruction: str = ""
    reason: str = ""
    words: str = ""
    on: str = "2026-10-02T09:30:00+08:00"
    amount: str = ""
    currency: str = ""
    bank: str = ""

    @property
    def xml(self) -> str:
        reason = f"<Rsn><Cd>{self.reason}</Cd></Rsn>" if self.reason else ""
        info = f"<StsRsnInf>{reason}<AddtlInf>{self.words}</AddtlInf></StsRsnInf>" if self.reason or self.words else ""
        amount = f'<OrgnlTxRef><Amt><InstdAmt Ccy="{self.currency}">{self.amount}</InstdAmt></Amt></OrgnlTxRef>'
        return (
            f"<TxInfAndSts><OrgnlInstrId>{self.instruction}</OrgnlInstrId>"
            f"<OrgnlEndToEndId>{self.reference}</OrgnlEndToEndId><TxSts>{self.status}</TxSts>{info}"
            f"<AccptncDtTm>{self.on}</AccptncDtTm><AcctSvcrRef>{self.bank}</AcctSvcrRef>"
            f"{amount if self.amount else ''}</TxInfAndSts>"
        )


def pain002(
    answered: str, said: Sequence[Said] = (), *, group: str = "", blocks: Sequence[tuple[str, str]] = (),
    message: str = "BANK-1",
) -> bytes:  # fmt: skip
    """`blocks` are (id, status) of blocks answered as a whole; with neither blocks nor transfers the message is."""
    body = "".join(
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts></OrgnlPmtInfAndSts>"
        for name, status in blocks
    )
    if said:
        transfers = "".join(one.xml for one in said)
        body += f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId>{transfers}</OrgnlPmtInfAndSts>"
    status = f"<GrpSts>{group}</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>" if group else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-10-02T10:00:00+08:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{answered}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{status}</OrgnlGrpInfAndSts>{body}</CstmrPmtStsRpt></Document>"
    ).encode()
