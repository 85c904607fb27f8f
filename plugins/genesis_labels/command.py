"""`genesis labels`: labels of items as a PDF to print."""

from __future__ import annotations

import sys
from pathlib import Path

from genesis import CliCommand, Pos
from genesis_labels.roll import print_labels
from genesis_labels.service import write


def run(pos: Pos, arguments: list[str]) -> int:
    """Write the labels of the named items to a new file."""
    parser = LABELS.parser()
    parser.add_argument("codes", nargs="+", metavar="CODE")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", type=Path)
    where.add_argument("--print", action="store_true", dest="printed")
    parser.add_argument("--layout", default="")
    parser.add_argument("--copies", default="")
    parser.add_argument("--first", default="")
    asked = parser.parse_args(arguments)
    if asked.printed:
        sys.stdout.write(f"{print_labels(pos, asked.codes, asked.copies).text}\n")
        return 0
    done = write(pos, asked.codes, asked.to, layout=asked.layout, copies=asked.copies, first=asked.first)
    sys.stdout.write(f"{done.text}: {done.file}\n")
    return 0


LABELS = CliCommand(
    name="labels",
    summary="Write shelf and product labels to a PDF, or print them on the receipt printer",
    usage="CODE... --to FILE | --print [--layout NAME] [--copies N] [--first N]",
    details="As many of each as are on hand, or N. The first layout of the settings, or the one named; "
    "--first: the first label of the sheet that is not used yet.",
    examples=(
        "genesis labels 9520000001018 --copies 3 --to labels.pdf",
        'genesis labels 1001 1002 --layout "Roll 62x29" --to roll.pdf',
        "genesis labels 9520000001018 --print",
    ),
    run=run,
)
