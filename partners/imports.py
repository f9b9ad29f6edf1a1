"""The import kinds of this app: figures about partners, and partner companies with the history of their tiers, one row
for each tier.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from partners.certificate_imports import COLUMNS as CERTIFICATE_COLUMNS
from partners.metric_imports import COLUMNS as FACT_COLUMNS
from partners.models import Partner, TierChange, TierEvaluation
from prm.audit.services import record
from prm.errors import Conflict
from prm.identity.actor import Actor
from prm.identity.rights import Right
from prm.imports.kinds import (
    Applied,
    Column,
    CountryColumn,
    DayColumn,
    ImportKind,
    TagsColumn,
    TextColumn,
    register,
)
from prm.imports.models import Import, ImportChange
from prm.imports.staging import Stage
from prm.imports.undo import register_undo_veto, rows_restore
from prm.imports.upsert import Upsert

__all__ = ["CERTIFICATE_COLUMNS", "COLUMNS", "FACT_COLUMNS"]

SINCE_EVER = "DATE '0001-01-01'"

COLUMNS = (
    Column(
        "code",
        TextColumn(64),
        _("code"),
        required=True,
        aliases=(
            "partner code",
            "dealer code",
            "经销商编码",
            "经销商编号",
            "经销商代码",
            "合作伙伴编码",
            "伙伴编码",
            "代理商编码",
        ),
    ),
    Column(
        "name",
        TextColumn(200),
        _("name"),
        required=True,
        aliases=("partner name", "company", "经销商名称", "合作伙伴名称", "伙伴名称", "公司名称", "名称"),
    ),
    Column(
        "type", TextColumn(100), _("type"), required=True, aliases=("partner type", "类型", "经销商类型", "伙伴类型")
    ),
    Column("region", TextColumn(100), _("region"), required=True, aliases=("area", "区域", "大区", "地区")),
    Column("country", CountryColumn(), _("country"), required=True, aliases=("country code", "国家", "国家代码")),
    Column("legal_name", TextColumn(300), _("legal name"), aliases=("法定名称", "公司全称", "工商名称")),
    Column("tags", TagsColumn(), _("tags"), aliases=("标签",)),
    Column("tier", TextColumn(100), _("tier"), aliases=("level", "等级", "级别", "经销商等级")),
    Column(
        "tier_from",
        DayColumn(default=SINCE_EVER),
        _("tier valid from"),
        aliases=("等级生效日期", "级别生效日期", "生效日期"),
    ),
)

VALUES = ("name", "legal_name", "type", "region", "country", "tags")


def apply_partners(stage: Stage) -> Applied:
    partners = _partners(stage)
    partners.run()
    tiers = _tiers(stage, partners)
    tiers.run()
    [(accepted, sound)] = stage.fetch(
        f"SELECT count(*) FILTER (WHERE s.row IN (SELECT row FROM {partners.result} WHERE outcome <> 'same')"
        f" OR s.row IN (SELECT row FROM {tiers.result} WHERE outcome <> 'same')), count(*) FROM {stage.sound}"
    )
    _record(stage, tiers)
    topic = "partners.partner.changed" if accepted else ""
    return Applied(accepted, sound - accepted, topic, {"import_id": str(stage.import_id), "partner_ids": "all"})


def _partners(stage: Stage) -> Upsert:
    parts = [f"s.row, {stage.cell('code')} AS code"]
    for name in VALUES:
        absent = "ARRAY[]::varchar[]" if name == "tags" else "''::text"
        parts.append(f"{stage.value(name) if name in stage.positions else absent} AS {name}")
        parts.append(f"{stage.cell(name)} <> '' AS has_{name}")
    return Upsert(
        stage,
        "partner",
        "partners_partner",
        ["code"],
        VALUES,
        f"SELECT {', '.join(parts)} FROM {stage.sound}",
        constants={"status": "'active'"},
        touches=True,
    )


def _tiers(stage: Stage, partners: Upsert) -> Upsert:
    """A row without tier and day says nothing about tiers; a day without tier says that there is none from then on."""
    since = stage.value("tier_from") if "tier_from" in stage.positions else SINCE_EVER
    source = (
        f"SELECT w.row, r.id AS partner_id, {since} AS valid_from, {stage.cell('tier')} AS tier, true AS has_tier"
        f" FROM {partners.result} r JOIN {partners.result}_first f ON f.row = r.row"
        f" JOIN {partners.result}_work w ON w.code = f.code JOIN import_stage s ON s.row = w.row"
        f" WHERE ({stage.cell('tier')} <> '' OR {stage.cell('tier_from')} <> '')"
        " AND NOT EXISTS (SELECT FROM import_error e WHERE e.row = w.row)"
    )
    return Upsert(stage, "tier", "partners_tierchange", ["partner_id", "valid_from"], ["tier"], source)


def _record(stage: Stage, tiers: Upsert) -> None:
    """An import gives no reason for the tiers that it changes, so the trail says that it was one."""
    [(changed,)] = stage.fetch(f"SELECT count(*) FROM {tiers.result} WHERE outcome <> 'same'")
    run = Import.objects.filter(pk=stage.import_id).first() if stage.import_id else None
    if changed and run is not None:
        facts = {"tiers": changed, "asked_by": run.requested_by_label}
        record(Actor.system("partners.imports"), "partners.tier.imported", run, facts)


def refuse_evaluated(run: Import) -> None:
    """What an evaluation found is kept for good, and with it the partner. Raises `Conflict`."""
    changes = ImportChange.objects.filter(import_run=run, table_name=Partner._meta.db_table, before__isnull=True)
    evaluated = Partner.objects.filter(pk__in=changes.values("object_id")).filter(
        Exists(TierEvaluation.objects.filter(partner=OuterRef("pk")))
    )
    if count := evaluated.count():
        text = _(
            "The tiers of partners of this import (%(count)d) have been evaluated since, and evaluations are kept. End "
            "the partnerships that you do not want instead."
        )
        raise Conflict(str(text) % {"count": count}, code="tiers_evaluated")


def undo_partners(run: Import) -> Applied:
    count = rows_restore(run, TierChange) + rows_restore(run, Partner)
    return Applied(count, 0, "partners.partner.changed", {"import_id": str(run.pk), "partner_ids": "all"})


register_undo_veto("partners", refuse_evaluated)
register(ImportKind("partners", _("Partners"), Right.PARTNERS_EDIT, COLUMNS, apply_partners, undo_partners))
