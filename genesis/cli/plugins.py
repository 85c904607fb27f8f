"""`genesis plugin ...`: see what is there, switch it on and off, know beforehand what that means."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from genesis.cli.context import Commands, Context, command, show, table
from genesis.kernel.errors import UserError
from genesis.kernel.facts import PluginDisabled, PluginEnabled
from genesis.plugin.state import record


def add_to(commands: Commands[Any]) -> None:
    """Add the commands."""
    group = commands.add_parser("plugin", help="See plugins, switch them on and off").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    command(group, "list", "List every plugin with its state and the reason", _list,
            ["genesis plugin list", "genesis plugin list --json"], data=True)  # fmt: skip
    info = command(group, "info", "Tell everything about one plugin", _info, ["genesis plugin info tax"], data=True)
    info.add_argument("plugin")
    for action, example in (("enable", "genesis plugin enable discounts"),
                            ("disable", "genesis plugin disable discounts --plan")):  # fmt: skip
        switch = command(group, action, f"{action.capitalize()} a plugin, effective at once", _switch,
                         [example, f"genesis plugin {action} discounts --why 'holidays'"], data=True)  # fmt: skip
        switch.add_argument("plugin")
        switch.add_argument("--plan", action="store_true", help="only tell what it would mean")
        switch.add_argument("--why", default="", help="the reason, kept in the journal")
        if action == "disable":
            switch.add_argument("--safe", action="store_true", help="start no plugin: for one that hangs or dies")
        else:
            switch.add_argument("--since", action="append", default=[], metavar="PROJECTION=start|enabled",
                                help="from when a projection that asks counts")  # fmt: skip
        switch.set_defaults(enabled=action == "enable")
    command(group, "undo", "Take the last switch back (after a start that fails)", _undo, ["genesis plugin undo"])


def _list(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        rows = app.plugins()
    if options.json:
        show([msgspec.to_builtins(row) for row in rows])
    else:
        table([(row.id, row.status, row.category, row.title, row.reason) for row in rows])
    return 0


def _info(context: Context, options: argparse.Namespace) -> int:
    with context.open() as app:
        row = next((row for row in app.plugins() if row.id == options.plugin), None)
    if row is None:
        raise UserError(f"there is no plugin {options.plugin!r}", "see `genesis plugin list`", "plugin")
    values = msgspec.to_builtins(row)
    if options.json:
        show(values)
    else:
        table([(name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in values.items()])
    return 0


def _switch(context: Context, options: argparse.Namespace) -> int:
    since = dict(part.partition("=")[::2] for part in getattr(options, "since", []))
    with context.open(safe=getattr(options, "safe", False)) as app:
        plan = app.plan(options.plugin, "enable" if options.enabled else "disable")
        if not options.plan:
            app.switch(options.plugin, enabled=options.enabled, why=options.why, since=since)
            row = next(row for row in app.plugins() if row.id == options.plugin)
            if options.enabled and row.status != "enabled":
                raise UserError(f"{row.id} is {row.status}: {row.reason}", f"see `genesis plugin info {row.id}`")
    if options.json:
        show(msgspec.to_builtins(plan) | {"done": not options.plan})
        return 0
    for line in plan.effects:
        print(f"- {line}")
    for line in plan.refusals:
        print(f"! {line}")
    if not options.plan:
        but = f", but {row.reason}" if options.enabled and row.reason else ""
        print(f"{options.plugin} is {'enabled' if options.enabled else 'disabled'}{but}")
    if options.plan and plan.refusals:
        raise UserError(f"{options.plugin} could not be {plan.action}d now", plan.refusals[0])
    return 0


def _undo(context: Context, _options: argparse.Namespace) -> int:
    with context.open(safe=True) as app:
        last = None
        for entry in app.raw_journal.scan():
            switch = entry.kind in {PluginEnabled.kind, PluginDisabled.kind}
            if switch and isinstance(entry.fact, PluginEnabled | PluginDisabled):
                last = entry.fact
        if last is None:
            raise UserError("no plugin was ever switched here", "", "plugin")
        enabled = isinstance(last, PluginDisabled)
        record(app, last.plugin, enabled=enabled, why="the last switch taken back", since={})
    print(f"{last.plugin} is {'enabled' if enabled else 'disabled'} again")
    return 0
