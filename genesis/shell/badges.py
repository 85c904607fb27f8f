"""The numbers on entries of the navigation: asked of their screens beside the window, never while it is drawn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from genesis.kernel.errors import RAISED
from genesis.shell.tasks import Tasks
from genesis.shell.views.contributed import Contribution

log = logging.getLogger("genesis.shell")
SOON = 150  # ms


class Badges:
    """What the screens said last; `changed` is called when they say something else."""

    def __init__(self, tasks: Tasks, changed: Callable[[], object]) -> None:
        self._tasks, self._changed = tasks, changed
        self._known: dict[str, str] = {}
        self._soon = False

    def of(self, screen: str) -> str:
        """Return the badge of a screen, "" for none."""
        return self._known.get(screen, "")

    def ask_soon(self, screens: Sequence[Contribution], pos: Any) -> None:
        """Ask again once the window has been drawn, so that a key never waits for a worker."""
        if not self._soon:
            self._soon = True
            self._tasks.later(SOON, lambda: self.ask(screens, pos))

    def ask(self, screens: Sequence[Contribution], pos: Any) -> None:
        """Ask again, in a worker."""
        self._soon = False
        asked = [screen for screen in screens if screen.badge is not None]

        def done(said: dict[str, str]) -> None:
            if said != self._known:
                self._known = said
                self._changed()

        if asked:
            self._tasks.submit(lambda: {screen.id: _badge(screen, pos) for screen in asked}, done, _failed)


def _badge(screen: Contribution, pos: Any) -> str:
    try:
        return screen.badge(pos) if screen.badge is not None else ""
    except RAISED:
        log.exception("plugin %s: the badge of %s failed", screen.author, screen.id)
        return ""


def _failed(error: BaseException) -> None:
    log.error("the badges could not be asked for", exc_info=error)
