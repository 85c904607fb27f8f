"""`genesis customer`: add, find, export and erase customers from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from genesis import CliCommand, Pos, UserError
from genesis_customers.service import resolve

USAGE = "add --name NAME [--phone P] [--email E] [--card C]... [--group G] | find TEXT | export WHO | erase WHO --yes"
EXAMPLES = (
    "genesis customer add --name 'Ada Byron' --phone '+44 20 7946 0000' --card C-1001",
    "genesis customer find ada",
    "genesis customer export C-1001 > ada.json",
    "genesis customer erase C-1001 --yes --why 'asked in the shop'",
)


def customer_command() -> CliCommand:
    """Return the command."""
    return CliCommand(name="customer", summary="Add, find, export or erase customers", usage=USAGE, examples=EXAMPLES,
                      run=run)  # fmt: skip


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what is asked; WHO is a card, a phone number or an id."""
    asked = _parser().parse_args(arguments)
    done: int = asked.do(pos, asked)
    return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="genesis customer", description="Customers of the store.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="add a customer")
    add.add_argument("--name", required=True)
    for option in ("--phone", "--email", "--group"):
        add.add_argument(option, default="")
    add.add_argument("--card", action="append", default=[])
    find = commands.add_parser("find", help="list customers by name, phone, e-mail or card")
    find.add_argument("text")
    export = commands.add_parser("export", help="print everything that is known about a customer, as JSON")
    export.add_argument("who")
    erase = commands.add_parser("erase", help="forget a customer for good")
    erase.add_argument("who")
    erase.add_argument("--yes", action="store_true", help="it cannot be undone: say that you mean it")
    erase.add_argument("--why", default="", help="is kept with the erasure")
    for command, do in ((add, _add), (find, _find), (export, _export), (erase, _erase)):
        command.set_defaults(do=do)
        if command is not export:
            command.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _add(pos: Pos, asked: argparse.Namespace) -> int:
    values = {
        "name": asked.name, "phone": asked.phone, "email": asked.email, "group": asked.group,
        "since": pos.clock.now().date().isoformat(), "cards": [{"code": code} for code in asked.card],
    }  # fmt: skip
    found = pos.records("customers_customer").save(values)
    _print([json.dumps({"id": found})] if asked.json else [found])
    return 0


def _find(pos: Pos, asked: argparse.Namespace) -> int:
    pos.permissions.require("persons.read", "customers_customer")
    names = ("id", "name", "phone", "email", "group", "since")
    rows = [{name: row[name] for name in names} for row in pos.records("customers_customer").search(asked.text, 100)
            if row["name"] is not None]  # fmt: skip
    shown = sorted(rows, key=lambda row: (row["name"].casefold(), row["id"]))
    if asked.json:
        _print([json.dumps(shown, ensure_ascii=False)])
    else:
        _print(["  ".join(part for part in row.values() if part) for row in shown])
    return 0


def _export(pos: Pos, asked: argparse.Namespace) -> int:
    _print([json.dumps(pos.privacy.export(_person(pos, asked.who)), ensure_ascii=False, indent=2)])
    return 0


def _erase(pos: Pos, asked: argparse.Namespace) -> int:
    person = _person(pos, asked.who)
    if not asked.yes:
        raise UserError("erasing a person cannot be undone", "add --yes if you mean it", "yes")
    said = pos.privacy.erase(person, asked.why)
    answer: dict[str, Any] = {"erased": person, "forgotten": said}
    _print([json.dumps(answer, ensure_ascii=False)] if asked.json
           else [f"Erased: {person}", *(f"  {plugin}: {what}" for plugin, what in said.items())])  # fmt: skip
    return 0


def _person(pos: Pos, who: str) -> str:
    """Return the id of a customer named by id, card or phone number."""
    if pos.records("customers_customer").rev(who):
        return who
    found = resolve(pos, who)
    if found is None:
        raise UserError(f"there is no customer {who[:40]!r}", "look with `genesis customer find`", "customer")
    return found.person


def _print(lines: Sequence[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
