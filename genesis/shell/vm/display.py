"""What the customer sees: the goods as they are rung up, what is to pay, the change, and thanks. Nothing else."""

from __future__ import annotations

from typing import Literal, NamedTuple

from genesis.kernel.money import Money
from genesis.shell.vm.base import ViewModel
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.vm.receipt import ReceiptVM
from genesis.shell.vm.till import Receipt, Sale
from genesis.shell.words import _


class Shown(NamedTuple):
    """What is shown. sale: while goods are rung up and paid, receipt: when that is done; neither: a welcome."""

    state: Literal["welcome", "sale", "thanks"] = "welcome"
    sale: Sale | None = None
    receipt: Receipt | None = None


class DisplayVM(ViewModel):
    """Follows the desk. Who the customer is and what the cashier notes is never shown: others may look on."""

    context = "display"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.shown = self._now()
        self._ends = [owner.subscribe(self._look) for owner in (desk, *desk.screens.values())]

    def stop(self) -> None:
        """Follow no longer."""
        for end in self._ends:
            end()

    def _look(self) -> None:
        now = self._now()
        if now != self.shown:
            self.shown = now
            self.changed()

    def _now(self) -> Shown:
        """A locked till shows nothing of the sale below."""
        desk, screens = self.desk, self.desk.screens
        if desk.screen == "receipt":
            vm = screens["receipt"]
            return Shown("thanks", receipt=vm.receipt) if isinstance(vm, ReceiptVM) and vm.receipt else Shown()
        vm = screens["payment" if desk.screen == "payment" else "sell"]
        if "sign_in" in screens or not isinstance(vm, (PaymentVM, CashierVM)) or not vm.sale.lines:
            return Shown()
        return Shown("sale", sale=vm.sale)

    # Words -------------------------------------------------------------------------------------------------

    @property
    def message(self) -> str:
        """A word to the customer."""
        return {"welcome": _("Welcome"), "sale": "", "thanks": _("Thank you!")}[self.shown.state]

    @property
    def label(self) -> str:
        """What the large figure is."""
        sale, receipt = self.shown.sale, self.shown.receipt
        if (sale is not None and sale.due.minor < 0) or (receipt is not None and receipt.total.minor < 0):
            return _("You get back")
        return _("Still to pay") if sale is not None and sale.tenders else _("Total")

    @property
    def amount(self) -> Money | None:
        """The large figure."""
        sale, receipt = self.shown.sale, self.shown.receipt
        if receipt is not None:
            return _positive(receipt.total)
        return _positive(sale.due if sale.tenders or sale.due.minor < 0 else sale.total) if sale is not None else None

    @property
    def change(self) -> Money | None:
        """What goes back of the cash, None where nothing does."""
        receipt = self.shown.receipt
        return receipt.change if receipt is not None and receipt.change.minor else None

    @property
    def received(self) -> Money | None:
        """The cash that was given, where something goes back."""
        receipt = self.shown.receipt
        return receipt.tendered if receipt is not None and self.change is not None else None


def _positive(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)
