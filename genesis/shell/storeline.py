"""Whether the store's database answers: asked beside the window, which must not stand still while nobody is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from genesis.db.engine import StorageError

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Runner

T = TypeVar("T")


def last_known(read: Callable[[Any], T]) -> Callable[[Any], T]:
    """Let a method answer what it answered last where the database is gone: what a screen shows must not vanish."""
    name = f"_last_{read.__name__}"

    @wraps(read)
    def answered(self: Any) -> T:
        try:
            found = read(self)
        except StorageError:
            if name not in vars(self):
                raise
            kept: T = vars(self)[name]
            return kept
        vars(self)[name] = found
        return found

    return answered


class StoreLine:
    """Asks now and then. lost: nobody answered last time; told: called when that changed."""

    def __init__(self, ask: Callable[[], object], told: Callable[[], object]) -> None:
        self._ask, self._told = ask, told
        self.lost = self._asking = False

    def look(self, runner: Runner) -> None:
        """Ask in a worker, unless the last question is still out."""
        if not self._asking:
            self._asking = True
            runner.submit(self._ask, lambda _answer: self._know(lost=False), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._know(lost=isinstance(error, StorageError))

    def _know(self, *, lost: bool) -> None:
        self._asking = False
        self.learn(lost=lost)

    def learn(self, *, lost: bool) -> None:
        """Take note of what somebody else met with."""
        if lost != self.lost:
            self.lost = lost
            self._told()
