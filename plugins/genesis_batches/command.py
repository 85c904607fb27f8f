"""`genesis batches`: list, take in, recall, release and trace batches from the command line."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from genesis import CliCommand, Pos, UserError, plain, print_rows, quantity_text, unit_price
from genesis_batches import lineage, lists, service
from genesis_batches.models import State
from genesis_stock.typed import milli

USAGE = "list [--show KIND] | receive CODE --qty N | recall CODE --reason WHY | release CODE --reason WHY | trace CODE"
EXAMPLES = (
    "genesis batches list",
    "genesis batches list --show near --json",
    "genesis batches receive 1001 --batch L7 --expiry 2027-01-31 --qty 24 --supplier 'Leaf & Co'",
    "genesis batches recall 1001 --batch L7 --reason 'glass found'",
    "genesis batches trace 1001 --batch L7 --json",
)


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked. CODE is a code of the store; one of GS1 may name batch and expiry itself."""
    asked = _parser().parse_args(arguments)
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = BATCHES.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    shown = commands.add_parser("list", help="batches of which there is any, the next to expire first")
    shown.add_argument("--show", default="", choices=[kind for kind, _ in lists.KINDS], help="only these")
    shown.set_defaults(do=_list)
    verbs: tuple[tuple[str, str, Any], ...] = (
        ("receive", "take goods in", _receive), ("recall", "stop a batch at every register", _mark("recalled")),
        ("release", "let a batch be sold again", _mark("ok")),
        ("trace", "say where a batch came from and where it went", _trace),
    )  # fmt: skip
    for name, told, do in verbs:
        one = commands.add_parser(name, help=told)
        one.add_argument("code", metavar="CODE")
        one.add_argument("--batch", default="", help="where the code does not name it")
        one.set_defaults(do=do)
        if name == "receive":
            one.add_argument("--qty", required=True)
            for option in ("--expiry", "--cost", "--supplier", "--document"):
                one.add_argument(option, default="")
        elif name != "trace":
            one.add_argument("--reason", required=True)
    for one in commands.choices.values():
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _list(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    pos.permissions.require("records.read")
    every = lists.select_batches(pos, asked.show)
    rows = [lists.known(pos, row) for row in pos.db.all(every.order_by("expiry", "name", "item", "batch"))]
    rows.sort(key=lambda row: not row.expiry)
    return [(_shown(row), f"{row.expiry or 'no date   '}  {quantity_text(row.qty):>8}  {row.batch:<20}  {row.name}"
             + (f" ({row.why})" if row.why else "")) for row in rows]  # fmt: skip


def _shown(row: lists.Known) -> dict[str, Any]:
    return row._asdict() | {"qty": plain(row.qty, 3), "expiry": row.expiry or None}


def _receive(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    found = service.named(pos, asked.code, asked.batch)
    row = msgspec.structs.replace(
        found, qty=milli(asked.qty, "qty"), expiry=asked.expiry or found.expiry,
        cost=unit_price(asked.cost, "cost") if asked.cost else None,
    )  # fmt: skip
    service.receive(pos, [row], asked.supplier, document=asked.document)
    shown = {"item": row.item, "batch": row.batch, "expiry": row.expiry or None, "qty": plain(row.qty, 3)}
    return [(shown, f"{quantity_text(row.qty)} of {row.name} received in batch {row.batch}")]


def _mark(state: State) -> Any:
    def do(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
        found = service.named(pos, asked.code, asked.batch)
        made = service.mark(pos, found.item, found.batch, state, asked.reason)
        told = "can be sold again" if state == "ok" else f"is {state}: no register sells it"
        shown = {"item": found.item, "batch": found.batch, "state": state}
        also = "still stopped, release it where it is good:" if state == "ok" else "nor"
        texts = [f"Batch {found.batch} of {found.name} {told}",
                 *(f"  {also} batch {one.batch} of {one.name}, which is made of it" for one in made)]  # fmt: skip
        return [(shown | {"with": [{"item": one.item, "batch": one.batch} for one in made]}, "\n".join(texts))]

    return do


def _trace(pos: Pos, asked: argparse.Namespace) -> list[tuple[dict[str, Any], str]]:
    pos.permissions.require("records.read")
    found = service.named(pos, asked.code, asked.batch)
    row = lists.one(pos, found.item, found.batch)
    if row is None:
        raise UserError(f"batch: nothing is known of {found.batch} of {found.name}", "read its label again", "batch")
    parts = [_linked(one) | {"receipts": _came(pos, one.item, one.batch)}
             for one in lineage.all_parts_of(pos, row.item, row.batch)]  # fmt: skip
    made = [_linked(one) | {"sales": _went(pos, one.item, one.batch)}
            for one in lineage.all_made_of(pos, row.item, row.batch)]  # fmt: skip
    came, went = _came(pos, row.item, row.batch), _went(pos, row.item, row.batch)
    texts = [f"Batch {row.batch} of {row.name}, expires {row.expiry or 'never'}, {quantity_text(row.qty)} on hand"]
    texts += _told("came", came) + _told("went", went)
    for one in parts:
        texts += [f"  made of {one['qty']} of {one['name']}, batch {one['batch']}", *_told("  came", one["receipts"])]
    for one in made:
        texts += [f"  made into {one['name']}, batch {one['batch']}", *_told("  went", one["sales"])]
    shown = _shown(row) | {"receipts": came, "sales": went, "made_of": parts, "made_into": made}
    return [(shown, "\n".join(texts))]


def _linked(one: lineage.Link) -> dict[str, Any]:
    return {"item": one.item, "name": one.name, "batch": one.batch, "day": one.day, "qty": plain(one.qty, 3)}


def _came(pos: Pos, item: str, batch: str) -> list[dict[str, Any]]:
    return [{"day": r.day, "qty": plain(r.qty, 3), "supplier": r.supplier, "document": r.document}
            for r in lists.receipts(pos, item, batch)]  # fmt: skip


def _went(pos: Pos, item: str, batch: str) -> list[dict[str, Any]]:
    return [{"day": r.day, "qty": plain(r.qty, 3), "receipt": r.number, "customer": r.customer}
            for r in lists.sales(pos, item, batch)]  # fmt: skip


def _told(how: str, rows: list[dict[str, Any]]) -> list[str]:
    """Return rows as text: the day, how much, and of whom."""
    return [
        f"  {how} {day}  {qty:>10}  {' '.join(more)}".rstrip() for day, qty, *more in (one.values() for one in rows)
    ]


BATCHES = CliCommand(name="batches", summary="List, take in, recall and trace batches", usage=USAGE, examples=EXAMPLES,
                     run=run)  # fmt: skip
