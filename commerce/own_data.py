"""A partner's sale lines, for its own archive."""

from __future__ import annotations

from partners.models import Partner
from partners.own_data import Archive, DataPart, register
from prm.identity.actor import Actor


def sales(actor: Actor, _partner: Partner, archive: Archive) -> None:
    archive.add_kind("sales.csv", "sales", actor)


register(DataPart("commerce.sales", 60, sales))
