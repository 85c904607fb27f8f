"""`genesis password`: whoever opens the shell must sign in from then on."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from genesis.cli.context import Commands, Context, command
from genesis.kernel.actors import OWNER
from genesis.kernel.errors import UserError
from genesis.kernel.permissions import Account
from genesis.plugin.app import App
from genesis.plugin.home import open_home


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    command(
        commands, "password", "Set the owner's password (typed, or one line on standard input)", _password,
        ["genesis password", "printf 'correct horse\\n' | genesis password"],
    )  # fmt: skip


def set_password(app: App, secret: str) -> None:
    """Give the owner a password; its argon2id hash is kept, never the password."""
    app.pos.permissions.save_account(Account(id=OWNER.id, name=OWNER.name), secret)


def offer(app: App) -> None:
    """At the first start, on a terminal: offer the owner a password; an empty line leaves it out."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        secret = getpass.getpass("Password for the owner (empty: the shell opens without one): ")
        if secret:
            try:
                _again(secret)
                set_password(app, secret)
            except UserError as error:  # the store is there all the same
                print(f"genesis: {error}", file=sys.stderr)


def _again(secret: str) -> None:
    if getpass.getpass("The same again: ") != secret:
        raise UserError("the two passwords differ", "set one later with `genesis password`", "password")


def _password(context: Context, _options: argparse.Namespace) -> int:
    open_home(context.folder)  # nobody types a password for a store that is not there
    if sys.stdin.isatty():
        secret = getpass.getpass("New password for the owner: ")
        _again(secret)
    else:
        secret = sys.stdin.readline().rstrip("\n")
    with context.open() as app:
        set_password(app, secret)
    print("The shell asks for the password from now on")
    return 0
