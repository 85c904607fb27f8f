"""Runs the rows and says how each stands to its goal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from genesis.bench.store import Bench


class Row(NamedTuple):
    """One figure. limit: measured in the same run; goal: the largest ratio to it; target: an absolute figure."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    goal: float | None = None
    target: float | None = None
    better: str = "lower"

    def shown(self) -> dict[str, Any]:
        """Return the row with its ratio and whether it holds."""
        ratio = None
        if self.limit and self.value:
            ratio = self.value / self.limit if self.better == "lower" else self.limit / self.value
        met = ratio is None or self.goal is None or ratio <= self.goal
        if self.target is not None:
            met = met and (self.value <= self.target if self.better == "lower" else self.value >= self.target)
        return {
            "name": self.name, "value": _round(self.value), "unit": self.unit, "better": self.better,
            "limit": _round(self.limit), "ratio": _round(ratio), "goal": self.goal, "target": self.target, "ok": met,
        }  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


Measure = Callable[[Bench], Iterator[Row]]


def measures() -> list[Measure]:
    """Return every measure in the order it runs."""
    from genesis.bench import appending, asking, goods, printing, processes, selling, window

    parts = (appending, selling, goods, printing, asking, processes, window)
    return [measure for part in parts for measure in part.MEASURES]


def measure(*, full: bool = False, only: str = "", say: Callable[[str], Any] = print) -> list[dict[str, Any]]:
    """Measure on a store of its own (100,000 products, 1,000,000 with full) and return the rows."""
    folder = Path(tempfile.mkdtemp(prefix="genesis-bench-"))
    rows: list[dict[str, Any]] = []
    bench = Bench(folder, 1_000_000 if full else 100_000, say)
    try:
        for one in measures():
            names = getattr(one, "names", ())
            if only and not any(name.startswith(only) for name in names):
                continue
            if getattr(one, "asked", False) and not (only or full):
                continue
            for row in one(bench):
                shown = row.shown()
                if shown["name"].startswith(only):
                    rows.append(shown)
                    say(_line(shown))
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def names(*given: str) -> Callable[[Measure], Measure]:
    """Name the rows that a measure yields, so that `--only` can leave the others out."""

    def mark(function: Measure) -> Measure:
        function.names = given  # type: ignore[attr-defined]
        return function

    return mark


def _line(row: dict[str, Any]) -> str:
    against = "" if row["limit"] is None else f"  limit {row['limit']}  ratio {row['ratio']}"
    goal = "" if row["goal"] is None else f"  goal {row['goal']}"
    target = "" if row["target"] is None else f"  target {row['target']}"
    return f"{'ok  ' if row['ok'] else 'MISS'}  {row['name']}: {row['value']} {row['unit']}{against}{goal}{target}"
