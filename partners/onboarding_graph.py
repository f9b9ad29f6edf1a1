"""Which task waits for which: unknown keys, cycles, and what is free now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def unknown_keys(waits: Mapping[str, Collection[str]]) -> list[str]:
    """Keys that are waited for and that nothing has, sorted."""
    return sorted({key for keys in waits.values() for key in keys} - waits.keys())


def cycle_in(waits: Mapping[str, Collection[str]]) -> list[str]:
    """The keys of a circle of tasks that wait for one another, in order; empty when there is none."""
    state: dict[str, int] = {}
    path: list[str] = []

    def visit(key: str) -> list[str]:
        state[key] = 1
        path.append(key)
        for other in sorted(waits.get(key, ())):
            if state.get(other) == 1:
                return [*path[path.index(other) :], other]
            if other in waits and other not in state and (found := visit(other)):
                return found
        path.pop()
        state[key] = 2
        return []

    for key in sorted(waits):
        if key not in state and (found := visit(key)):
            return found
    return []


def blocked(waits: Mapping[str, Collection[str]], closed: Collection[str]) -> dict[str, list[str]]:
    """For each key the ones it still waits for, sorted; only keys that wait."""
    found = {key: sorted(set(keys) & waits.keys() - set(closed)) for key, keys in waits.items()}
    return {key: keys for key, keys in found.items() if keys}
