"""Pages and operations of a partner's life: its page from every side, directory, suspension, renewal, exit."""

from __future__ import annotations

from prm.identity.rights import Right
from tests.contracts.matrix.names import PARTNER, PARTNERS_VIEW
from tests.contracts.matrix.row import Row, api, elsewhere, member, post

DECIDE, VIEW, EDIT = Right.LIFECYCLE_DECIDE, Right.PARTNERS_VIEW, Right.PARTNERS_EDIT
SUSPENSION = {"suspension_id": "partners.Suspension"}
EXIT = {"exit_id": "partners.Exit"}
DATA = {"export_id": "own data"}
RENEWAL = {"renewal_id": "partners.Renewal"}
VIEW_ID = {"view_id": "partners.DirectoryView"}
RUN = {"run_id": "partners.BulkRun"}

ROWS: dict[str, Row | list[Row]] = {
    "manager:partner_timeline": member(VIEW, ids=PARTNER),
    "manager:partners_csv": member(VIEW),
    "manager:view_new": member(VIEW),
    "manager:view_default": member(VIEW, method="POST", code=302),
    "manager:view_remove": member(VIEW, ids=VIEW_ID),
    "manager:bulk": member(EDIT, method="POST", data={"verb": "tag_add", "all": "1"}),
    "manager:bulk_runs": member(VIEW),
    "manager:bulk_run": member(VIEW, ids=RUN),
    "manager:bulk_undo": member(EDIT, ids=RUN),
    "manager:partner_owner": member(EDIT, ids=PARTNER),
    "manager:partner_term": member(DECIDE, ids=PARTNER),
    "manager:suspension_new": member(DECIDE, ids=PARTNER),
    "manager:suspension_lift": member(DECIDE, ids=SUSPENSION),
    "manager:partner_exit": member(DECIDE, ids=PARTNER, code=302),
    "manager:exits": member(DECIDE),
    "manager:exit_start": member(DECIDE, ids=PARTNER),
    "manager:exit": member(DECIDE, ids=EXIT),
    "manager:exit_waive": member(DECIDE, ids=EXIT, values={"code": "partners.accounts"}),
    "manager:exit_finish": member(DECIDE, ids=EXIT),
    "manager:exit_cancel": member(DECIDE, ids=EXIT),
    "manager:exit_reschedule": member(DECIDE, ids=EXIT),
    "manager:exit_reserve": member(Right.PERIODS_CLOSE, ids={"partner_id": "leaving partner"}),
    "manager:exit_pack": member(DECIDE, method="POST", code=302, ids=EXIT),
    "manager:exit_data": member(DECIDE, ids=EXIT | DATA),
    "manager:renewals": member(DECIDE),
    "manager:renewal": member(DECIDE, ids=RENEWAL),
    "manager:renewal_task": member(DECIDE, method="POST", code=302, ids=RENEWAL),
    "partner:exit": member(Right.OWN_DATA_EXPORT),
    "partner:own_data": member(Right.OWN_DATA_EXPORT, ids={"export_id": "own data of ours"}),
    "public:exit_data": elsewhere("tests/portal/test_exit_pages.py"),
    "api:suspensions": api(*PARTNERS_VIEW),
    "api:partner-suspensions": post(DECIDE, ids=PARTNER),
    "api:suspension-lift": post(DECIDE, ids=SUSPENSION),
    "api:exits": api(*PARTNERS_VIEW),
    "api:partner-exits": post(DECIDE, ids=PARTNER),
    "api:exit-checklist": api(DECIDE, ids=EXIT),
    "api:exit-waivers": post(DECIDE, ids=EXIT),
    "api:exit-finish": post(DECIDE, ids=EXIT),
    "api:exit-cancel": post(DECIDE, ids=EXIT),
    "api:renewals": api(DECIDE),
    "api:renewal-decision": post(DECIDE, ids=RENEWAL),
    "api:directory-views": [api(VIEW), post(VIEW)],
    "api:directory-view": api(EDIT, method="DELETE", code=204, also=(VIEW,), ids=VIEW_ID),
    "api:bulk-runs": [api(VIEW), post(DECIDE)],
    "api:bulk-run-undo": post(DECIDE, code=200, ids=RUN),
}
