"""Who may open which address: one row for each name in the URLconf; `test_role_matrix.py` walks them with every role.

A page is `member(...)` with the rights of which one is enough, an operation of the API is `api(...)`. Path parameters
name what they refer to: `ids={"partner_id": "partners.Partner"}` takes one of this vendor and one of the rival (from
`house.py`), and the rival's must be answered exactly as an id that never was. `values` are plain texts. Addresses that
only take a form say `method="POST"`, and `data` what to send; `code` is the answer to a role that may (200 unless told
otherwise). An address with several methods has a list of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prm.identity.rights import ROLE_RIGHTS, Right, Role

PUBLIC, SIGNED_IN, MEMBER, OPERATOR, API, ELSEWHERE = "public", "signed in", "member", "operator", "api", "elsewhere"


@dataclass(frozen=True)
class Row:
    """`kind` is how strangers are received, `rights` (any of them) what a member needs, `roles` who has one."""

    kind: str
    rights: tuple[Right, ...] = ()
    code: int = 200
    method: str = "GET"
    data: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    make: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields of the objects in `ids`, by parameter; the text "own" for a partner is the cast's own partner."""
    only: frozenset[Role] | None = None
    """Roles, where rights do not tell."""
    also: tuple[Right, ...] = ()
    """What the operation's objects ask for besides; every role with one of `rights` has it, a key has to name it."""
    refusal: int = 403
    platform: int | None = None
    """The answer at the platform's own host, where it differs."""
    tests: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may."""
        if self.only is not None:
            return self.only
        return frozenset(role for role in Role if not self.rights or ROLE_RIGHTS[role] & set(self.rights))


def public(**more: Any) -> Row:
    """Answers everybody alike, signed in or not."""
    return Row(PUBLIC, **more)


def signed_in(**more: Any) -> Row:
    """Pages of the account: any user, member or not; strangers are sent to sign in."""
    return Row(SIGNED_IN, **more)


def member(*rights: Right, **more: Any) -> Row:
    """Pages: strangers are sent to sign in, users of other vendors get 404, members without a right 403."""
    return Row(MEMBER, rights, **more)


def operator(**more: Any) -> Row:
    """Below /ops/: 404 at every vendor's host, operators only at the platform's."""
    return Row(OPERATOR, **more)


def api(*rights: Right, **more: Any) -> Row:
    """Operations: 401 without a key or membership of this vendor, 403 without a right."""
    return Row(API, rights, **more)


def post(*rights: Right, **more: Any) -> Row:
    """An operation that writes; the empty body of the test is refused, unless the row says what else comes."""
    return api(*rights, method="POST", **{"code": 422, **more})


def elsewhere(tests: str) -> Row:
    """Received in ways of its own, which the file `tests` walks through."""
    return Row(ELSEWHERE, tests=tests)
