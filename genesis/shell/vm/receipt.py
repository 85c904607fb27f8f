"""After the sale: the change to hand out, the receipt, and the next customer."""

from __future__ import annotations

from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.till import Receipt
from genesis.shell.words import _


class ReceiptVM(ViewModel):
    """The last receipt. A scan starts the next sale with it."""

    context = "receipt"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.till = desk, desk.till
        self.receipt: Receipt | None = None
        self.top = 0
        self.define(Command("receipt.next", _("Next customer"), self.next, "arrow-right"))
        if self.till.offers("receipt.reprint"):
            self.define(Command("receipt.reprint", _("Print a copy"), self.reprint, "printer"))

    def opened(self) -> None:
        """Read the last receipt."""
        self.receipt, self.top = self.till.last_receipt(), 0
        self.changed()

    def next(self) -> None:
        """Go back to selling."""
        self.desk.back()

    def scanned(self, code: str) -> bool:
        """Start the next sale."""
        self.next()
        return self.desk.screens[self.desk.screen].scanned(code)

    def reprint(self) -> None:
        """Record and show a copy."""

        def copied(receipt: Receipt) -> None:
            self.receipt = receipt
            self.desk.say(_("A copy of {number} was recorded").format(number=receipt.number))
            self.changed()

        self.desk.attempt(lambda _ok: self.till.reprint(), copied)

    def scroll(self, rows: int, shown: int) -> None:
        """Move the paper."""
        length = len(self.receipt.rows) if self.receipt is not None else 0
        top = min(max(self.top + rows, 0), max(length - shown, 0))
        if top != self.top:
            self.top = top
            self.changed()
