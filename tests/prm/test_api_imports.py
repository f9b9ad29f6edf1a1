"""Imports through the REST API: upload in both ways, preview, run by a real worker, errors, undo."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from commerce.models import Product, SaleLine
from prm.files.models import StoredFile
from prm.identity.rights import Right
from prm.imports.models import Import
from prm.tenancy.context import tenant_context
from prm.testing.api import ApiClient, make_key
from prm.testing.make import Cast
from prm.testing.processes import WorkerProcesses, wait_until

HEADER = "单据行号,经销商编码,产品编码,销售日期,数量,金额,币种\n"
ROWS = "L1,P-1,R-1,2026-10-01,2,199.90,CNY\nL2,P-9,R-1,2026-10-01,1,99.95,CNY\n"
URL = "/api/v1/imports/"


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    with tenant_context(cast.tenant):
        Product.objects.create(sku="R-1", name="Road bike")
    return ApiClient(cast.tenant, make_key(cast))


def upload(api: ApiClient, text: str = HEADER + ROWS, **headers: str) -> Any:
    return api.client.post(
        f"{URL}?kind=sales&name=十月.csv&sender=ERP", text.encode("gb18030"), "text/csv", headers=api.headers | headers
    )


def upload_form(api: ApiClient, **fields: Any) -> Any:
    file = SimpleUploadedFile("sales.csv", (HEADER + ROWS).encode(), "text/csv")
    return api.client.post(URL, {"file": file, "kind": "sales", **fields}, headers=api.headers)


def uploads(cast: Cast) -> int:
    with tenant_context(cast.tenant):
        return Import.objects.count()


def test_a_file_as_the_body(api: ApiClient) -> None:
    answer = upload(api)
    assert answer.status_code == 201, answer.content
    run = answer.json()
    assert (run["file_name"], run["sender"], run["status"]) == ("十月.csv", "ERP", "uploaded")
    assert run["mapping"]["external_id"] == "单据行号"
    assert run["progress"] == {"phase": "", "done": 0, "total": 0, "percent": 0}
    preview = api.get(f"imports/{run['id']}/preview/").json()
    assert (preview["rows"][0][0], preview["problems"], len(preview["columns"])) == ("L1", [], 7)
    assert [row["id"] for row in api.get("imports/", kind="sales").json()["items"]] == [run["id"]]


def test_a_file_in_a_form(api: ApiClient) -> None:
    answer = upload_form(api, sender="ERP", update_existing="true")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["file_name"], answer.json()["update_existing"]) == ("sales.csv", True)


def test_uploads_with_a_key_are_one(api: ApiClient, cast: Cast) -> None:
    first, again = (upload(api, **{"Idempotency-Key": "u"}) for _number in range(2))
    assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
    other = upload(api, HEADER, **{"Idempotency-Key": "u"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert uploads(cast) == 1


def test_wrong_uploads(api: ApiClient, cast: Cast, settings: Any) -> None:
    assert upload_form(api, kind="people").json()["fields"].keys() == {"kind"}
    assert upload_form(api, status="done").json()["fields"] == {"status": ["There is no such field."]}
    assert api.client.post(f"{URL}?kind=sales", b"", "text/csv", headers=api.headers).status_code == 422
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
    refused = api.client.post(f"{URL}?kind=sales", picture, "text/csv", headers=api.headers)
    assert (refused.status_code, refused.json()["code"]) != (201, "")
    assert refused.status_code == 422
    assert api.post("imports/", {"kind": "sales"}).status_code == 415
    settings.PRM_UPLOAD_MAX_BYTES = 50
    assert upload(api).status_code == 413
    with tenant_context(cast.tenant):
        assert (Import.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_key_without_the_right_of_the_kind(cast: Cast, api: ApiClient) -> None:
    client = ApiClient(cast.tenant, make_key(cast, [Right.IMPORTS_RUN]))
    assert upload(client).status_code == 403
    foreign = upload(api).json()["id"]
    assert client.get("imports/").json()["items"] == []
    assert client.get(f"imports/{foreign}/").status_code == 403


def test_a_rivals_import_is_as_unknown_as_any(api: ApiClient, rival_cast: Cast) -> None:
    rival, own = ApiClient(rival_cast.tenant, make_key(rival_cast)), upload(api).json()["id"]
    for action in ("", "preview/", "errors/"):
        assert rival.get(f"imports/{own}/{action}").content == rival.get(f"imports/{uuid.uuid4()}/{action}").content
    for action in ("start/", "undo/"):
        answer = rival.post(f"imports/{own}/{action}", {})
        assert (answer.status_code, answer.content) == (
            404,
            rival.post(f"imports/{uuid.uuid4()}/{action}", {}).content,
        )
    assert api.get(f"imports/{own}/").json()["status"] == "uploaded"


def test_start_with_a_wrong_mapping(api: ApiClient) -> None:
    run = upload(api).json()["id"]
    for wrong in (
        {"mapping": {"external_id": "单据行号"}},
        {"mapping": {"external_id": 1.5, "sku": []}},
        {"status": "done"},
    ):
        assert api.post(f"imports/{run}/start/", wrong).status_code == 422
    assert api.get(f"imports/{run}/").json()["status"] == "uploaded"
    assert api.post(f"imports/{run}/undo/").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_with_a_worker(cast: Cast, celery_worker_process: WorkerProcesses, api: ApiClient) -> None:
    run = upload(api).json()["id"]

    def is_now(status: str) -> bool:
        return bool(api.get(f"imports/{run}/").json()["status"] == status)

    checked = api.post(f"imports/{run}/start/", {"dry_run": True}, key="check")
    assert (checked.status_code, checked.json()["status"]) == (200, "queued")
    wait_until(lambda: is_now("checked"), 30, "a checked import")
    with tenant_context(cast.tenant):
        assert SaleLine.objects.count() == 0
    assert api.post(f"imports/{run}/start/", {}, key="run").status_code == 200
    wait_until(lambda: is_now("done"), 30, "a finished import")
    done = api.get(f"imports/{run}/").json()
    assert (done["total"], done["accepted"], done["refused"], done["dry_run"]) == (2, 1, 1, False)
    errors = api.get(f"imports/{run}/errors/")
    content = b"".join(errors.streaming_content) if errors.streaming else errors.content
    lines = io.StringIO(content.decode("utf-8-sig")).read().splitlines()
    assert (len(lines), "P-9" in lines[1]) == (2, True)
    assert errors.headers["Content-Disposition"].startswith("attachment")
    [sale] = api.get("sales/", import_id=run).json()["items"]
    assert (sale["external_id"], sale["net_amount"]) == ("L1", "199.900000")
    assert api.post(f"imports/{run}/undo/", key="undo").json()["status"] == "undone"
    assert api.get("sales/").json()["items"] == []
