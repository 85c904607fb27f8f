"""`genesis orders`: what to order and why, and orders from their draft to what came of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genesis import CliCommand, Item, Money, Pos, UserError, item_of, plain, print_rows, quantity_text, unit_price
from genesis.hooks import cart as cart_hooks
from genesis_purchasing import lists, receiving, reorder, service
from genesis_purchasing.models import order
from genesis_stock.typed import milli, sees_costs

USAGE = (
    "list | show ORDER | propose [--draft] | draft SUPPLIER CODE=QTY ... [--send] | send ORDER | "
    "receive ORDER [CODE=QTY ...] | end ORDER"
)
EXAMPLES = (
    "genesis orders list",
    "genesis orders propose",
    "genesis orders propose --draft --json",
    "genesis orders draft 'Alpine Dairy' 1001=24",
    "genesis orders show PO-000001",
    "genesis orders receive PO-000001 1001=24 --batch L7 --expiry 2027-01-31 --document DN-5",
)
Said = list[tuple[dict[str, Any], str]]


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked; --yes answers yes to what would be asked about."""
    asked = _parser().parse_args(arguments)
    with pos.hooks.confirming(asked.yes):
        said: Said = asked.do(pos, asked)
    print_rows(said, as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = ORDERS.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verbs: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
        ("list", "orders, the newest first", _list, ()),
        ("show", "an order line by line; written to a file with --file", _show, ("order",)),
        ("propose", "what to order and why", _propose, ()),
        ("draft", "write an order down", _draft, ("supplier",)),
        ("send", "send a draft under the next number", _send, ("order",)),
        ("receive", "take in what came; everything that is outstanding where nothing is named", _receive, ("order",)),
        ("end", "expect nothing more of an order", _end, ("order",)),
    )  # fmt: skip
    for name, told, do, places in verbs:
        one = commands.add_parser(name, help=told)
        for place in places:
            one.add_argument(place, metavar=place.upper())
        one.set_defaults(do=do)
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
        one.add_argument("--yes", action="store_true", help="take differences and short orders as they are")
    for name in ("draft", "receive"):
        commands.choices[name].add_argument("rows", metavar="CODE=QTY", nargs="+" if name == "draft" else "*")
    for option in ("--batch", "--expiry", "--price", "--document", "--freight"):
        commands.choices["receive"].add_argument(option, default="")
    commands.choices["receive"].add_argument("--serial", action="append", default=[], metavar="CODE=NUMBER",
                                             help="a piece that came, once for each")  # fmt: skip
    commands.choices["list"].add_argument("--state", default="", choices=list(service.STATES))
    commands.choices["show"].add_argument("--file", default="", help="a new file, .pdf or .csv")
    commands.choices["draft"].add_argument("--send", action="store_true", help="send it at once")
    commands.choices["propose"].add_argument("--supplier", default="")
    commands.choices["propose"].add_argument("--draft", action="store_true", help="make drafts of it")
    commands.choices["end"].add_argument("--reason", default="")
    return parser


def _list(pos: Pos, asked: argparse.Namespace) -> Said:
    pos.permissions.require("records.read")
    wanted = lists.orders(asked.state).order_by(order.c.day.desc(), order.c.number.desc(), order.c.order)
    return [_order(pos, service.current(pos, row.order)) for row in pos.db.all(wanted)]


def _order(pos: Pos, found: service.Order) -> tuple[dict[str, Any], str]:
    total = str(service.amount(pos, found.lines)) if sees_costs(pos) else ""
    shown = {
        "order": found.order, "number": found.number or None, "state": found.state, "supplier": found.supplier_name,
        "day": found.day, "due": found.due or None,
    } | ({"total": total, "currency": pos.currency} if total else {})  # fmt: skip
    name = found.number or found.order
    return shown, f"{name}  {found.day}  {service.STATES[found.state]:<13}  {total:>10}  {found.supplier_name}"


def _show(pos: Pos, asked: argparse.Namespace) -> Said:
    pos.permissions.require("records.read")
    found = service.current(pos, asked.order)
    said, text = _order(pos, found)
    rows = [{"line": r.n, "item": r.item, "name": r.name, "code": r.code, "qty": plain(r.qty, 3),
             "received": plain(r.received, 3), "returned": plain(r.returned, 3)}
            | ({"price": plain(r.price_e4, 4)} if sees_costs(pos) else {}) for r in found.lines]  # fmt: skip
    texts = [text]
    texts += [f"  {r.n:>3}  {quantity_text(r.qty):>8}  {r.name}, {quantity_text(r.received)} came" for r in found.lines]
    if asked.file:
        from genesis_purchasing import document  # what draws a PDF is loaded by whoever wants one

        path = document.write(pos, found.order, Path(asked.file))
        texts.append(f"Written to {path}")
        said |= {"file": str(path)}
    return [(said | {"lines": rows}, "\n".join(texts))]


def _propose(pos: Pos, asked: argparse.Namespace) -> Said:
    pos.permissions.require("records.read")
    pos.permissions.require("stock.costs")
    only = service.supplier_of(pos, asked.supplier)["id"] if asked.supplier else ""
    if asked.draft:
        return [_order(pos, service.current(pos, ref)) for ref in reorder.draft(pos, only)]
    said: Said = []
    for group in reorder.groups(pos, only):
        short = f", below its minimum of {group.minimum}" if group.short else ""
        for one in group.proposals:
            row = {"supplier": group.name, "item": one.item, "name": one.name, "qty": plain(one.qty, 3),
                   "position": plain(one.position, 3), "because": list(one.why)}  # fmt: skip
            why = "\n".join(f"      {text}" for text in one.why)
            said.append(
                (row, f"{quantity_text(one.qty):>8}  {one.name}, from {group.name} ({group.total}{short})\n{why}")
            )
    return said


def _rows(pos: Pos, typed: list[str]) -> list[tuple[str, int]]:
    """Return (item, quantity) of what was typed as CODE=QTY."""
    found = []
    for text in typed:
        code, _, qty = text.rpartition("=")
        item = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=code.strip()) if code else None
        if not isinstance(item, Item):
            raise UserError(f"code: {text[:60]!r} is not known", "write it as CODE=QTY", "code")
        found.append((item.ref, milli(qty.strip(), "qty")))
    return found


def _pieces(pos: Pos, typed: list[str]) -> dict[str, list[str]]:
    """Return the serial numbers by item of what was typed as CODE=NUMBER."""
    found: dict[str, list[str]] = {}
    for text in typed:
        code, sign, number = text.partition("=")
        if not sign:
            raise UserError(f"serial: {text[:60]!r} is not CODE=NUMBER", "write it like 1001=SN-1", "serial")
        found.setdefault(item_of(pos, code.strip()).ref, []).append(number.strip())
    return found


def _draft(pos: Pos, asked: argparse.Namespace) -> Said:
    wanted = [service.Wanted(item, qty) for item, qty in _rows(pos, asked.rows)]
    ref = service.draft(pos, asked.supplier, wanted)
    return [_order(pos, service.current(pos, service.send(pos, ref) if asked.send else ref))]


def _send(pos: Pos, asked: argparse.Namespace) -> Said:
    return [_order(pos, service.current(pos, service.send(pos, asked.order)))]


def _receive(pos: Pos, asked: argparse.Namespace) -> Said:
    found = service.current(pos, asked.order)
    lines = {row.item: row.n for row in found.lines}
    came = _rows(pos, asked.rows)
    unknown = [item for item, _ in came if item not in lines]
    if unknown:
        raise UserError(f"code: {unknown[0]} is not on {found.called}", "receive it in Inventory", "code")
    if not came and (asked.batch or asked.expiry or asked.price):
        raise UserError("code: batch, expiry and price belong to one", "name it as CODE=QTY", "code")
    price = unit_price(asked.price, "price") if asked.price else None
    pieces = _pieces(pos, asked.serial)
    if astray := pieces.keys() - ({item for item, _ in came} if came else lines.keys()):
        raise UserError(f"serial: {min(astray)} is not received", "name it as CODE=QTY too", "serial")
    rows = [receiving.Coming(lines[item], qty, asked.batch, asked.expiry, price) for item, qty in came]
    rows = rows or receiving.outstanding(found)
    items = {row.n: row.item for row in found.lines}
    rows = [row._replace(serials=tuple(pieces.get(items[row.n], ()))) for row in rows]
    freight = Money.parse(asked.freight, pos.currency, "freight").minor if asked.freight else 0
    done = receiving.receive(pos, found.order, rows, freight=freight,
                             document=asked.document)  # fmt: skip
    row, text = _order(pos, service.current(pos, found.order))
    return [(row | {"differences": list(done.differences)}, "\n  ".join((text, *done.differences)))]


def _end(pos: Pos, asked: argparse.Namespace) -> Said:
    service.end(pos, asked.order, asked.reason)
    return [_order(pos, service.current(pos, asked.order))]


ORDERS = CliCommand(name="orders", summary="What to order and why, and orders to suppliers", usage=USAGE,
                    examples=EXAMPLES, run=run)  # fmt: skip
