"""The engine knows no Django, no database, no clock: its imports say so."""

import ast
import sys
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "rebates" / "engine"
FORBIDDEN = {"time", "os", "io", "random", "socket", "subprocess", "threading", "pathlib", "logging"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return found


def test_the_engine_imports_the_standard_library_and_money_only() -> None:
    modules = list(ENGINE.rglob("*.py"))
    assert len(modules) > 10
    for path in modules:
        for name in imports(path):
            room = name.split(".")[0]
            allowed = (
                name == "prm.money" or name.startswith("rebates.engine") or room in sys.stdlib_module_names - FORBIDDEN
            )
            assert allowed, f"{path.name} imports {name}"


def test_the_engine_asks_nobody_for_the_time() -> None:
    for path in ENGINE.rglob("*.py"):
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not calls & {"now", "today", "utcnow", "localtime"}, path.name
