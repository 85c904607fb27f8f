"""`genesis kits`: what is made of what, assembling and taking apart."""

from __future__ import annotations

import sys
from typing import Any

from genesis import CliCommand, Pos, UserError, decimal, item_of, many, print_rows, quantity_text
from genesis_catalog.more import kept
from genesis_kits import service
from genesis_kits.recipe import recipe_of
from genesis_stock.service import on_hand


def run(pos: Pos, arguments: list[str]) -> int:
    """List the kits, or assemble some; exit code 1 where one of the list could not be sold or assembled."""
    parser = KITS.parser()
    parser.add_argument("what", nargs="?", default="list", choices=("list", "assemble", "apart"))
    parser.add_argument("code", nargs="?", default="")
    parser.add_argument("count", nargs="?", default="1")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.what == "list":
        return _list(pos, as_json=asked.json)
    count = int(decimal(asked.count, "count", 0))
    name = service.assemble(pos, asked.code, count, apart=asked.what == "apart")
    done = "taken apart" if asked.what == "apart" else "assembled"
    left = quantity_text(on_hand(pos, item_of(pos, asked.code).ref))
    print_rows([({"kit": name, "count": count, "on_hand": left}, f"{count} of {name} {done}, {left} on hand")],
               as_json=asked.json)  # fmt: skip
    return 0


def _list(pos: Pos, *, as_json: bool) -> int:
    pos.permissions.require("records.read")
    rows: list[tuple[dict[str, Any], str]] = []
    bad = 0
    for ref, name, more in service.all_kits(pos):
        try:
            recipe = recipe_of(kept(more))
            leaves = service.leaves(pos, name, recipe).values() if recipe is not None else ()
        except UserError as wrong:
            bad += 1
            rows.append(({"kit": name, "item": ref, "problem": str(wrong)}, f"{name}: {wrong}"))
            continue
        parts = ", ".join(f"{quantity_text(leaf.qty)} {leaf.item.name}" for leaf in leaves)
        rows.append(({"kit": name, "item": ref, "sold": recipe.sold if recipe else "",
                      "parts": [{"item": leaf.item.ref, "qty": quantity_text(leaf.qty)} for leaf in leaves]},
                     f"{name}: {parts}"))  # fmt: skip
    print_rows(rows, as_json=as_json)
    if bad:
        sys.stderr.write(
            many("{count} kit cannot be sold as it is", "{count} kits cannot be sold as they are", bad) + "\n"
        )
    return 1 if bad else 0


KITS = CliCommand(
    name="kits",
    summary="Show what kits are made of, assemble them and take them apart",
    usage="[list [--json] | assemble CODE [N] | apart CODE [N]]",
    examples=("genesis kits", "genesis kits --json"),
    run=run,
)
