"""The import kind `certificates`: a row for each certificate; people who are not known yet come with it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partners.models import Certificate, Person, WorkPlace
from prm import clock
from prm.db.scope import require_tenant
from prm.identity.rights import Right
from prm.imports.kinds import (
    Applied,
    Column,
    DayColumn,
    EmailColumn,
    ImportKind,
    NumberColumn,
    ReferenceColumn,
    TextColumn,
    register,
)
from prm.imports.models import Import
from prm.imports.staging import Stage, literal
from prm.imports.undo import rows_restore
from prm.imports.upsert import Upsert

VALUES = ("course", "version", "score", "issuer", "reference", "expires_on")
COLUMNS = (
    Column(
        "email",
        EmailColumn(),
        _("e-mail"),
        required=True,
        aliases=("mail", "email address", "邮箱", "电子邮箱", "邮件"),
    ),
    Column(
        "partner_code",
        ReferenceColumn("partners_partner", "code", "partner"),
        _("partner code"),
        required=True,
        aliases=("dealer code", "经销商编码", "合作伙伴编码", "伙伴编码", "代理商编码"),
    ),
    Column(
        "certification",
        ReferenceColumn("partners_certification", "code", "certification"),
        _("certification"),
        required=True,
        aliases=("certification code", "认证编码", "认证", "证书编码"),
    ),
    Column("issued_on", DayColumn(), _("issued on"), required=True, aliases=("issue date", "发证日期", "颁发日期")),
    Column("name", TextColumn(200), _("name"), aliases=("person", "full name", "姓名", "人员")),
    Column("expires_on", DayColumn(), _("valid until"), aliases=("expiry date", "expires", "有效期至", "到期日期")),
    Column("course", TextColumn(200), _("course"), aliases=("课程",)),
    Column("version", TextColumn(40), _("version"), aliases=("版本",)),
    Column("score", NumberColumn(4, 2, "not_negative"), _("score"), aliases=("分数", "成绩")),
    Column("issuer", TextColumn(150), _("issued by"), aliases=("发证机构", "颁发机构")),
    Column("reference", TextColumn(100), _("certificate number"), aliases=("certificate id", "证书编号")),
)


def apply_certificates(stage: Stage) -> Applied:
    _refuse_days(stage)
    people = _people(stage)
    people.run()
    places = _places(stage, people)
    places.run()
    _refuse_elsewhere(stage, people)
    certificates = _certificates(stage, people)
    certificates.run()
    _link(stage, people)
    [(accepted, sound)] = stage.fetch(
        f"SELECT count(*) FILTER (WHERE s.row IN (SELECT row FROM {certificates.result} WHERE outcome <> 'same')),"
        f" count(*) FROM {stage.sound}"
    )
    topic = "partners.certificate.imported" if accepted else ""
    return Applied(accepted, sound - accepted, topic, {"import_id": str(stage.import_id), "partner_ids": "all"})


def _people(stage: Stage) -> Upsert:
    """Names are taken from the file's first row of a person; they never contradict."""
    source = (
        f"SELECT s.row, lower({stage.cell('email')}) AS email,"
        f" first_value({stage.cell('name')}) OVER (PARTITION BY lower({stage.cell('email')})"
        f" ORDER BY ({stage.cell('name')} = ''), s.row) AS name, false AS has_name FROM {stage.sound}"
    )
    return Upsert(stage, "person", "partners_person", ["email"], ["name"], source)


def _person_rows(people: Upsert) -> str:
    """(row, person id, whether it is new) of each row that is still sound."""
    return (
        f"{people.result} r JOIN {people.result}_first f ON f.row = r.row"
        f" JOIN {people.result}_work w ON w.email = f.email JOIN import_stage s ON s.row = w.row"
    )


def _places(stage: Stage, people: Upsert) -> Upsert:
    """New people work at the partner of their row since ever; who works nowhere, from today on."""
    today = literal(clock.today(require_tenant()).isoformat())
    partner = stage.reference("partner_code")
    source = (
        f"SELECT w.row, r.id AS person_id, p.id AS partner_id, true AS has_partner_id,"
        f" CASE WHEN h.person_id IS NULL THEN DATE '0001-01-01' ELSE {today}::date END AS valid_from"
        f" FROM {_person_rows(people)} JOIN {partner} p ON p.key = {stage.cell('partner_code')}"
        f" LEFT JOIN LATERAL (SELECT t.person_id, t.partner_id FROM partners_workplace t WHERE t.person_id = r.id"
        f" AND t.tenant_id = {stage.tenant} AND t.valid_from <= {today}::date ORDER BY t.valid_from DESC LIMIT 1) h"
        f" ON true WHERE h.partner_id IS NULL AND NOT EXISTS (SELECT FROM import_error e WHERE e.row = w.row)"
    )
    return Upsert(
        stage, "place", "partners_workplace", ["person_id", "valid_from"], ["partner_id"], source,
        column_of={"partner_id": "partner_code"},
    )  # fmt: skip


def _refuse_elsewhere(stage: Stage, people: Upsert) -> None:
    """A certificate never moves a person: that is an act of its own."""
    today = literal(clock.today(require_tenant()).isoformat())
    partner = stage.reference("partner_code")
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params)"
        f" SELECT w.row, 'partner_code', 'counted_elsewhere', jsonb_build_object('value', q.code)"
        f" FROM {_person_rows(people)} JOIN {partner} p ON p.key = {stage.cell('partner_code')}"
        f" CROSS JOIN LATERAL (SELECT t.partner_id FROM partners_workplace t WHERE t.person_id = r.id"
        f" AND t.tenant_id = {stage.tenant} AND t.valid_from <= {today}::date ORDER BY t.valid_from DESC LIMIT 1) h"
        f" JOIN partners_partner q ON q.id = h.partner_id AND q.tenant_id = {stage.tenant}"
        f" WHERE h.partner_id <> p.id AND NOT EXISTS (SELECT FROM import_error e WHERE e.row = w.row)"
    )


def _refuse_days(stage: Stage) -> None:
    today = literal(clock.today(require_tenant()).isoformat())
    issued, expires = stage.value("issued_on"), stage.value("expires_on") if "expires_on" in stage.positions else "NULL"
    stage.execute(
        f"INSERT INTO import_error (row, col, code, params)"
        f" SELECT s.row, CASE WHEN {issued} > {today}::date THEN 'issued_on' ELSE 'expires_on' END,"
        f" CASE WHEN {issued} > {today}::date THEN 'in_future' ELSE 'ends_before_start' END, '{{}}'"
        f" FROM {stage.sound} AND ({issued} > {today}::date OR {expires} < {issued})"
    )


def _certificates(stage: Stage, people: Upsert) -> Upsert:
    kind = stage.reference("certification")
    issued = stage.value("issued_on")
    values = {
        name: stage.value(name) if name in stage.positions else _absent(name) for name in VALUES if name != "expires_on"
    }
    given = stage.value("expires_on") if "expires_on" in stage.positions else "NULL::date"
    values["expires_on"] = f"coalesce({given}, ({issued} + make_interval(months => n.validity_months))::date)"
    parts = [f"{sql} AS {name}, {stage.cell(name)} <> '' AS has_{name}" for name, sql in values.items()]
    source = (
        f"SELECT w.row, r.id AS person_id, k.id AS certification_id, {issued} AS issued_on, {', '.join(parts)}"
        f" FROM {_person_rows(people)} JOIN {kind} k ON k.key = {stage.cell('certification')}"
        f" JOIN partners_certification n ON n.id = k.id AND n.tenant_id = {stage.tenant}"
        f" WHERE NOT EXISTS (SELECT FROM import_error e WHERE e.row = w.row)"
    )
    today = literal(clock.today(require_tenant()).isoformat())
    return Upsert(
        stage, "certificate", "partners_certificate", ["person_id", "certification_id", "issued_on"], VALUES, source,
        constants={
            "status": f"CASE WHEN f.expires_on < {today}::date THEN 'expired' ELSE 'valid' END",
            "awarded_by_label": "'import'",
        },
    )  # fmt: skip


def _absent(name: str) -> str:
    return "NULL::numeric(6,2)" if name == "score" else "''::text"


def _link(stage: Stage, people: Upsert) -> None:
    """New people whose address has a place at the vendor or a partner are these users."""
    stage.execute(
        f"UPDATE partners_person t SET user_id = u.id, name = CASE WHEN t.name = '' THEN u.name ELSE t.name END"
        f" FROM {people.result} r, identity_user u WHERE r.id = t.id AND r.outcome = 'created'"
        f" AND u.email = t.email AND t.tenant_id = {stage.tenant}"
        f" AND EXISTS (SELECT FROM identity_membership m WHERE m.user_id = u.id AND m.tenant_id = {stage.tenant})"
    )


def undo_certificates(run: Import) -> Applied:
    """People and places that came with it stay when something else hangs on them: the undo is then refused."""
    count = rows_restore(run, Certificate)
    rows_restore(run, WorkPlace)
    rows_restore(run, Person)
    return Applied(count, 0, "partners.certificate.imported", {"import_id": str(run.pk), "partner_ids": "all"})


register(
    ImportKind(
        "certificates", _("Certificates"), Right.CERTIFICATES_EDIT, COLUMNS, apply_certificates, undo_certificates
    )
)
