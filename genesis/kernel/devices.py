"""Devices as objects behind a protocol per kind, each driven in its own worker with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from genesis.kernel.errors import RAISED

Kind = Literal["scanner", "printer", "drawer", "display", "scale", "card_reader", "label_printer"]


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a device is: ready, busy, or not, and what to do about it."""

    ok: bool
    text: str


@runtime_checkable
class DeviceDriver(Protocol):
    """What every driver object offers; the methods below may block, they run in the device's own worker.

    A UserError they raise is an answer (no stable weight); anything else says that the device is gone: it is closed
    and opened again. Two more methods are used where a driver has them: test() -> DeviceStatus shows that it works, and
    check() raises where it is gone, for devices that nobody hears of.
    """

    id: str
    title: str
    kind: Kind

    def open(self) -> None:
        """Connect; raise with a plain sentence when it cannot."""
        ...

    def close(self) -> None:
        """Disconnect."""
        ...

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


class Printer(DeviceDriver, Protocol):
    """Prints receipts and labels; returning means that the device confirmed the print.

    One with an attribute `medium` is given what is written for that ("pdf"), else what is for "escpos".
    """

    def write(self, data: bytes) -> None:
        """Print these bytes."""
        ...


class Drawer(DeviceDriver, Protocol):
    """Opens the cash drawer."""

    def kick(self) -> None:
        """Open it."""
        ...


class Display(DeviceDriver, Protocol):
    """Shows lines to the customer."""

    def show(self, lines: tuple[str, ...]) -> None:
        """Show these lines."""
        ...


class Scale(DeviceDriver, Protocol):
    """Weighs goods."""

    def weigh(self) -> int:
        """Return one stable, positive reading in grams; raise otherwise."""
        ...


class Scanner(DeviceDriver, Protocol):
    """Reads codes: a scanner, or a card reader, which gives `UID:` and a number or `CARD:` and a text.

    A text that begins with + is signed for its card: it comes behind the number, as `UID:04A1B2C3D4E5F6+T1...`.
    """

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Call on_code for every code until stop is set."""
        ...


class CardWriter(Scanner, Protocol):
    """A card reader that writes too; its `listen` ends when stop is set, and is called again after what was asked."""

    def held(self) -> str:
        """Return the number of the card that lies there, without `UID:`; UserError where there is none."""
        ...

    def write(self, uid: str, text: str) -> None:
        """Write a text onto the card of this number and read it back.

        UserError where it is not there, or does not hold that text afterwards; it may hold the old one, or none.
        """
        ...


class Presence:
    """Whether a code or card that is seen again and again has just been shown, or still is."""

    def __init__(self, away: float = 2.0, now: Callable[[], float] = time.monotonic) -> None:
        self._away, self._now = away, now
        self._seen: dict[str, float] = {}

    def begins(self, code: str) -> bool:
        """Note that it is seen now; True where it was not for `away` seconds before."""
        now = self._now()
        self._seen = {seen: at for seen, at in self._seen.items() if now - at < self._away}
        new = code not in self._seen
        self._seen[code] = now
        return new


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one task: ok, or why not; late marks a task that missed its deadline and may yet happen."""

    ok: bool
    value: Any = None
    error: str = ""
    late: bool = False


class Task:
    """One thing asked of a device; `wait` gives up at the deadline, the device does not hold anybody."""

    def __init__(self, run: Callable[[], Any], deadline: float) -> None:
        self._run, self.deadline = run, deadline
        self._done = threading.Event()
        self._outcome: Outcome | None = None
        self.on_done: Callable[[Outcome], None] | None = None

    @property
    def overdue(self) -> bool:
        """Whether its deadline passed."""
        return time.monotonic() > self.deadline

    def perform(self, how: Callable[[Callable[[], Any]], Any] | None = None) -> None:
        """Do it, in the device's worker; `how` is given what to run."""
        try:
            outcome = Outcome(ok=True, value=how(self._run) if how else self._run())
        except RAISED as error:  # a device fault is an answer, not a crash
            outcome = Outcome(ok=False, error=str(error) or type(error).__name__)
        self._outcome = outcome
        self._done.set()
        if self.on_done is not None:
            self.on_done(outcome)

    def wait(self) -> Outcome:
        """Return what became of it, at the latest at its deadline."""
        self._done.wait(max(0.0, self.deadline - time.monotonic()))
        return self._outcome or Outcome(ok=False, error="the device did not answer in time", late=True)


def refused(why: str) -> Task:
    """Return a task that ended before it began."""
    task = Task(lambda: None, time.monotonic())
    task._outcome = Outcome(ok=False, error=why)  # noqa: SLF001
    task._done.set()  # noqa: SLF001
    return task
