"""Wakes the process that runs the projections, and is what it runs in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis.kernel.projector import Projector


class Doorbell:
    """Wakes the process that runs the projections: a loopback datagram, and a look every second besides."""

    def __init__(self, projector: Projector, *, idle: float = 1.0) -> None:
        self.projector = projector
        self._idle = idle
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(idle)
        self._port = self._socket.getsockname()[1]
        self._thread: threading.Thread | None = None
        self._reached = 0
        self.after_step: list[Callable[[], None]] = []
        self.when_idle: list[Callable[[], None]] = []
        self.crash = ""

    def take_lease(self) -> bool:
        """Try to become the one that runs the projections."""
        if self.projector.lease.held:
            return True
        return self.projector.lease.take(str(self._port))

    def ring(self, _pos: int = 0) -> None:
        """Wake the holder, whoever it is."""
        port = str(self._port) if self.projector.lease.held else self.projector.lease.holder()
        if port.isascii() and port.isdigit():
            with suppress(OSError):
                self._socket.sendto(b"!", ("127.0.0.1", int(port)))

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self._loop, name="projector", daemon=True)
        self._thread.start()

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                if self.take_lease():
                    while self.projector.step() and not self._stop.is_set():
                        pass
                    for follow in self.after_step:
                        follow()
                self.crash = ""
            except Exception as error:  # noqa: BLE001  the database may be busy or gone: say so and try again
                self.crash = f"{type(error).__name__}: {error}"
            try:
                self._socket.recv(16)
            except TimeoutError:
                self._rest()
            except OSError:
                continue

    def _rest(self) -> None:
        """Nothing happened for a while: time for what must not stand in anybody's way."""
        if self.projector.lease.held:
            for chore in self.when_idle:
                with suppress(Exception):  # it is tried again in the next quiet moment
                    chore()

    def stop(self) -> None:
        """End after the batch that is under way."""
        self._stop.set()
        with suppress(OSError):
            self._socket.sendto(b"!", ("127.0.0.1", self._port))
        if self._thread is not None:
            self._thread.join(10)
        self._socket.close()
