"""Commands that plugins bring; they run with a store, or without one where they need none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from genesis.hooks import platform as specs
from genesis.hooks.values import CliCommand
from genesis.kernel.errors import UserError
from genesis.plugin.discovery import discover, load
from genesis.plugin.home import exists

if TYPE_CHECKING:
    from genesis.cli.context import Commands, Context


class ExtraCommands:
    """Finds and runs them. Without a store those of the plugins that `genesis init` would enable are there."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: dict[str, tuple[str, CliCommand]] | None = None

    def all(self) -> dict[str, tuple[str, CliCommand]]:
        """Return name -> (plugin, command)."""
        if self._found is None:
            names = {i for i, f in discover().items() if f.manifest.default == "on" and not f.fault}
            if exists(self._context.folder):
                names |= set(discover())
            objects, _ = load(names)
            self._found = {}
            for plugin, code in sorted(objects.items()):
                bring = getattr(code, specs.cli_commands.__name__, None)
                for found in (bring() if bring else None) or ():
                    self._found.setdefault(found.name, (plugin, found))
        return self._found

    def find(self, name: str) -> tuple[str, CliCommand] | None:
        """Return the command of this name."""
        return self.all().get(name)

    def describe(self, commands: Commands[Any]) -> None:
        """Show them in the help."""
        for name, (plugin, found) in sorted(self.all().items()):
            if name not in commands.choices:
                commands.add_parser(name, help=f"{found.summary} (plugin {plugin})", add_help=False)

    def run(self, found: tuple[str, CliCommand], arguments: list[str]) -> int:
        """Run a command, opening the store where it wants one."""
        plugin, command = found
        if "-h" in arguments or "--help" in arguments:
            print(_help(command))
            return 0
        there = exists(self._context.folder)
        if command.store == "none" or (command.store == "used" and not there):
            return command.run(None, arguments)
        with self._context.open() as app:
            if plugin not in app.enabled:
                raise UserError(f"the plugin {plugin} is off", f"run `genesis plugin enable {plugin}`", "plugin")
            return command.run(app.pos, arguments)


def _help(command: CliCommand) -> str:
    lines = [f"usage: genesis {command.name} {command.usage}".rstrip(), "", command.summary, "", "examples:"]
    return "\n".join([*lines, *(f"  {example}" for example in command.examples)])


def usage_error(command: str, why: str) -> int:
    """Say what is wrong with the arguments; returns exit code 2."""
    print(f"genesis {command}: {why}", file=sys.stderr)
    return 2
