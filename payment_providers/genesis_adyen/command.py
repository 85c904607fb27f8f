"""`genesis adyen`: what was authorised for sales and not captured, and what came of it."""

from __future__ import annotations

import json
import sys

from genesis import CliCommand, Pos, exponent, plain
from genesis_adyen.captures import PAYMENTS
from genesis_terminals.captures import payment_row


def run(pos: Pos, arguments: list[str]) -> int:
    """List the open payments, or note what came of one."""
    parser = ADYEN.parser()
    parser.add_argument("action", choices=("open", "settled"))
    parser.add_argument("reference", nargs="?", default="")
    parser.add_argument("--why", default="")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.action == "settled":
        PAYMENTS.settle(pos, asked.reference, asked.why)
        return 0
    pos.permissions.require("reports.read")
    for row in PAYMENTS.open(pos):
        shown = payment_row(row, plain(row.amount, exponent(row.currency)))
        sys.stdout.write((json.dumps(shown) if asked.json else "  ".join(shown.values())) + "\n")
    return 0


ADYEN = CliCommand(
    name="adyen",
    summary="See which pre-authorised payments of sales were not captured",
    usage="open|settled REFERENCE --why TEXT [--json]",
    examples=("genesis adyen open", "genesis adyen settled BV0q000000001.PSP1 --why 'paid in cash'"),
    run=run,
    details="A payment that was captured late or looked into is not listed any more.",
)
