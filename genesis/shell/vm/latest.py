"""Asks beside the window while somebody types: only the answer to the latest question counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Runner

T = TypeVar("T")


class Latest:
    """One question at a time. waiting: it is not answered yet; failed: told what was raised instead."""

    def __init__(self, runner: Runner, failed: Callable[[BaseException], object]) -> None:
        self._runner, self._failed = runner, failed
        self.waiting, self._asked = False, 0

    def ask(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Ask in a worker; whatever was asked before is forgotten."""
        self.drop()
        self.waiting = True
        came = partial(self._came, self._asked)
        self._runner.submit(work, partial(came, done), partial(came, self._failed))

    def drop(self) -> None:
        """Forget the question."""
        self._asked += 1
        self.waiting = False

    def _came(self, asked: int, then: Callable[[Any], object], answer: Any) -> None:
        if asked == self._asked:
            self.waiting = False
            then(answer)
