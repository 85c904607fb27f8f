"""`genesis serials`: list, receive, name, take out and trace pieces from the command line."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import select

from genesis import Arrival, Arrived, CliCommand, Pos, UserError, item_of, many, print_rows, unit_price
from genesis_serials import lists, service
from genesis_serials.models import ME, serial
from genesis_stock import service as stock
from genesis_stock.models import StockRow

USAGE = "list [--state STATE] | receive CODE SERIAL... | name CODE SERIAL... | out SERIAL --reason WHY | trace SERIAL"
EXAMPLES = (
    "genesis serials list",
    "genesis serials receive 1001 SN-1 SN-2 --supplier 'Tool Works' --document DN-9",
    "genesis serials name 1001 SN-3",
    "genesis serials out SN-3 --reason 'not on the shelf'",
    "genesis serials trace SN-1 --json",
)


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked."""
    asked = _parser().parse_args(arguments)
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = SERIALS.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    shown = commands.add_parser("list", help="pieces that are here, or in another state")
    shown.add_argument("--state", default="here", choices=[kind for kind, _ in lists.KINDS])
    shown.set_defaults(do=_list)
    for name, told, do in (("receive", "take pieces in", _receive), ("name", "name pieces in stock", _name)):
        one = commands.add_parser(name, help=told)
        one.add_argument("code", metavar="CODE")
        one.add_argument("serials", metavar="SERIAL", nargs="+")
        one.set_defaults(do=do)
        for option in ("--cost", "--supplier", "--document") if name == "receive" else ():
            one.add_argument(option, default="")
    for name, told, do in (("out", "a piece is not here any more", _out), ("trace", "what happened to one", _trace)):
        one = commands.add_parser(name, help=told)
        one.add_argument("serial", metavar="SERIAL")
        one.add_argument("--code", default="", help="of the product, where several have this number")
        one.set_defaults(do=do)
        if name == "out":
            one.add_argument("--reason", required=True)
    for one in commands.choices.values():
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _list(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    pos.permissions.require("records.read")
    found = select(serial).where(serial.c.state == asked.state).order_by(serial.c.name, serial.c.item, serial.c.serial)
    return [(dict(row._mapping), f"{row.day}  {row.serial:<20}  {row.name}") for row in pos.db.all(found)]  # noqa: SLF001


def _receive(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    item = item_of(pos, asked.code)
    if service.followed(item) != service.FROM_RECEIPT:
        raise UserError(f"{item.name} is not followed from its receipt on", "receive it in Inventory", "code")
    qty = len(asked.serials) * 1_000
    row = StockRow(item=item.ref, name=item.name, qty=qty, cost=unit_price(asked.cost, "cost") if asked.cost else None)
    came = Arrived(item=item.ref, name=item.name, qty=qty)
    arrival = Arrival(day=stock.today(pos), location=stock.places(pos)[0], rows=(came,), supplier=asked.supplier,
                      document=asked.document)  # fmt: skip
    with pos.hooks.confirming(pos.hooks.confirmed, {f"{ME}.0.{item.ref}": "\n".join(asked.serials)}):
        stock.change(pos, "received", [row], document=asked.document, also=(arrival,))
    return [({"item": item.ref, "serials": asked.serials}, f"{len(asked.serials)} of {item.name} received")]


def _name(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    count = service.name(pos, asked.code, "\n".join(asked.serials))
    return [
        (
            {"code": asked.code, "serials": asked.serials},
            many("{count} serial number is here", "{count} serial numbers are here", count),
        )
    ]


def _piece(pos: Pos, asked: argparse.Namespace) -> Any:
    if asked.code:
        return lists.one(pos, item_of(pos, asked.code).ref, asked.serial)
    known = lists.every(pos, asked.serial)
    if len(known) > 1:
        raise UserError(f"serial number {asked.serial} is that of several products", "name one by --code", "serial")
    return known[0] if known else lists.one(pos, "", asked.serial)


def _out(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    row = _piece(pos, asked)
    service.take_out(pos, row.item, row.name, row.serial, asked.reason)
    return [({"item": row.item, "serial": row.serial}, f"Serial number {row.serial} of {row.name} is taken out")]


def _trace(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    pos.permissions.require("records.read")
    row = _piece(pos, asked)
    events = [one._asdict() for one in lists.trace(pos, row.item, row.serial)]
    texts = [f"Serial number {row.serial} of {row.name}: {row.state} since {row.day}"]
    texts += [f"  {one['day']}  {one['why']:<9} {one['told']} {one['document']} {one['customer']}".rstrip()
              for one in events]  # fmt: skip
    return [(dict(row._mapping) | {"events": events}, "\n".join(texts))]  # noqa: SLF001


SERIALS = CliCommand(name="serials", summary="List, take in and trace serial numbers", usage=USAGE, examples=EXAMPLES,
                     run=run)  # fmt: skip
