"""`genesis payments`: card payments against the books of their providers."""

from __future__ import annotations

import json
import sys
from typing import Any

from genesis import CliCommand, Pos, UserError, exponent, plain
from genesis_terminals.daily import MAY, Answer, compare_day, settle, unsettled

SIDES = {"not_there": "not with the provider", "not_here": "not in the journal", "amount": "another amount"}


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked; 1 where something differs or could not be compared."""
    parser = PAYMENTS_COMMAND.parser()
    parser.add_argument("action", choices=("reconcile", "differences", "settled"))
    parser.add_argument("reference", nargs="?", default="")
    for name in ("--day", "--why"):
        parser.add_argument(name, default="")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.action == "settled":
        settle(pos, asked.day, asked.reference, asked.why)
        return 0
    if asked.action == "differences":
        pos.permissions.require("reports.read")
        rows = [_difference(row) | {"day": row.day, "method": row.method} for row in unsettled(pos)]
        _print(rows, as_json=asked.json)
        return 0
    pos.permissions.require(MAY)
    answers = compare_day(pos, asked.day)
    if not answers:
        raise UserError("no payment provider here has books that can be read",
                        "enable one, and set what its README names", "day")  # fmt: skip
    _print([row for answer in answers for row in _compared(answer)], as_json=asked.json)
    return int(any(answer.fault or (answer.fact and answer.fact.differences) for answer in answers))


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    for row in rows:
        text = json.dumps(row) if as_json else "  ".join(str(value) for value in row.values() if value != "")
        sys.stdout.write(text + "\n")


def _compared(answer: Answer) -> list[dict[str, Any]]:
    fact = answer.fact
    if fact is None:
        return [{"method": answer.method, "state": "not compared", "text": answer.fault}]
    digits = exponent(fact.currency)
    head = {
        "day": fact.day, "method": fact.method, "state": "differs" if fact.differences else "alike",
        "payments": fact.payments, "ours": plain(fact.ours, digits), "theirs": plain(fact.theirs, digits),
        "currency": fact.currency,
    }  # fmt: skip
    return [head, *(_difference(one) | {"day": fact.day, "method": fact.method} for one in fact.differences)]


def _difference(row: Any) -> dict[str, Any]:
    digits = exponent(row.currency)
    return {
        "reference": row.reference, "what": SIDES[row.what], "receipt": row.receipt,
        "ours": plain(row.ours, digits), "theirs": plain(row.theirs, digits), "currency": row.currency,
        "text": row.text,
    }  # fmt: skip


PAYMENTS_COMMAND = CliCommand(
    name="payments",
    summary="Compare card payments with the books of their providers",
    usage="reconcile [--day DAY] [--json] | differences [--json] | settled REFERENCE --day DAY --why TEXT",
    examples=(
        "genesis payments reconcile",
        "genesis payments reconcile --day 2026-03-02 --json",
        "genesis payments differences",
        "genesis payments settled pi_000001 --day 2026-03-02 --why 'refunded in the dashboard'",
    ),
    run=run,
    details="Without --day it is yesterday's business. Ends with 1 where something differs or could not be compared.",
)
