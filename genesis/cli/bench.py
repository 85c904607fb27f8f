"""`genesis bench`: how fast it is here, as ratios to limits measured in the same run."""

from __future__ import annotations

import argparse
from typing import Any

from genesis.cli.context import Commands, Context, command, show


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    examples = ["genesis bench", "genesis bench --json --only append", "genesis bench --full"]
    bench = command(commands, "bench", "Measure this machine against the goals", _bench, examples, data=True)
    bench.add_argument("--full", action="store_true", help="with 1,000,000 products")
    bench.add_argument("--only", default="", metavar="NAME", help="only rows whose name begins with this")


def _bench(_context: Context, options: argparse.Namespace) -> int:
    from genesis.bench.run import measure

    rows = measure(full=options.full, only=options.only, say=(lambda _: None) if options.json else print)
    if options.json:
        show({"rows": rows})
    return 0 if all(row["ok"] for row in rows) else 1
