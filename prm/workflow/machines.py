"""Every transition table of the product, found by the names of its module: `X_TRANSITIONS`, `X_START`, `X_REASONED`.

    collect("partners.states")     # in AppConfig.ready(): the module, or every module of the package

`X_START` are the states in which a thing may begin (the first of its table when left out); `X_REASONED` are the verbs
that must say why. `transition` refuses those without a reason, so no service can forget to ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from prm.workflow.services import Table, reasons_ask

END = "_TRANSITIONS"


@dataclass(frozen=True, slots=True)
class Machine:
    """`name` is that of the table, such as `partners.partner`; `states` is the enumeration of its states."""

    name: str
    states: Any
    table: Table
    start: tuple[str, ...]
    reasoned: frozenset[str]

    @property
    def app(self) -> str:
        return self.name.partition(".")[0]

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """(from, verb, to) in the order of the table."""
        for state, verbs in self.table.items():
            for verb, following in verbs.items():
                yield str(state), verb, str(following)

    def reachable(self) -> set[str]:
        found = set(self.start)
        while further := {after for before, _verb, after in self.edges() if before in found} - found:
            found |= further
        return found


_machines: dict[str, Machine] = {}


def collect(name: str) -> None:
    """Add the tables of a module of states, or of every module in a package of them."""
    module = import_module(name)
    modules = [module]
    if hasattr(module, "__path__"):
        modules += [import_module(f"{name}.{found.name}") for found in iter_modules(module.__path__)]
    for one in modules:
        for constant in sorted(vars(one)):
            if constant.endswith(END) and not constant.startswith("_"):
                _add(name.partition(".")[0], one, constant.removesuffix(END))


def machines(app: str = "") -> list[Machine]:
    return [machine for _name, machine in sorted(_machines.items()) if app in {"", machine.app}]


def _add(app: str, module: Any, prefix: str) -> None:
    table: Table = getattr(module, f"{prefix}{END}")
    first = next(iter(table))
    start = getattr(module, f"{prefix}_START", (first,))
    start = (start,) if isinstance(start, str) else tuple(start)
    reasoned = frozenset(getattr(module, f"{prefix}_REASONED", ()))
    name = f"{app}.{prefix.lower()}"
    if name in _machines and _machines[name].table is not table:
        raise ImproperlyConfigured(f"two transition tables are called {name}: {module.__name__} has the second one")
    _machines[name] = Machine(name, type(first), table, tuple(map(str, start)), reasoned)
    reasons_ask(table, reasoned)
