"""Long work with a way out: a dialog with how far it is, which a person may cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from genesis.kernel.errors import UserError
from genesis.shell.vm.desk import Desk, Dialog
from genesis.shell.words import _

LOOK = 100  # ms between looks at how far it is
BAR, WHOLE = 150, 1_000  # ms after which it is a bar, and a dialog


class WorkDialog(Dialog):
    """Shows how far work in a worker is. Closing it asks the work to stop at its next step.

    Nothing is seen of work that is over soon; bar: after a moment, that it goes on; seen: the dialog, if it takes long.
    """

    context = "ask"

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__(desk, title)
        self.did = self.whole = 0
        self.seen = self.bar = False
        self.cancelled = threading.Event()
        self.over = False

    @classmethod
    def start(
        cls, desk: Desk, title: str, work: Callable[[Callable[[int, int], bool]], Any], done: Callable[[Any], object]
    ) -> WorkDialog:
        """Run work in a worker, telling it how to say (done, in all); `done` gets what it returned."""
        dialog = cls(desk, title)

        def ended(answer: Any) -> None:
            dialog.end()
            done(answer)

        def failed(error: BaseException) -> None:
            dialog.end()
            if isinstance(error, UserError):
                desk.refused(error)
            else:
                desk.fault(error)

        desk.open(dialog)
        desk.runner.submit(lambda: work(dialog.tell), ended, failed)
        if not dialog.over:
            desk.runner.later(LOOK, dialog.look)
            desk.runner.later(BAR, dialog.show_bar)
            desk.runner.later(WHOLE, dialog.show)
        return dialog

    def tell(self, did: int, whole: int) -> bool:
        """Take how far the work is (in the worker); False when it should stop."""
        self.did, self.whole = did, whole
        return not self.cancelled.is_set()

    def show_bar(self) -> None:
        """It takes longer than a moment: show that it goes on."""
        self.bar = True
        self._show()

    def show(self) -> None:
        """It takes long: show the dialog with its way out."""
        self.seen = True
        self._show()

    def _show(self) -> None:
        if not self.over:
            self.changed()
            self.desk.changed()

    def look(self) -> None:
        """Show how far it is, again and again."""
        if not self.over:
            self.changed()
            self.desk.runner.later(LOOK, self.look)

    @property
    def share(self) -> float | None:
        """How much of it is done, 0 to 1; None where nobody knows."""
        return min(self.did / self.whole, 1.0) if self.whole else None

    def accept(self) -> None:
        """Enter does nothing: the work goes on."""

    def close(self) -> None:
        """Ask the work to stop; the dialog, which is there at the latest now, goes when it did."""
        self.cancelled.set()
        self.show()

    def end(self) -> None:
        """The work is over."""
        self.over = True
        super().close()

    @property
    def text(self) -> str:
        """What is said below the title."""
        if self.cancelled.is_set():
            return _("Stopping at the next step …")
        return _("{did} of {whole}").format(did=self.did, whole=self.whole) if self.whole else _("Working …")
