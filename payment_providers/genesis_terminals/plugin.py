"""Listens while the register is open."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec

from genesis import Fact, Health, Pos, hookimpl
from genesis_terminals.models import TerminalSettings, Told
from genesis_terminals.webhooks import Desk


class TerminalsPlugin:
    """The hook implementations."""

    def __init__(self) -> None:
        self._desks: WeakKeyDictionary[Pos, Desk] = WeakKeyDictionary()  # one a house

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """The port."""
        return TerminalSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Something was told."""
        return [Told]

    @hookimpl
    def startup(self, pos: Pos) -> None:
        """Listen, where a port is set."""
        desk = self._desks[pos] = Desk()
        desk.open(pos)

    @hookimpl
    def shutdown(self, pos: Pos) -> None:
        """Stop listening."""
        desk = self._desks.pop(pos, None)
        if desk is not None:
            desk.close()

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether it listens."""
        desk = self._desks.get(pos)
        if desk is None or not (desk.port or desk.fault):
            return None
        return Health(ok=not desk.fault, text=desk.fault or f"listens on 127.0.0.1:{desk.port}")


plugin = TerminalsPlugin()
