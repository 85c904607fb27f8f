"""`genesis manual`: the manual on the terminal."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from genesis.cli.context import Commands, Context, command, show
from genesis.docs import book
from genesis.kernel.errors import UserError
from genesis.plugin.discovery import discover

WIDTH = 100


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    examples = ["genesis manual", "genesis manual backup", "genesis manual return receipt --json"]
    manual = command(commands, "manual", "Look something up in the manual", _manual, examples, data=True)
    manual.add_argument("words", nargs="*", help="what it is about; without words the list of topics")


def _manual(_context: Context, options: argparse.Namespace) -> int:
    folders = {plugin: found.folder for plugin, found in discover().items() if not found.fault}
    topics = book.search(book.topics(folders), " ".join(options.words))
    if options.json:
        show([topic._asdict() for topic in topics])
        return 0
    for topic in topics:
        print(topic.page if topic.title == topic.page else f"{topic.page}: {topic.title}")
        if options.words:
            print(_body(topic.text))
    if not topics:
        raise UserError("the manual says nothing about that", "see its topics with `genesis manual`", "words")
    return 0


def _body(text: str) -> str:
    return "\n".join([*map(_line, text.split("\n")), ""])


def _line(line: str) -> str:
    indent = "  " if line.startswith("•") else ""
    return line if line.startswith(book.CODE) else textwrap.fill(line, WIDTH, subsequent_indent=indent)
