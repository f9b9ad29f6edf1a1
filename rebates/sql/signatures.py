"""Tests as bits: every distinct test of all programs is evaluated once per product, partner or line, not once per
program.
"""

from collections.abc import Callable

from rebates.engine.conditions import Test

from .conditions import Columns, compile_test
from .parameters import Parameters
from .plan import BITS, Atom, Plan, atom_of

_PREFIX = {"product": "pb", "partner": "qb", "sale": "sb", "end": "eb"}


def names(plan: Plan, room: str) -> list[str]:
    """The signature columns of a room."""
    return [f"{_PREFIX[room]}{chunk}" for chunk in range(-(-len(plan.atoms[room]) // BITS))]


def all_names(plan: Plan) -> list[str]:
    return ["basis"] + [name for room in plan.atoms for name in names(plan, room)]


def bits(plan: Plan, room: str, test: Callable[[Atom], str]) -> str:
    """The signature columns as a tail of a select list; `test` gives the expression of one test."""
    text = ""
    for chunk, name in enumerate(names(plan, room)):
        atoms = plan.atoms[room][chunk * BITS : (chunk + 1) * BITS]
        terms = " + ".join(f"CASE WHEN {test(atom)} THEN {1 << i}::bigint ELSE 0 END" for i, atom in enumerate(atoms))
        text += f", ({terms}) AS {name}"
    return text


def column_bits(plan: Plan, room: str, columns: Columns, p: Parameters) -> str:
    return bits(plan, room, lambda atom: compile_test(atom.test, columns, p))


def bit_test(plan: Plan, bucket: int, alias: str) -> Callable[[Test], str]:
    """The expression of a test of one version over the signature columns."""

    def expression(test: Test) -> str:
        atom = atom_of(plan.versions[bucket].program, test)
        index = plan.atoms[atom.room].index(atom)
        return f"({alias}.{_PREFIX[atom.room]}{index // BITS} & {1 << (index % BITS)}::bigint <> 0)"

    return expression
