"""State diagrams (Mermaid) of transition tables, and where they stand in a README: between two markers of the app.

<!-- states: partners -->
…
<!-- /states -->
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from prm.workflow.machines import Machine, machines

MARKED = re.compile(r"<!-- states: (?P<app>\w+) -->\n.*?<!-- /states -->", re.DOTALL)


def diagram(machine: Machine) -> str:
    """One table; verbs that must say why carry a star. Names of states are their values, as the API says them."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in machine.start]
    lines += [
        f"    {before} --> {after}: {verb}{'*' if verb in machine.reasoned else ''}"
        for before, verb, after in machine.edges()
    ]
    lines += [f"    {state} --> [*]" for state, verbs in machine.table.items() if not verbs]
    return "\n".join([*lines, "```"])


def section(found: Iterable[Machine]) -> str:
    """A heading and a diagram for each machine."""
    return "\n\n".join(f"**{machine.name}**\n\n{diagram(machine)}" for machine in found)


def text_with_diagrams(text: str) -> str:
    """The text with what stands between its markers written anew."""

    def written(match: re.Match[str]) -> str:
        app = match["app"]
        return f"<!-- states: {app} -->\n{section(machines(app))}\n<!-- /states -->"

    return MARKED.sub(written, text)


def stale(paths: Iterable[Path]) -> list[Path]:
    """The files whose diagrams differ from the tables."""
    return [path for path in paths if (text := path.read_text()) != text_with_diagrams(text)]
