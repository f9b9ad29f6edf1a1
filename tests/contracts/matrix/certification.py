"""Certificates, the catalogue, and accounts that cool off."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import ACCOUNT_EDITORS, BANK_ACCOUNT, PARTNER
from tests.contracts.matrix.row import Row, api, member, post

VIEW, EDIT, OWN = Right.PARTNERS_VIEW, Right.CERTIFICATES_EDIT, Right.OWN_CERTIFICATES_VIEW
READERS = (VIEW, OWN)
CERTIFICATE = {"certificate_id": "own certificate"}
COOLING = {"account_id": "cooling account"}
REASON = {"reason": "Because"}

ROWS: dict[str, Row | list[Row]] = {
    "api:certifications": [api(*READERS), post(EDIT)],
    "api:certificates": [api(*READERS), post(EDIT, also=(VIEW,))],
    "api:certificate": api(*READERS, ids=CERTIFICATE),
    "api:certificate-revoke": post(EDIT, also=(VIEW,), ids=CERTIFICATE),
    "api:partner-certified-people": api(*READERS, ids=PARTNER),
    "api:partner-endings": api(*READERS, ids=PARTNER),
    "api:bank-account-stop": post(*ACCOUNT_EDITORS, code=200, ids=COOLING, data=REASON),
    "partner:certificates": member(OWN),
    "partner:certificate": member(OWN, ids=CERTIFICATE),
    "partner:certificate_file": member(OWN, ids=CERTIFICATE),
    "partner:account_stop": member(Right.OWN_ACCOUNT_EDIT, ids=COOLING),
    "finance:account_stop": member(Right.ACCOUNTS_EDIT, ids=BANK_ACCOUNT),
    "finance:account_cool_off": member(Right.SETTINGS_EDIT),
    "manager:certification": member(VIEW),
    "manager:certificates": member(VIEW),
    "manager:certificate": member(VIEW, ids=CERTIFICATE),
    "manager:certificate_file": member(VIEW, ids=CERTIFICATE),
    "manager:certificate_award": member(EDIT),
    "manager:certificate_revoke": member(EDIT, ids=CERTIFICATE),
    "manager:person_move": member(EDIT, ids={"person_id": "partners.Person"}),
    "manager:certifications": member(VIEW),
    "manager:certification_new": member(EDIT),
    "manager:certification_edit": member(EDIT, ids={"certification_id": "partners.Certification"}),
}
