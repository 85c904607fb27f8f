"""A document on the screen: rows as on a receipt, scrolled, and printed where there is a printer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from genesis.kernel.errors import UserError
from genesis.kernel.facts import Row
from genesis.shell.paper import Print
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Dialog
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Desk


class Document(Dialog):
    """Rows as on a receipt, shown as on paper, and printed where there is a printer."""

    context = "document"

    def __init__(self, desk: Desk, title: str, rows: tuple[Row, ...], printer: Print | None = None) -> None:
        super().__init__(desk, title)
        self.rows, self.printer = rows, printer
        self.top, self.printing = 0, False
        if printer is not None:
            self.define(Command("document.print", _("Print"), self.print, "printer", self._busy))

    def _busy(self) -> str:
        return _("It is being printed") if self.printing else ""

    def print(self) -> None:
        """Print it in a worker; the paper stays in sight, with what was wrong."""
        if self.printer is None or self.printing:
            return
        self.printing, self.error = True, ""
        self.changed()
        self.desk.runner.submit(partial(self.printer, self.rows), lambda _done: self._printed(), self._printed)

    def _printed(self, wrong: BaseException | None = None) -> None:
        self.printing = False
        if wrong is None:
            self.desk.say(_("Printed"), "good")
        elif isinstance(wrong, UserError):
            self.desk.refused(wrong, self)
        else:
            self.desk.fault(wrong)
        self.changed()

    def scroll(self, rows: int) -> None:
        """Move the paper."""
        self.top = min(max(self.top + rows, 0), max(len(self.rows) - 1, 0))
        self.changed()
