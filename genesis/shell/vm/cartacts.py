"""What is done to the cart at once, without a question: void, hold, cancel, undo, pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.vm.cashier import CashierVM
    from genesis.shell.vm.till import Held


class CartActs:
    """What the cashier does with the cart of a selling screen."""

    def __init__(self, vm: CashierVM) -> None:
        self.vm, self.desk, self.till = vm, vm.desk, vm.till

    def void(self) -> None:
        """Take the chosen line off."""
        line = self.vm.line
        if line is None:
            return

        def gone(_nothing: object) -> None:
            self.vm.refresh()
            self.desk.say(_("{name} was taken off").format(name=line.name), undo=self._put_back)

        self.desk.attempt(lambda _ok: self.till.void(line.id), gone)

    def cancel(self) -> None:
        """Give the cart up; it can be had back until the next change, unless money was in it."""
        name, undo = self.vm.sale.name, None if self.vm.sale.tenders else self._put_back

        def gone(_nothing: object) -> None:
            self.vm.refresh()
            self.desk.say(_("{name} is cancelled").format(name=name), undo=undo)

        self.desk.attempt(lambda _ok: self.till.cancel(), gone)

    def undo(self) -> None:
        """Take back what the message says, else the last change of the cart."""
        if self.desk.toast is not None and self.desk.toast.undo is not None:
            self.desk.undo()
        else:
            self._put_back()

    def _put_back(self) -> None:
        def back(_nothing: object) -> None:
            self.vm.refresh()
            self.desk.say(_("The last change was taken back"))

        self.desk.attempt(lambda _ok: self.till.undo(), back)

    def hold(self) -> None:
        """Put the cart aside."""
        if self.vm.waits(self.hold):
            return

        def aside(held: Held) -> None:
            self.vm.refresh()
            self.desk.say(_("{name} is held").format(name=held.name))

        self.desk.attempt(lambda _ok: self.till.hold(), aside)

    def take_back(self) -> None:
        """Take goods back without a receipt until Esc or payment."""
        self.vm.loose = True
        self.vm.changed()

    def train(self) -> None:
        """Begin or end training."""

        def said(on: bool) -> None:
            self.vm.refresh()
            self.desk.say(_("Training: nothing is real now") if on else _("Training is over: sales are real"), "info")

        self.desk.attempt(lambda _ok: self.till.train(), said)

    def open_drawer(self) -> None:
        """Open the drawer without a sale."""
        self.desk.attempt(lambda _ok: self.till.open_drawer(), lambda _none: self.desk.say(_("The drawer is open")))

    def pay(self) -> None:
        """Go to the payment screen."""
        if self.vm.waits(self.pay):
            return
        self.vm.loose = False
        self.desk.go("payment")
