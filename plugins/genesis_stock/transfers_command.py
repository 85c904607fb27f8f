"""`genesis transfers`: goods on their way between locations, sent and taken in from the command line."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import select

from genesis import Arrived, CliCommand, Pos, UserError, item_of, plain, print_rows, quantity_text
from genesis_stock import transfers
from genesis_stock.models import transfer

USAGE = "list [--all] | send TO GOODS ... [--from PLACE] [--serial CODE=NUMBER]... | arrive TRANSFER [GOODS ...]"
EXAMPLES = (
    "genesis transfers list",
    "genesis transfers send depot 24*1001 1002",
    "genesis transfers send depot 2*1001@L7 --from shop",
    "genesis transfers arrive last",
    "genesis transfers arrive last 12*1001 --json",
)
Said = list[tuple[dict[str, Any], str]]


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked. TRANSFER is its id, or last for the newest; GOODS are CODE, 2*CODE or 2*CODE@BATCH."""
    asked = _parser().parse_args(arguments)
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = TRANSFERS.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    shown = commands.add_parser("list", help="what is on its way")
    shown.add_argument("--all", action="store_true", help="what arrived too")
    shown.set_defaults(do=_list)
    sent = commands.add_parser("send", help="send goods to another location")
    sent.add_argument("to", metavar="TO")
    sent.add_argument("--from", dest="origin", default=None)
    sent.add_argument("goods", metavar="GOODS", nargs="+")
    sent.set_defaults(do=_send)
    come = commands.add_parser("arrive", help="take in what arrived; all of it where nothing is named")
    come.add_argument("transfer", metavar="TRANSFER")
    come.add_argument("goods", metavar="GOODS", nargs="*")
    come.set_defaults(do=_arrive)
    for one in (sent, come):
        one.add_argument("--serial", action="append", default=[], metavar="CODE=NUMBER", help="a piece of the goods")
    for one in commands.choices.values():
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _list(pos: Pos, asked: argparse.Namespace) -> Said:
    pos.permissions.require("records.read")
    found: Said = []
    for row in pos.db.all(select(transfer).order_by(transfer.c.transfer.desc())):
        left = transfers.expected(pos, row.transfer)
        if left or asked.all:
            goods = [{"item": one.item, "name": one.name, "batch": one.batch, "qty": plain(one.qty, 3)} for one in left]
            shown = {
                "transfer": row.transfer,
                "from": row.origin,
                "to": row.target,
                "day": row.day,
                "on_its_way": goods,
            }
            texts = [f"{row.transfer}  {row.day}  {row.origin or 'Store'} -> {row.target or 'Store'}"]
            texts += [f"  {quantity_text(one.qty):>8}  {one.name} {one.batch}".rstrip() for one in left]
            found.append((shown, "\n".join(texts)))
    return found


def _send(pos: Pos, asked: argparse.Namespace) -> Said:
    key = transfers.send(pos, asked.to, _goods(pos, asked), asked.origin)
    return [({"transfer": key}, f"On its way to {asked.to or 'Store'}: {key}")]


def _arrive(pos: Pos, asked: argparse.Namespace) -> Said:
    key = asked.transfer
    if key == "last":
        newest = pos.db.one(select(transfer.c.transfer).order_by(transfer.c.transfer.desc()))
        key = newest.transfer if newest is not None else key
    found = transfers.one(pos, key)
    goods = (
        transfers.matched(pos, key, _goods(pos, asked))
        if asked.goods
        else _named(pos, transfers.whole(pos, key), asked.serial)
    )
    transfers.arrive(pos, found, goods)
    left = transfers.expected(pos, key)
    return [({"transfer": key, "on_its_way": len(left)}, f"arrived: {len(goods)}, on their way: {len(left)}")]


def _goods(pos: Pos, asked: argparse.Namespace) -> list[Arrived]:
    return _named(pos, transfers.typed(pos, "\n".join(asked.goods), "goods"), asked.serial)


def _named(pos: Pos, goods: list[Arrived], typed: list[str]) -> list[Arrived]:
    """Return goods with the pieces that were typed as CODE=NUMBER; those of an item stand with its first row."""
    pieces: dict[str, list[str]] = {}
    for text in typed:
        code, sign, number = text.partition("=")
        if not sign:
            raise UserError(f"serial: {text[:60]!r} is not CODE=NUMBER", "write it like 1001=SN-1", "serial")
        pieces.setdefault(item_of(pos, code.strip()).ref, []).append(number.strip())
    return [Arrived(item=row.item, name=row.name, qty=row.qty, batch=row.batch,
                    serials=(*row.serials, *pieces.pop(row.item, ()))) for row in goods]  # fmt: skip


TRANSFERS = CliCommand(name="transfers", summary="Send goods to another location and take them in", usage=USAGE,
                       examples=EXAMPLES, run=run)  # fmt: skip
