"""`genesis till` and `genesis shell`: the two registers."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from genesis.cli.context import Commands, Context, command, log_file
from genesis.plugin.home import exists
from genesis.plugin.starts import starting


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    till = command(
        commands, "till", "Sell on the text register, from a terminal or a pipe", _till,
        ["genesis till", "printf '9521234000013\\ncash exact\\n' | genesis till", "genesis till --safe"],
    )  # fmt: skip
    till.add_argument("--safe", action="store_true", help="start the kernel alone, without plugins")
    shell = command(
        commands, "shell", "Open the cashier's window", _shell, ["genesis shell", "genesis shell --theme contrast"]
    )
    shell.add_argument("--safe", action="store_true", help="start the kernel alone, without plugins")
    shell.add_argument("--theme", default="", help="id of a theme")


def _till(context: Context, options: argparse.Namespace) -> int:
    from genesis.console.approving import at_terminal
    from genesis.console.till import Till

    with starting(context.folder) as offer:
        if offer:
            print(f"genesis: {offer}", file=sys.stderr)
        app = context.open(register=True, projector="thread", safe=options.safe)
    with app:
        ask = at_terminal(sys.stdin.buffer, sys.stdout) if sys.stdin.isatty() else None
        return Till(app, sys.stdout, ask).run(sys.stdin.buffer)


def _shell(context: Context, options: argparse.Namespace) -> int:
    from genesis.shell.app import run

    if not exists(context.folder) and not _first(context):
        return 0
    with starting(context.folder) as offer:
        app = context.open(register=True, projector="thread", safe=options.safe)
    with app:
        return run(app, theme=options.theme, notice=offer)


def _first(context: Context) -> bool:
    """Ask in a window for the store that is not there yet; returns False where that was closed."""
    from genesis.cli.first import FirstStore
    from genesis.shell.first import first_start

    log_file(context.folder)
    return first_start(FirstStore(context))
