"""Commands that plugins bring; they run with a store, or without one where they need none."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import structs

from genesis.hooks import platform as specs
from genesis.hooks.values import CliCommand
from genesis.kernel.errors import GenesisError, PluginFault, UserError
from genesis.plugin.answers import answer_check
from genesis.plugin.discovery import discover, load
from genesis.plugin.home import exists, open_home
from genesis.plugin.state import switched_on_in

if TYPE_CHECKING:
    from genesis.cli.context import Commands, Context


class ExtraCommands:
    """Finds and runs them: those of the enabled plugins, without a store those that `genesis init` would enable."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: dict[str, tuple[str, CliCommand]] | None = None

    def all(self) -> dict[str, tuple[str, CliCommand]]:
        """Return name -> (plugin, command)."""
        if self._found is None:
            self._found = {}
            objects, _ = load(self._wanted())
            for plugin, code in sorted(objects.items()):
                for found in _brought(plugin, code):
                    other, _ = self._found.setdefault(found.name, (plugin, found))
                    if other != plugin:
                        self._found[found.name] = (other, structs.replace(found, run=partial(_both, other, plugin)))
        return self._found

    def _wanted(self) -> set[str]:
        usable = {i: f.manifest for i, f in discover().items() if not f.fault}
        if exists(self._context.folder):
            with suppress(GenesisError):  # whatever is wrong with the store, the command itself will say
                return switched_on_in(open_home(self._context.folder)) & set(usable)
        return {i for i, manifest in usable.items() if manifest.default == "on"}

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
            try:
                return command.run(None, arguments)
            except UserError as error:
                if error.field == "home":  # it wants a store after all: name the folder where none is
                    open_home(self._context.folder)
                raise
        with self._context.open() as app:
            if plugin not in app.enabled:
                row = next(row for row in app.plugins() if row.id == plugin)
                what = f"the plugin {plugin} is {row.status}: {row.reason}"
                raise UserError(what, f"see `genesis plugin info {plugin}`")
            try:
                return command.run(app.pos, arguments)
            except (GenesisError, OSError):
                raise
            except Exception as error:
                raise PluginFault(plugin, command.name, f"{type(error).__name__}: {error}") from error


def _both(one: str, other: str, _pos: Any, _arguments: list[str]) -> int:
    """Run neither of two commands of one name: nobody can tell which is meant."""
    raise UserError(f"the plugins {one} and {other} both bring this command", "switch one of the two off", "command")


def _brought(plugin: str, code: object) -> list[CliCommand]:
    """Ask a plugin for its commands; a broken one brings none, and the others are there."""
    bring = getattr(code, specs.cli_commands.__name__, None)
    try:
        answer = (bring() if bring else None) or []
        wrong = answer_check(specs.cli_commands)(answer)
    except (Exception, SystemExit) as error:  # noqa: BLE001  see above
        answer, wrong = [], str(error)
    if wrong:
        logging.getLogger("genesis").warning("plugin %s brings no commands: %s", plugin, wrong)
        return []
    return list(answer)


def _help(command: CliCommand) -> str:
    lines = [f"usage: genesis {command.name} {command.usage}".rstrip(), "", command.summary]
    lines += [*(["", command.details] if command.details else []), "", "examples:"]
    return "\n".join([*lines, *(f"  {example}" for example in command.examples)])
