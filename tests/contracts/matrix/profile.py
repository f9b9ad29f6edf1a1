"""Company profiles, locations, specialisations."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER
from tests.contracts.matrix.row import Row, api, member, post

READERS = (Right.PARTNERS_VIEW, Right.OWN_PROFILE_EDIT)
EDITORS = (Right.PARTNERS_EDIT, Right.OWN_PROFILE_EDIT)
LOCATION = {"location_id": "partners.Location"}
OWN = {"location_id": {"partner": "own"}}
WORD = {"specialisation_id": "partners.Specialisation"}

ROWS: dict[str, Row | list[Row]] = {
    "api:partner-profile": [
        api(*READERS, ids=PARTNER),
        api(*EDITORS, method="PATCH", ids=PARTNER),
    ],
    "api:partner-locations": [
        api(*READERS, ids=PARTNER),
        post(*EDITORS, code=201, ids=PARTNER, data={"name": "HQ", "city": "Kyoto", "country": "JP"}),
    ],
    "api:partner-location": [
        api(*READERS, ids=PARTNER | LOCATION, make=OWN),
        api(*EDITORS, method="PATCH", ids=PARTNER | LOCATION, make=OWN),
        api(*EDITORS, method="DELETE", code=204, ids=PARTNER | LOCATION, make=OWN),
    ],
    "api:partner-specialisations": [
        api(*READERS, ids=PARTNER),
        api(*EDITORS, method="PUT", ids=PARTNER, data={"codes": []}),
    ],
    "api:specialisations": [api(*READERS), post(Right.PARTNERS_EDIT)],
    "partner:company": member(Right.OWN_PROFILE_EDIT),
    "partner:company_edit": member(Right.OWN_PROFILE_EDIT),
    "partner:company_specialisations": member(Right.OWN_PROFILE_EDIT),
    "partner:location_new": member(Right.OWN_PROFILE_EDIT),
    "partner:location": member(Right.OWN_PROFILE_EDIT, ids=LOCATION, make=OWN),
    "partner:location_remove": member(Right.OWN_PROFILE_EDIT, ids=LOCATION, make=OWN),
    "manager:company": member(Right.PARTNERS_VIEW, ids=PARTNER),
    "manager:company_edit": member(Right.PARTNERS_EDIT, ids=PARTNER),
    "manager:company_specialisations": member(Right.PARTNERS_EDIT, ids=PARTNER),
    "manager:location_new": member(Right.PARTNERS_EDIT, ids=PARTNER),
    "manager:location": member(Right.PARTNERS_EDIT, ids=PARTNER | LOCATION, make=OWN),
    "manager:location_remove": member(Right.PARTNERS_EDIT, ids=PARTNER | LOCATION, make=OWN),
    "manager:specialisations": member(Right.PARTNERS_VIEW),
    "manager:specialisation_new": member(Right.PARTNERS_EDIT),
    "manager:specialisation": member(Right.PARTNERS_EDIT, ids=WORD),
}
