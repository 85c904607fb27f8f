"""`genesis credit`: what a customer has and owes, the statement of one, and what the store owes in all."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import select

from genesis import CliCommand, Pos, balances, exponent, plain, print_rows
from genesis_store_credit import pages, service
from genesis_store_credit.models import account

Shown = list[tuple[dict[str, Any], str]]


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked. CUSTOMER is a name, a phone number or a card; UserError where it is nobody or several."""
    asked = _parser().parse_args(arguments)
    pos.permissions.require("reports.read")
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CREDIT.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verbs: tuple[tuple[str, str, Any], ...] = (
        ("balance", "what a customer has and owes", _balance),
        ("statement", "every movement of a customer, oldest first", _statement),
        ("liability", "all who have credit or owe something, and the sums", _liability),
    )
    for name, told, do in verbs:
        one = commands.add_parser(name, help=told)
        if name != "liability":
            one.add_argument("customer", metavar="CUSTOMER")
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
        one.set_defaults(do=do)
    return parser


def _line(who: str, credit: int, owed: int, most: int | None, currency: str) -> tuple[dict[str, Any], str]:
    digits = exponent(currency)
    row = {"customer": who, "credit": plain(credit, digits), "owed": plain(owed, digits), "currency": currency}
    text = f"{row['credit']:>12} {row['owed']:>12} {currency}  {who}"
    if most is None:
        return row, text
    return row | {"limit": plain(most, digits)}, f"{text}  may owe {plain(most, digits)}"


def _balance(pos: Pos, asked: argparse.Namespace) -> Shown:
    customer, name = service.find_customer(pos, asked.customer)
    rows = pos.db.all(select(account).where(account.c.customer == customer))
    found = [_line(name, row.credit, row.owed, row.most, row.currency) for row in rows]
    return found or [_line(name, 0, 0, 0, pos.currency)]


def _statement(pos: Pos, asked: argparse.Namespace) -> Shown:
    customer, _ = service.find_customer(pos, asked.customer)
    return [_movement(row) for row in pages.statement(pos, customer)]


def _movement(row: Any) -> tuple[dict[str, Any], str]:
    return balances.movement(row.day, row.number, row.what, {"credit": row.credit, "owed": row.owed}, row.currency)


def _liability(pos: Pos, _asked: argparse.Namespace) -> Shown:
    rows = pos.db.all(select(account).where(pages.OPEN).order_by(account.c.customer))
    listed = [_line(pages.name(pos, r.customer), r.credit, r.owed, None, r.currency) for r in rows]
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        credit, owed = sums.get(row.currency, (0, 0))
        sums[row.currency] = (credit + row.credit, owed + row.owed)
    return [*listed, *(_line("all", credit, owed, None, currency) for currency, (credit, owed) in sorted(sums.items()))]


CREDIT = CliCommand(
    name="credit", summary="What customers have as credit and owe on account",
    usage="balance CUSTOMER | statement CUSTOMER | liability [--json]",
    examples=("genesis credit liability", "genesis credit liability --json"), run=run,
    details="Amounts: credit that the store owes, then what the customer owes.",
)  # fmt: skip
