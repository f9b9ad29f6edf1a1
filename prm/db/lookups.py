"""`field__prefix=text`: starts with, as PostgreSQL's `^@`.

Under row security only leakproof operators can be index conditions. LIKE, which Django's `startswith` writes, is not
one; `^@` is, and an index in C collation serves it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Lookup, TextField


@CharField.register_lookup
@TextField.register_lookup
class Prefix(Lookup):
    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]
