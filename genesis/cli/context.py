"""What every command starts from: the data folder, how a store is opened, how results are printed."""

from __future__ import annotations

import argparse
import json
import logging
import logging.handlers
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from genesis.kernel.actors import OWNER, Actor
from genesis.kernel.cards import masked
from genesis.kernel.errors import Refused
from genesis.plugin.app import App, Mode
from genesis.plugin.home import default_folder, open_home

Commands = argparse._SubParsersAction  # noqa: SLF001  argparse has no public name for it
Run = Callable[["Context", argparse.Namespace], int | None]


class Context:
    """One call of the command."""

    def __init__(self, home: Path | None) -> None:
        self.folder = (home or default_folder()).expanduser().absolute()

    def open(self, *, register: bool = False, projector: Mode = "inline", safe: bool = False) -> App:
        """Open the store of the data folder as the operating-system user who owns it."""
        home = open_home(self.folder)
        log_file(self.folder)
        return App(home, register=register, projector=projector, safe=safe, actor=self.actor())

    def actor(self) -> Actor:
        """The owner of the data folder acts as the store's owner; nobody else may."""
        try:
            path = self.folder / "genesis.toml"
            path.open("rb").close()
            if hasattr(path, "owner") and sys.platform != "win32":
                import os

                if os.geteuid() not in {0, self.folder.stat().st_uid}:
                    raise Refused(f"{self.folder} belongs to {self.folder.owner()}", "run this as that user")
        except PermissionError:
            raise Refused(f"{self.folder} belongs to somebody else", "run this as its owner") from None
        return OWNER


class LogFile(logging.handlers.RotatingFileHandler):
    """A log file that may be missing: on a full or read-only disk nothing of it reaches the till."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging calls it so
        """Go on without the line."""


class WithoutCards(logging.Formatter):
    """Writes lines, with the traceback of an error, in which of card numbers only the last four digits are left."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return str(masked(super().format(record)))


def log_file(folder: Path) -> Path:
    """Send the log to genesis.log in the data folder (the temporary folder where there is none); returns its path."""
    path = (folder if folder.is_dir() else Path(tempfile.gettempdir())) / "genesis.log"
    logger = logging.getLogger("genesis")
    if not logger.handlers:
        logger.propagate = False
        try:
            handler: logging.Handler = LogFile(path, maxBytes=1_000_000, backupCount=3, delay=True)
        except OSError:
            handler = logging.NullHandler()
        handler.setFormatter(WithoutCards("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
    return path


def command(
    commands: Commands[Any], name: str, summary: str, run: Run, examples: Iterable[str], *, data: bool = False
) -> argparse.ArgumentParser:
    """Add a command with its examples; data: it prints data and so has --json."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog="examples:\n" + "\n".join(f"  {line}" for line in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if data:
        parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    return parser


def show(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns."""
    if rows:
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
