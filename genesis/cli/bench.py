"""`genesis bench`: how fast it is here, as ratios to limits measured in the same run."""

from __future__ import annotations

import argparse
from typing import Any

from genesis.cli.context import Commands, Context, command, show
from genesis.kernel.errors import UserError


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    examples = ["genesis bench", "genesis bench --json --only append", "genesis bench --full"]
    bench = command(commands, "bench", "Measure this machine against the goals", _bench, examples, data=True)
    bench.add_argument("--full", action="store_true", help="with 1,000,000 products")
    bench.add_argument("--only", default="", metavar="NAME", help="only rows whose name begins with this")


def _bench(_context: Context, options: argparse.Namespace) -> int:
    from genesis.bench.run import measure

    rows = measure(full=options.full, only=options.only, say=(lambda _: None) if options.json else print)
    if not rows:
        raise UserError(
            f"nothing here is measured as {options.only!r}", "`genesis manual bench` names the rows", "only"
        )
    if options.json:
        show({"rows": rows})
    if missed := [row["name"] for row in rows if not row["ok"]]:
        raise UserError(f"goals missed here: {', '.join(missed)}", "repeat it while nothing else runs")
    return 0
