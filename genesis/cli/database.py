"""`genesis db ...`: upgrade, back up, restore."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genesis.cli.context import Commands, Context, command
from genesis.kernel.counts import many
from genesis.upkeep.backup import back_up, restore


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    group = commands.add_parser("db", help="Upgrade, back up and restore").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    command(group, "upgrade", "Bring all tables to the shape this version needs", _upgrade, ["genesis db upgrade"])
    examples = ["genesis db backup /mnt/usb/shop", "genesis db backup /mnt/usb/shop --keys /mnt/safe/keys"]
    backup = command(group, "backup", "Write a verified copy of the store to a folder", _backup, examples)
    backup.add_argument("folder", type=Path)
    backup.add_argument("--keys", type=Path, help="also copy the keys, to another place than the backup")
    back = command(group, "restore", "Make the data folder from a backup; receipt numbers go on in a new epoch",
                   _restore, ["genesis db restore /mnt/usb/shop --home /srv/genesis"])  # fmt: skip
    back.add_argument("folder", type=Path)
    back.add_argument("--keys", type=Path, help="where the copy of the keys is")


def _upgrade(context: Context, _options: argparse.Namespace) -> int:
    with context.open() as app:
        faults = app.errors
    for plugin, reason in faults.items():
        print(f"{plugin}: {reason}")
    print("Some tables could not be upgraded" if faults else "All tables are as this version needs them")
    return 1 if faults else 0


def _backup(context: Context, options: argparse.Namespace) -> int:
    with context.open(safe=True) as app:
        app.pos.permissions.require("support.maintain")
        count = back_up(app, options.folder.absolute(), options.keys.absolute() if options.keys else None)
    print(many("{count} fact is safe in", "{count} facts are safe in", count), options.folder)
    return 0


def _restore(context: Context, options: argparse.Namespace) -> int:
    home = restore(options.folder.absolute(), context.folder, options.keys.absolute() if options.keys else None)
    print(f"Restored to {context.folder}; receipts go on as {home.stream}-00000001")
    return 0
