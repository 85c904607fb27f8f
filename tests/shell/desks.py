"""View-models for tests: a desk on the register in memory, and a runner that does work at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.vm.receipt import ReceiptVM
from tests.shell.memory import MemoryTill, code


class Now:
    """A runner: work at once, timers when the test says so."""

    def __init__(self) -> None:
        self.timers: list[Callable[[], Any]] = []

    def submit(self, work: Any, done: Any, failed: Any) -> None:
        try:
            done(work())
        except Exception as error:
            failed(error)

    def later(self, ms: int, run: Any) -> None:
        self.timers.append(run)

    def tick(self) -> None:
        timers, self.timers = self.timers, []
        for run in timers:
            run()


class Later(Now):
    """A runner whose answers come when the test says so, in the order it says."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], Any]] = []

    def submit(self, work: Any, done: Any, failed: Any) -> None:
        self.held.append(lambda: super(Later, self).submit(work, done, failed))

    def answer(self, number: int = 0) -> None:
        self.held.pop(number)()


def make_desk(till: MemoryTill, runner: Now | None = None) -> Desk:
    """Return a desk with the screens of the shell, the selling screen up."""
    made = Desk(till, runner or Now())
    made.screens = {
        "sell": CashierVM(made),
        "payment": PaymentVM(made),
        "receipt": ReceiptVM(made),
    }
    made.go("sell")
    return made


def type_keys(desk: Desk, *keys: str) -> None:
    """Press keys: one character is typed where no command takes it."""
    for key in keys:
        if not desk.key(key):
            desk.top.typed(key)


def sell(desk: Desk, *numbers: int) -> str:
    """Sell items exactly in cash; returns the receipt number."""
    for number in numbers:
        desk.scan(code(number))
    type_keys(desk, "F12", "Return", "Return")
    receipt = desk.till.last_receipt()
    assert receipt is not None
    return receipt.number
