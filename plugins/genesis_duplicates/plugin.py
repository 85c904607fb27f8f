"""Brings the page of likely duplicates and `genesis duplicates`."""

from __future__ import annotations

from genesis import CliCommand, Screen, hookimpl
from genesis_duplicates import command


class DuplicatesPlugin:
    """The hook implementations."""

    @hookimpl
    def screens(self) -> list[Screen]:
        """The pairs."""
        return [Screen(id="pairs", title="Duplicates", icon="copy", page="genesis_duplicates.pages:page", place="admin",
                       group="catalog", permission="catalog.edit", order=18)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis duplicates`."""
        return [command.DUPLICATES]


plugin = DuplicatesPlugin()
