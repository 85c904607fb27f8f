"""`genesis projection ...`: how far the tables follow the journal, and building them again."""

from __future__ import annotations

import argparse
from typing import Any

from genesis.cli.context import Commands, Context, command, show, table
from genesis.kernel.counts import many
from genesis.kernel.entries import FactRef
from genesis.kernel.errors import UserError
from genesis.kernel.facts import ProjectionSkipped
from genesis.kernel.projector import SKIP
from genesis.plugin.rebuilding import rebuilding


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    group = commands.add_parser("projection", help="See and rebuild projections").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    command(group, "status", "Tell how far every projection is", _status,
            ["genesis projection status", "genesis projection status --json"], data=True)  # fmt: skip
    rebuild = command(group, "rebuild", "Build a projection again beside the live one, compare and swap", _rebuild,
                      ["genesis projection rebuild kernel_till", "genesis projection rebuild --all"],
                      data=True)  # fmt: skip
    rebuild.add_argument("name", nargs="?", default="")
    rebuild.add_argument("--all", action="store_true", help="every projection")
    rebuild.add_argument("--check", action="store_true", help="compare only")
    skip = command(group, "skip", "Leave one fact out of a projection that stops at it", _skip,
                   ["genesis projection skip catalog_product office:17 --why 'broken import'"])  # fmt: skip
    skip.add_argument("name")
    skip.add_argument("fact", help="stream:seq")
    skip.add_argument("--why", required=True)


def _status(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        app.projector.catch_up(10)
        rows = app.projector.status()
    if options.json:
        show(rows)
    else:
        table([(r["name"], f"{r['pos']}/{r['head']}", r["error"] or "ok") for r in rows])
    if stuck := [r["name"] for r in rows if r["error"]]:
        raise UserError(f"not following the journal: {', '.join(stuck)}", "mend what each says, or rebuild it")
    return 0


def _rebuild(context: Context, options: argparse.Namespace) -> int:
    if bool(options.name) == options.all:
        raise UserError("it is not said which projection", "name one, or give --all", "name")
    with context.open() as app:
        names = list(app.projector.projections) if options.all else [options.name]
        with rebuilding(app, *names) as built:
            results = {name: built.compare(name) if options.check else built.swap(name) for name in names}
    rows: list[dict[str, Any]] = [
        {"name": n, "facts": r.facts, "different": list(r.different)} for n, r in results.items()
    ]
    if options.json:
        show(rows)
    else:
        for row in rows:
            said = f"differed in {', '.join(row['different'])}" if row["different"] else "identical"
            told = many("{name}: {count} fact, {said}", "{name}: {count} facts, {said}", row["facts"], name=row["name"],
                        said=said)  # fmt: skip
            print(told)
    if options.check and (wrong := [row["name"] for row in rows if row["different"]]):
        raise UserError(f"not as a rebuild: {', '.join(wrong)}", "rebuild it without --check")
    return 0


def _skip(context: Context, options: argparse.Namespace) -> int:
    ref = FactRef.parse(options.fact)
    with context.open() as app:
        app.pos.permissions.require("support.maintain", options.name)
        if options.name not in app.projector.projections:
            raise UserError(f"there is no projection {options.name!r}", "see `genesis projection status`", "name")
        if app.journal.entry(ref) is None:
            raise UserError(f"there is no fact {ref}", "see `genesis journal show`", "fact")
        skipped = [*app.journal.state(SKIP, options.name, []), str(ref)]
        app.journal.append(
            ProjectionSkipped(projection=options.name, stream=ref.stream, seq=ref.seq, why=options.why),
            state=[(SKIP, options.name, skipped)],
        )
    print(f"{options.name} leaves {ref} out")
    return 0
