"""`genesis journal ...`: prove it, show it, hand it on."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from genesis.cli.context import Commands, Context, command, show
from genesis.kernel.counts import many
from genesis.kernel.entries import Entry
from genesis.kernel.errors import JournalDamaged, UserError
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.verify import verify


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    group = commands.add_parser("journal", help="Verify, show and export the journal").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    command(group, "verify", "Prove that no byte of the journal was changed", _verify,
            ["genesis journal verify", "genesis journal verify --json"], data=True)  # fmt: skip
    look = command(group, "show", "Show facts, one a line", _show,
                   ["genesis journal show --kind sale.completed --json", "genesis journal show --last 20"],
                   data=True)  # fmt: skip
    look.add_argument("--kind", default="", help="only this kind")
    look.add_argument("--last", type=int, default=0, metavar="N", help="only the last N facts looked at")
    export = command(group, "export", "Write every fact, with hashes, to a file", _export,
                     ["genesis journal export facts.jsonl"])  # fmt: skip
    export.add_argument("file", type=Path)


def line(entry: Entry) -> dict[str, Any]:
    """Return a fact as one JSON object."""
    row: dict[str, Any] = {
        "stream": entry.stream, "seq": entry.seq, "at": entry.at, "kind": entry.kind, "version": entry.version,
        "actor": entry.actor, "hash": entry.hash.hex(), "body": entry.values(),
    }  # fmt: skip
    if entry.kind == SaleCompleted.kind and isinstance(entry.fact, SaleCompleted):
        row["receipt"] = entry.fact.number
    return row


def _verify(context: Context, options: argparse.Namespace) -> int:
    with context.open(safe=True) as app:
        try:
            count = verify(app.raw_journal, app.keys.public_key())
        except JournalDamaged as damage:
            if options.json:
                show({"ok": False, "place": damage.place, "what": damage.what})
            else:
                print(f"{damage.place}: {damage.what}")
            print(f"genesis: the journal is damaged at {damage.place}: {damage.what}", file=sys.stderr)
            return 1
    show({"ok": True, "facts": count}) if options.json else print(
        many("{count} fact: intact", "{count} facts: intact", count)
    )
    return 0


def _show(context: Context, options: argparse.Namespace) -> int:
    with context.open(safe=True) as app:
        journal = app.raw_journal
        after = max(0, journal.pos() - options.last) if options.last > 0 else 0
        for entry in journal.scan(after):
            if options.kind and entry.kind != options.kind:
                continue
            if options.json:
                show(line(entry))
            else:
                body = entry.body[:120].decode(errors="replace")
                print(f"{entry.ref}  {entry.at}  {entry.kind}  {entry.actor}  {body}")
    return 0


def _export(context: Context, options: argparse.Namespace) -> int:
    try:
        with context.open(safe=True) as app, options.file.open("w", encoding="utf-8") as out:
            count = app.raw_journal.pos()
            for entry in app.raw_journal.scan(until=count):
                row = line(entry) | {"prev": entry.prev.hex(), "guards": json.loads(entry.guards), "cause": entry.cause}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        what = f"{options.file} cannot be written ({error.strerror})"
        raise UserError(what, "choose another file", "file") from error
    print(many("{count} fact written to", "{count} facts written to", count), options.file)
    return 0
