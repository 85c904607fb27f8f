"""`genesis devices`: the devices of this register, and what is plugged in that could be one."""

from __future__ import annotations

import argparse
from typing import Any

from genesis.cli.context import Commands, Context, command, show
from genesis.kernel.devicedesk import ROLES
from genesis.upkeep import attached


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    devices = command(
        commands, "devices", "Show the devices of this register and what is plugged in", _devices,
        ["genesis devices", "genesis devices --json", "genesis devices --address 192.0.2.10",
         "genesis devices --test printer_escpos"], data=True,
    )  # fmt: skip
    devices.add_argument("--address", default="", help="ask whether a receipt printer answers there")
    devices.add_argument("--test", default="", metavar="ID", help="try a device; a printer prints a page")


def _devices(context: Context, options: argparse.Namespace) -> int:
    if options.address:
        found = attached.network_printer(options.address)
        _say([_found(found)], options)
        return 1 if found.trouble else 0
    with context.open() as app:
        desk = app.pos.devices
        if options.test:
            answer = desk.test(options.test)
            _say([({"id": options.test, "ok": answer.ok, "text": answer.text}, answer.text)], options)
            return 0 if answer.ok else 1
        rows = []
        for one in desk.all():
            does = [role for role in ROLES if desk.of(role) == one.id]
            said = f"{one.id}: {one.title} ({', '.join([one.kind, *does])})"
            rows.append(({"id": one.id, "title": one.title, "kind": one.kind, "roles": does}, said))
        _say([*rows, *map(_found, attached.find())], options)
    return 0


def _found(one: attached.Attached) -> tuple[dict[str, Any], str]:
    row = {"kind": one.kind, "name": one.name, "text": one.text, "trouble": one.trouble, "use": one.use}
    name = f"{one.name} ({one.text})" if one.text else one.name
    how = [one.trouble] if one.trouble else one.use
    return row, "\n    ".join([f"found {one.kind.replace('_', ' ')} {name}", *how])


def _say(rows: list[tuple[dict[str, Any], str]], options: argparse.Namespace) -> None:
    if options.json:
        show([row for row, _ in rows])
    else:
        print("\n".join(text for _, text in rows) or "no device is set up, and none was found")
