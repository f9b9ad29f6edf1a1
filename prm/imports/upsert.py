"""Master data with a natural key: new rows are created, other content is refused, or applied where the import says so.

Inside one file rows of a key must agree in every value (the first stays). Against the database only what a row states
counts: an empty cell is like an absent column and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from prm.imports.staging import Stage, literal


@dataclass(frozen=True, slots=True)
class Upsert:
    """`source` selects row, the `key` and the `values` by their target names, and has_<value> where it is stated.

    `constants` are further columns of created rows, as SQL. Leaves `import_<name>` behind: one line for each key with
    the id, the first row and the outcome `created`, `updated` or `same`.
    """

    stage: Stage
    name: str
    table: str
    key: Sequence[str]
    values: Sequence[str]
    source: str
    constants: dict[str, str] = field(default_factory=dict)
    touches: bool = False
    """Whether the table has `updated_at`."""
    column_of: dict[str, str] = field(default_factory=dict)
    """Our column names of targets that are called otherwise."""

    @property
    def _work(self) -> str:
        return f"import_{self.name}_work"

    @property
    def _first(self) -> str:
        return f"import_{self.name}_first"

    @property
    def result(self) -> str:
        return f"import_{self.name}"

    def run(self) -> None:
        self._collect()
        self._refuse_contradictions()
        self._create()
        self._find_existing()
        if self.stage.update_existing:
            self._update()
        else:
            self._refuse_differences()

    def _collect(self) -> None:
        key = ", ".join(self.key)
        run = self.stage.execute
        for table in (self._work, self._first, self.result):
            run(f"DROP TABLE IF EXISTS pg_temp.{table}")
        run(f"CREATE TEMPORARY TABLE {self._work} ON COMMIT DROP AS {self.source}")
        run(
            f"CREATE TEMPORARY TABLE {self._first} ON COMMIT DROP AS"
            f" SELECT DISTINCT ON ({key}) * FROM {self._work} ORDER BY {key}, row"
        )
        run(f"ANALYZE {self._work}")
        run(f"ANALYZE {self._first}")

    def _refuse_contradictions(self) -> None:
        differs = " OR ".join(f"w.{value} IS DISTINCT FROM f.{value}" for value in self.values)
        self.stage.execute(
            f"INSERT INTO import_error (row, col, code, params)"
            f" SELECT w.row, {self._name_of('w', 'f')}, 'contradicts_row', jsonb_build_object('row', f.row)"
            f" FROM {self._work} w JOIN {self._first} f ON {self._same_key('w', 'f')}"
            f" WHERE w.row <> f.row AND ({differs})"
        )

    def _create(self) -> None:
        stage = self.stage
        columns = [*self.key, *self.values]
        constants = {"created_at": stage.now} | ({"updated_at": stage.now} if self.touches else {}) | self.constants
        names = ", ".join(["id", "tenant_id", *columns, *constants])
        values = ", ".join(["uuidv7()", stage.tenant, *(f"f.{c}" for c in columns), *constants.values()])
        key = ", ".join(self.key)
        # In the order of the key, so that two imports of the same rows wait for one another instead of dead-locking.
        stage.execute(
            f"CREATE TEMPORARY TABLE {self.result} (id uuid, row integer, outcome text, col text) ON COMMIT DROP"
        )
        stage.execute(
            f"WITH created AS (INSERT INTO {self.table} ({names})"
            f" SELECT {values} FROM {self._first} f ORDER BY {', '.join(f'f.{k}' for k in self.key)}"
            f" ON CONFLICT (tenant_id, {key}) DO NOTHING RETURNING id, {key})"
            f" INSERT INTO {self.result} SELECT c.id, f.row, 'created'"
            f" FROM created c JOIN {self._first} f ON {self._same_key('c', 'f')}"
        )
        self._remember(f"SELECT id, NULL::jsonb FROM {self.result}")

    def _find_existing(self) -> None:
        """Compare the keys that were there already; the rows are locked when they may be changed."""
        lock = "FOR UPDATE" if self.stage.update_existing else ""
        differs = " OR ".join(f"(f.has_{v} AND f.{v} IS DISTINCT FROM t.{v})" for v in self.values)
        self.stage.execute(
            f"INSERT INTO {self.result} SELECT t.id, f.row, CASE WHEN {differs} THEN 'updated' ELSE 'same' END,"
            f" {self._name_of('f', 't', stated='f')}"
            f" FROM {self._first} f CROSS JOIN LATERAL (SELECT t.* FROM {self.table} t"
            f" WHERE t.tenant_id = {self.stage.tenant} AND {self._same_key('t', 'f')} LIMIT 1 {lock}) t"
            f" WHERE NOT EXISTS (SELECT FROM {self.result} r WHERE r.row = f.row)"
        )

    def _refuse_differences(self) -> None:
        """Every row of the key that states what the database does not have."""
        self.stage.execute(
            f"INSERT INTO import_error (row, col, code, params)"
            f" SELECT w.row, r.col, 'differs', '{{}}' FROM {self.result} r JOIN {self._first} f ON f.row = r.row"
            f" JOIN {self._work} w ON {self._same_key('w', 'f')}"
            f" WHERE r.outcome = 'updated'"
            f" AND NOT EXISTS (SELECT FROM import_error e WHERE e.row = w.row)"
        )
        self.stage.execute(f"DELETE FROM {self.result} WHERE outcome = 'updated'")

    def _update(self) -> None:
        before = f"to_jsonb(t) FROM {self.result} r JOIN {self.table} t ON t.id = r.id WHERE r.outcome = 'updated'"
        self._remember(f"SELECT t.id, {before}")
        changes = [f"{v} = CASE WHEN f.has_{v} THEN f.{v} ELSE t.{v} END" for v in self.values]
        changes += [f"updated_at = {self.stage.now}"] if self.touches else []
        self.stage.execute(
            f"UPDATE {self.table} t SET {', '.join(changes)} FROM {self.result} r JOIN {self._first} f ON f.row = r.row"
            f" WHERE r.outcome = 'updated' AND t.id = r.id AND t.tenant_id = {self.stage.tenant}"
        )
        if self.stage.records_changes:
            self.stage.execute(
                f"UPDATE imports_importchange c SET after = to_jsonb(t) FROM {self.result} r"
                f" JOIN {self.table} t ON t.id = r.id WHERE r.outcome = 'updated' AND c.object_id = r.id"
                f" AND c.import_id = {literal(str(self.stage.import_id))}::uuid"
            )

    def _remember(self, objects: str) -> None:
        """Note what an undo needs: (id, the row as it was)."""
        if not self.stage.records_changes:
            return
        self.stage.execute(
            f"INSERT INTO imports_importchange (tenant_id, import_id, table_name, object_id, before)"
            f" SELECT {self.stage.tenant}, {literal(str(self.stage.import_id))}::uuid, {literal(self.table)}, o.id,"
            f" o.before FROM ({objects}) o (id, before)"
        )

    def _same_key(self, left: str, right: str) -> str:
        return " AND ".join(f"{left}.{key} = {right}.{key}" for key in self.key)

    def _name_of(self, left: str, right: str, stated: str = "") -> str:
        """SQL of the first value that differs, by the name of its column."""
        whens = "".join(
            f" WHEN {f'{stated}.has_{v} AND ' if stated else ''}{left}.{v} IS DISTINCT FROM {right}.{v}"
            f" THEN {literal(self.column_of.get(v, v))}"
            for v in self.values
        )
        return f"CASE{whens} ELSE '' END"
