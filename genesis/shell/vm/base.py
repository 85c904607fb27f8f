"""What every view-model is: observable state and commands that can be asked for by id."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Listener = Callable[[], object]


def _free() -> str:
    return ""


class Command(NamedTuple):
    """Something a person can ask for. blocked: why it makes no sense now, "" where it does."""

    id: str
    title: str
    run: Callable[[], object]
    icon: str = ""
    blocked: Callable[[], str] = _free


class ViewModel:
    """State of a screen or dialog. context: names its keys in the key map."""

    context = "page"

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self._listeners: list[Listener] = []

    def define(self, *commands: Command) -> None:
        """Add commands."""
        self.commands.update({command.id: command for command in commands})

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener after each change; returns what ends that. Views coalesce their redraws."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def changed(self) -> None:
        """Tell the listeners."""
        for listener in tuple(self._listeners):
            listener()

    def typed(self, char: str) -> bool:
        """Take a typed character where no field has the focus; returns whether it was used."""
        return False

    def scanned(self, code: str) -> bool:
        """Take a scanned code; returns whether it was used."""
        return False

    def snapshot(self) -> object:
        """Return what typing may change, so that a scan that looked like typing can be undone."""
        return None

    def restore(self, state: object) -> None:
        """Put back what `snapshot` returned."""

    def opened(self) -> None:
        """The screen is shown (again): read afresh what may have changed."""

    def closed(self) -> None:
        """The screen or dialog went away."""
