"""`genesis stocktake`: open, count, look at, post and give up counts from the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import select

from genesis import CliCommand, Pos, UserError, many, plain, print_rows, quantity_text
from genesis_stock.typed import milli
from genesis_stocktake import cycle, lists, posting, service, sheet
from genesis_stocktake.models import count

USAGE = (
    "list | due | open TITLE [--due] | show COUNT | count COUNT CODE --qty N [--again] | sheet COUNT [--file F] | "
    "read COUNT --file F | post COUNT [--reason WHY] | give-up COUNT"
)
EXAMPLES = (
    "genesis stocktake list --json",
    "genesis stocktake open 'Year end' --blind",
    "genesis stocktake count last 1001 --qty 24",
    "genesis stocktake show last",
    "genesis stocktake sheet last --file sheet.csv",
    "genesis stocktake post last",
)
Answer = list[tuple[dict[str, Any], str]]


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked. COUNT is the id of a count, or last for the newest one that is open."""
    asked = _parser().parse_args(arguments)
    print_rows(asked.do(pos, asked), as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = STOCKTAKE.parser()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    commands.add_parser("list", help="every count, the newest first").set_defaults(do=_list)
    late = commands.add_parser("due", help="what is due to be counted, by its class")
    late.add_argument("--location", default=None)
    late.set_defaults(do=_due)
    begun = commands.add_parser("open", help="begin a count")
    begun.add_argument("title", metavar="TITLE")
    begun.add_argument("--location", default=None)
    begun.add_argument("--category", default="", help="only goods of it")
    begun.add_argument("--blind", action="store_true", help="who counts is not told what is expected")
    begun.add_argument("--due", action="store_true", help="only what is due")
    begun.set_defaults(do=_open)
    verbs: tuple[tuple[str, str, Any], ...] = (
        ("show", "what was counted, and what differs", _show), ("count", "count something", _count),
        ("sheet", "what to look for, with room for what is there", _sheet),
        ("read", "count what a filled-in sheet says", _read),
        ("post", "sign off and post the differences", _post), ("give-up", "end it, the stock stays", _give_up),
    )  # fmt: skip
    for name, told, do in verbs:
        one = commands.add_parser(name, help=told)
        one.add_argument("count", metavar="COUNT")
        one.set_defaults(do=do)
        if name in {"sheet", "read"}:
            one.add_argument("--file", type=Path, default=None, required=name == "read")
        if name == "post":
            one.add_argument("--reason", default="", help="why the differences are there")
        if name == "count":
            one.add_argument("code", metavar="CODE")
            one.add_argument("--qty", required=True)
            one.add_argument("--batch", default="")
            one.add_argument("--again", action="store_true", help="so much in all, instead of so much more")
    for one in commands.choices.values():
        one.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _named(pos: Pos, key: str) -> Any:
    newest = lists.open_counts(pos)
    return newest[0] if key == "last" and newest else service.one(pos, key)


def _list(pos: Pos, _asked: argparse.Namespace) -> Answer:
    pos.permissions.require("stocktake.count")
    found = pos.db.all(select(count).order_by(count.c.count.desc()))
    return [(_shown(row), f"{row.count}  {row.day}  {row.state:<8}  {row.title}") for row in found]


def _shown(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("count", "title", "location", "category", "blind", "day", "state")}


def _due(pos: Pos, asked: argparse.Namespace) -> Answer:
    pos.permissions.require("stocktake.count")
    return [({"item": one.item, "name": one.name, "class": one.kind, "counted": one.counted, "late": one.late},
             f"{one.kind}  {one.counted or 'never':<10}  {one.name}")
            for one in cycle.due(pos, asked.location)]  # fmt: skip


def _open(pos: Pos, asked: argparse.Namespace) -> Answer:
    found = cycle.due(pos, asked.location, limit=cycle.AT_ONCE) if asked.due else []
    if asked.due and not found:
        raise UserError("nothing is due to be counted", "see how often in the settings of Stocktaking", "due")
    key = service.start(pos, asked.title, asked.location, asked.category, blind=asked.blind,
                        items=[(one.item, one.name) for one in found])  # fmt: skip
    return [({"count": key}, f"{asked.title} is open: {key}")]


def _sheet(pos: Pos, asked: argparse.Namespace) -> Answer:
    pos.permissions.require("stocktake.count")
    found = _named(pos, asked.count)
    if asked.file is not None:
        rows = sheet.write(pos, found.count, asked.file)
        return [
            (
                {"file": str(asked.file), "rows": rows},
                many("{count} row written to {file}", "{count} rows written to {file}", rows, file=asked.file),
            )
        ]
    return [({"item": one.item, "name": one.name, "batch": one.batch}, f"________  {one.name} {one.batch}".rstrip())
            for one in sheet.wanted(pos, found.count)]  # fmt: skip


def _read(pos: Pos, asked: argparse.Namespace) -> Answer:
    found = _named(pos, asked.count)
    rows = sheet.read(pos, found.count, asked.file)
    return [
        (
            {"count": found.count, "rows": rows},
            many("{count} row counted in {title}", "{count} rows counted in {title}", rows, title=found.title),
        )
    ]


def _rows(pos: Pos, found: Any, rows: list[lists.Counted]) -> Answer:
    answer: Answer = []
    for row in rows:
        again = ""
        shown: dict[str, Any] = {"item": row.item, "batch": row.batch, "counted": plain(row.counted, 3)}
        text = f"{quantity_text(row.counted):>10}"
        if not lists.hidden(pos, found):
            shown |= {"expected": plain(row.expected, 3), "difference": plain(row.diff, 3), "recount": row.why}
            text += f"  {quantity_text(row.expected):>10}  {quantity_text(row.diff):>10}"
            again = f" (count again: {row.why})" if row.why else ""
        answer.append((shown, f"{text}  {row.name} {row.batch}".rstrip() + again))
    return answer


def _show(pos: Pos, asked: argparse.Namespace) -> Answer:
    pos.permissions.require("stocktake.count")
    found = _named(pos, asked.count)
    return _rows(pos, found, lists.rows_of(pos, found.count))


def _count(pos: Pos, asked: argparse.Namespace) -> Answer:
    found, qty = _named(pos, asked.count), milli(asked.qty, "qty")
    service.enter(pos, found.count, asked.code, qty, asked.batch, again=asked.again)
    return [({"count": found.count, "qty": plain(qty, 3)}, f"{quantity_text(qty)} counted in {found.title}")]


def _post(pos: Pos, asked: argparse.Namespace) -> Answer:
    found = _named(pos, asked.count)
    posting.post(pos, found.count, reason=asked.reason)
    return _rows(pos, found, lists.rows_of(pos, found.count))


def _give_up(pos: Pos, asked: argparse.Namespace) -> Answer:
    found = _named(pos, asked.count)
    posting.give_up(pos, found.count)
    return [({"count": found.count}, f"{found.title} is given up, the stock stays as it was")]


STOCKTAKE = CliCommand(name="stocktake", summary="Count the stock and post the differences", usage=USAGE,
                       examples=EXAMPLES, run=run)  # fmt: skip
