"""Short ways to import a text in a test, and a vendor whose sales can be imported."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from prm.identity.actor import Actor
from prm.imports.models import Import
from prm.imports.run import ImportResult
from prm.imports.services import import_file_now, import_run, import_start, import_upload
from prm.tenancy.models import Tenant

PARTNERS = (
    "code,name,type,region,country,tags,tier,tier_from\nA,Alpha,reseller,East,CN,,gold,\nB,Beta,reseller,West,US,,,\n"
)
PRODUCTS = "sku,name,line,category,brand,unit_cost\nX1,Router,Road,Bikes,Own,12.50\nX2,Switch,Road,Bikes,,\n"
SALES = "external_id,partner_code,sku,sold_on,quantity,net_amount,currency"


@dataclass
class Importer:
    """Imports as one actor in the active tenant."""

    tenant: Tenant
    actor: Actor

    def now(self, kind: str, content: str | bytes, **options: Any) -> ImportResult:
        """In this transaction, without a record."""
        with NamedTemporaryFile() as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            return import_file_now(actor=self.actor, kind=kind, path=Path(file.name), **options)

    def sales(self, *rows: str, header: str = SALES, **options: Any) -> ImportResult:
        return self.now("sales", "\n".join([header, *rows]) + "\n", **options)

    def upload(self, kind: str, content: str | bytes, name: str = "file.csv", **options: Any) -> Import:
        raw = content.encode() if isinstance(content, str) else content
        return import_upload(actor=self.actor, kind=kind, name=name, content=io.BytesIO(raw), **options)

    def run(self, kind: str, content: str | bytes, *, dry_run: bool = False, **options: Any) -> Import:
        """Uploaded, started and run here, as the worker would."""
        run = self.upload(kind, content, **options)
        import_start(actor=self.actor, import_id=run.pk, dry_run=dry_run)
        return import_run(actor=Actor.system("imports"), import_id=run.pk)


def counts(result: ImportResult | Import) -> tuple[int, int, int, int]:
    """total, accepted, skipped, refused"""
    return result.total, result.accepted, result.skipped, result.refused


def faults(result: ImportResult) -> list[tuple[int, str, str]]:
    """row, column, code"""
    return [(error.row, error.column, error.code) for error in result.errors]
