"""In which order plugins start, and why some do not."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from genesis.plugin.manifest import Manifest


def arrange(
    wanted: Mapping[str, Manifest], known: Mapping[str, Manifest], faults: Mapping[str, str] | None = None
) -> tuple[list[str], dict[str, str]]:
    """Return (start order, id -> one-line reason of those left out).

    requires is hard: without it a plugin is out, and so is whoever requires that one. after is order only.
    Ready ones go by id, so the order is the same everywhere. faults: why known ones cannot be used.
    """
    out: dict[str, str] = {}
    while True:
        alive = {i: m for i, m in wanted.items() if i not in out}
        lost = _missing(alive, known, {**(faults or {}), **out})
        if not lost:
            cycle = _cycle(alive)
            if not cycle:
                return _sorted(alive), out
            lost = {i: f"a circle of requirements: {' -> '.join(cycle)}" for i in cycle if i in alive}
        out |= lost


def _missing(alive: Mapping[str, Manifest], known: Mapping[str, Manifest], out: Mapping[str, str]) -> dict[str, str]:
    lost = {}
    for name, manifest in alive.items():
        for need in manifest.requires:
            if need not in alive:
                why = out.get(need) or ("it is switched off" if need in known else "it is not installed")
                lost[name] = f"it needs {need}: {why}"
                break
    return lost


def _graph(alive: Mapping[str, Manifest], *, soft: bool) -> dict[str, set[str]]:
    return {i: {n for n in (*m.requires, *(m.after if soft else ())) if n in alive} for i, m in alive.items()}


def _cycle(alive: Mapping[str, Manifest]) -> list[str]:
    try:
        TopologicalSorter(_graph(alive, soft=False)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _sorted(alive: Mapping[str, Manifest]) -> list[str]:
    for soft in (True, False):  # an order wish that runs in a circle is dropped, not obeyed
        sorter = TopologicalSorter(_graph(alive, soft=soft))
        try:
            sorter.prepare()
        except CycleError:
            continue
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
        return order
    return sorted(alive)
