"""`genesis design`: brings what a designer drew in Figma into a theme."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from genesis.cli.context import Commands, Context, command, show
from genesis.kernel.errors import UserError


def add_to(commands: Commands[Any]) -> None:
    """Add the command."""
    examples = [
        "genesis design import shop.json --theme my-theme",
        "genesis design import https://www.figma.com/design/KEY/shop --theme my-theme --token TOKEN",
        "genesis design names payment",
    ]
    summary = "Restyle screens: import what was drawn in Figma, or list what a screen offers"
    design = command(commands, "design", summary, _names, examples)
    what = design.add_subparsers(dest="what", metavar="WHAT", required=True)
    get = command(what, "import", "Bring a Figma file into a theme", _import, examples[:2])
    get.add_argument("source", help="the file as Figma's interface gives it, or the address of the file in Figma")
    get.add_argument("--theme", required=True, type=Path, metavar="DIR", help="the folder with theme.json")
    get.add_argument("--token", default="", help="Figma's token (default: the variable FIGMA_TOKEN)")
    names = command(what, "names", "List what a design may name on a screen", _names, examples[2:], data=True)
    names.add_argument("screen", nargs="?", default="", help="one screen; without it all")


def _import(_context: Context, options: argparse.Namespace) -> None:
    from genesis.design.bring import bring
    from genesis.design.source import open_source

    token = options.token or os.environ.get("FIGMA_TOKEN", "")
    done = bring(open_source(options.source, token), options.theme)
    for notice in done.notices:
        print(f"note: {notice}", file=sys.stderr)
    for path in done.files:
        print(path)


def _names(_context: Context, options: argparse.Namespace) -> int:
    from genesis.shell.designed import SURFACES

    found = {name: surface for name, surface in SURFACES.items() if options.screen in {"", name}}
    if options.json:
        show({name: {"buttons": s.actions, "fields": s.fields, "slots": s.slots} for name, s in found.items()})
    else:
        for name, surface in found.items():
            print(name)
            for kind, names in (("Button", surface.actions), ("TextBox", surface.fields), ("Slot", surface.slots)):
                print("".join(f"  {kind}: {known}\n" for known in names), end="")
    if not found:
        raise UserError(f"no screen is called {options.screen!r}", f"use one of: {', '.join(SURFACES)}", "screen")
    return 0
