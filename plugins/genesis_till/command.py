"""`genesis shifts`: the closed shifts, and the Z report of one of them."""

from __future__ import annotations

import sys

import msgspec
from sqlalchemy import select

from genesis import CliCommand, Pos, UserError, exponent, plain
from genesis_till import reports
from genesis_till.models import close

EXAMPLES = ("genesis shifts", "genesis shifts --json", "genesis shifts --z 1")


def run(pos: Pos, arguments: list[str]) -> int:
    """List the closed shifts or print one Z report; UserError where there is no such report."""
    parser = SHIFTS.parser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--z", type=int)
    parser.add_argument("--register", default="")
    asked = parser.parse_args(arguments)
    pos.permissions.require("till.read")
    rows = pos.db.all(select(close).order_by(close.c.at, close.c.shift))
    rows = [row for row in rows if asked.register in {"", row.register} and asked.z in {None, row.z}]
    if asked.z is not None:
        if not rows:
            raise UserError(f"there is no Z report {asked.z}", "see `genesis shifts`", "z")
        lines = reports.z_rows(pos, *reports.closed(pos, rows[-1].shift))
        text = "\n".join(f"{left:<30}{right:>12}".rstrip() for _, left, right in lines)
        sys.stdout.write(text + "\n")
    elif asked.json:
        sys.stdout.write(msgspec.json.encode([dict(row._mapping) for row in rows]).decode() + "\n")  # noqa: SLF001
    else:
        for row in rows:
            digits = exponent(row.currency)
            counted = "not counted" if row.counted is None else f"counted {plain(row.counted, digits)}"
            sys.stdout.write(f"Z {row.z} {row.register} {row.at[:16]} sold {plain(row.sold, digits)} {counted} "
                             f"over or short {plain(row.over_short, digits)}\n")  # fmt: skip
    return 0


SHIFTS = CliCommand(name="shifts", summary="List the closed shifts, or print a Z report",
                    usage="[--json] [--z N] [--register R]", examples=EXAMPLES, run=run)  # fmt: skip
