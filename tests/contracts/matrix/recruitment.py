"""Applications: the pages of strangers, those of the vendor's people, the operations."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.row import Row, api, elsewhere, member, post, public

APPLICATION = {"application_id": "partners.Application"}
FILE = APPLICATION | {"file_id": "partners.ApplicationFile"}
CANDIDATE = APPLICATION | {"candidate_id": "partners.DuplicateCandidate"}
BY_LINK = elsewhere("tests/portal/test_join_pages.py")
VIEW, DECIDE, EDIT = Right.APPLICATIONS_VIEW, Right.APPLICATIONS_DECIDE, Right.RECRUITMENT_EDIT

ROWS: dict[str, Row | list[Row]] = {
    "public:join": public(platform=404),
    "public:join_again": public(platform=404),
    "public:join_form": public(values={"slug": "reseller"}, platform=404),
    "public:locator": public(platform=404),
    "public:locator_embed": public(platform=404),
    "public:application": BY_LINK,
    "public:application_send": BY_LINK,
    "public:application_answer": BY_LINK,
    "public:application_withdraw": BY_LINK,
    "public:application_file": BY_LINK,
    "public:application_file_remove": BY_LINK,
    "public:application_step": BY_LINK,
    "manager:recruitment": member(VIEW),
    "manager:recruitment_funnel": member(VIEW),
    "manager:recruitment_forms": member(EDIT),
    "manager:recruitment_form_new": member(EDIT),
    "manager:recruitment_form": member(EDIT, ids={"form_id": "partners.ApplicationForm"}),
    "manager:recruitment_settings": member(EDIT),
    "manager:application": member(VIEW, ids=APPLICATION),
    "manager:application_take": member(DECIDE, ids=APPLICATION, method="POST", code=302),
    "manager:application_assign": member(DECIDE, ids=APPLICATION),
    "manager:application_ask": member(DECIDE, ids=APPLICATION),
    "manager:application_note": member(DECIDE, ids=APPLICATION),
    "manager:application_approve": member(DECIDE, ids=APPLICATION),
    "manager:application_reject": member(DECIDE, ids=APPLICATION),
    "manager:application_file": member(VIEW, ids=FILE),
    "manager:application_duplicate": member(DECIDE, ids=CANDIDATE, values={"verb": "dismiss"}),
    "api:applications": api(VIEW),
    "api:application": api(VIEW, ids=APPLICATION),
    "api:application-take": post(DECIDE, ids=APPLICATION, code=200),
    "api:application-ask": post(DECIDE, ids=APPLICATION),
    "api:application-approve": post(DECIDE, ids=APPLICATION, code=409),
    "api:application-reject": post(DECIDE, ids=APPLICATION),
}
