"""The accruals of a filter as a CSV file, read and sent in portions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from portal.shared.accruals import filtered_accruals
from prm import clock
from prm.identity.rights import Right
from prm.money import plain
from prm.tenancy.context import stream
from prm.web.surfaces import PortalRequest, page
from rebates.csv_cells import csv_cell

PORTION = 1000


@page(Right.ACCRUALS_VIEW)
def accruals_csv(request: PortalRequest) -> HttpResponseBase:
    _filters, found = filtered_accruals(request)
    language = get_language() or "en"
    response = StreamingHttpResponse(stream(lambda: _lines(found, language)), content_type="text/csv; charset=utf-8")
    name = f"accruals-{clock.today(request.tenant)}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class _Echo:
    """A file for the csv writer that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(accruals: Any, language: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    with override(language):
        # With a byte order mark, because Excel reads a CSV without one in the machine's own encoding.
        yield "\ufeff" + writer.writerow(_headers())
    for accrual in accruals.iterator(chunk_size=PORTION):
        yield writer.writerow(_cells(accrual))


def _headers() -> Iterable[str]:
    return [
        _("Program"), _("Version"), _("Partner code"), _("Partner"), _("Period"), _("Measure"), _("Accrued"),
        _("Currency"), _("Reason"),
    ]  # fmt: skip


def _cells(accrual: Any) -> Iterable[str]:
    version, partner = accrual.version, accrual.partner
    texts = [version.program.code, str(version.number), partner.code, partner.name, accrual.period_key]
    amounts = [plain(Decimal(accrual.measure)), csv_cell(accrual.payout, accrual.currency)]
    return [*map(csv_cell, texts), *amounts, accrual.currency, csv_cell(accrual.reason)]
