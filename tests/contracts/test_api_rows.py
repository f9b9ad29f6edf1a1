"""Each verb of each operation of the API has its row, with the rights that the operation declares."""

from __future__ import annotations

from prm.api.operations import Endpoint, operation_of
from tests.contracts.matrix.row import API
from tests.contracts.role_matrix import ROWS
from tests.contracts.test_role_matrix import ADDRESSES


def test_rows_and_operations_agree() -> None:
    declared, written = {}, {}
    for name, pattern in ADDRESSES.items():
        view = getattr(pattern.callback, "cls", None)
        if view is None or not issubclass(view, Endpoint):
            continue
        for method in view.http_method_names:
            operation = operation_of(view, method)
            if operation is not None and method != "head":
                declared[name, method.upper()] = set(operation.rights)
    for name, rows in ROWS.items():
        for row in rows if isinstance(rows, list) else [rows]:
            if row.kind == API:
                written[name, row.method] = set(row.rights)
    assert written == declared
    assert len(declared) > 55
