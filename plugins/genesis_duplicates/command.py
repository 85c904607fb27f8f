"""`genesis duplicates`: the likeliest pairs, and merging two products."""

from __future__ import annotations

import sys

from genesis import CliCommand, Pos, print_rows
from genesis_duplicates.finding import Pair, find
from genesis_duplicates.merging import merge, product_id


def run(pos: Pos, arguments: list[str]) -> int:
    """List pairs of products that are likely the same, or merge two by their codes."""
    parser = DUPLICATES.parser()
    parser.add_argument("what", nargs="?", default="list", choices=("list", "merge"))
    parser.add_argument("keep", nargs="?", default="")
    parser.add_argument("gone", nargs="?", default="")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.what == "merge":
        sys.stdout.write(merge(pos, product_id(pos, asked.keep), product_id(pos, asked.gone)) + "\n")
        return 0
    pos.permissions.require("records.read")
    pairs = find(pos)
    print_rows((_row(pair) for pair in pairs[: max(0, asked.limit)]), as_json=asked.json)
    if len(pairs) > asked.limit >= 0 and not asked.json:
        sys.stdout.write(f"... and {len(pairs) - asked.limit} more (--limit N)\n")
    return 0


def _row(pair: Pair) -> tuple[dict[str, object], str]:
    told = {"likely": pair.score, "why": pair.why, "one": f"catalog:{pair.one[0]}", "other": f"catalog:{pair.other[0]}",
            "names": [pair.one[1], pair.other[1]]}  # fmt: skip
    return told, f"{pair.score} %  {_named(pair.one)}  =  {_named(pair.other)}  ({pair.why})"


def _named(one: tuple[str, str, str]) -> str:
    return f"{one[1]} [{one[2] or 'catalog:' + one[0]}]"


DUPLICATES = CliCommand(
    name="duplicates",
    summary="Find products that are likely the same, and merge two",
    usage="[list [--limit N] [--json] | merge KEEP GONE]",
    details="KEEP and GONE are codes, SKUs or catalog:ID. Codes and stock move to KEEP, GONE is retired.",
    examples=("genesis duplicates --limit 20", "genesis duplicates --json"),
    run=run,
)
