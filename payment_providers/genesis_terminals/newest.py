"""Hands the newest thing to a slow screen, from a thread of its own; a failure there is no matter."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from genesis import Pos

T = TypeVar("T")
BUSY = frozenset({"payment", "tender"})  # changes of a cart during which a terminal has better to do


class Newest(Generic[T]):
    """What is shown last counts. put: hands it over; it may block and may raise, the sale does not depend on it."""

    def __init__(self, put: Callable[[T], None], log: logging.Logger) -> None:
        self._put, self._log = put, log
        self._waits: list[T] = []  # at most one
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._open = True
        self.done = 0  # things that were handed over, or could not be

    def show(self, thing: T) -> None:
        """Show this soon; returns at once."""
        with self._wake:
            self._waits = [thing]
            if self._thread is None and self._open:
                self._thread = threading.Thread(target=self._work, name="terminal screen", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def wait(self, count: int, seconds: float = 5) -> bool:
        """Wait until so many things were handed over."""
        with self._wake:
            return self._wake.wait_for(lambda: self.done >= count, seconds)

    def close(self) -> None:
        """End, without waiting for what was to be shown."""
        with self._wake:
            self._open = False
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(1)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waits) or not self._open)
                if not self._open:
                    return
                thing = self._waits.pop()
            try:
                self._put(thing)
            except Exception as error:  # noqa: BLE001  a screen is no reason to stop
                self._log.info("nothing could be shown on the terminal: %s", type(error).__name__)
            with self._wake:
                self.done += 1
                self._wake.notify_all()


class CartScreens:
    """The terminal's screen of each house, made when it first shows a cart."""

    def __init__(self) -> None:
        self.of: WeakKeyDictionary[Pos, Newest[Any]] = WeakKeyDictionary()

    def show(self, pos: Pos, put: Callable[[Any], None], thing: Any) -> None:
        """Show this soon; put: hands it to the terminal."""
        if pos not in self.of:
            self.of[pos] = Newest(put, pos.log)
        self.of[pos].show(thing)

    def close(self, pos: Pos) -> None:
        """Let go of a house's screen."""
        screen = self.of.pop(pos, None)
        if screen is not None:
            screen.close()
