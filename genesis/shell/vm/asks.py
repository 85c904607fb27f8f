"""The questions of the selling screen: each opens a dialog and does what is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from genesis.kernel.errors import UserError
from genesis.kernel.money import exponent, price_text, quantity, quantity_text, unit_price
from genesis.shell.vm.desk import Question, sentences
from genesis.shell.vm.document import Document
from genesis.shell.vm.formats import joined
from genesis.shell.vm.numbers import NumberDialog, Preset, Unit
from genesis.shell.vm.picks import Choice, PickDialog
from genesis.shell.vm.returns import ReturnDialog, SplitDialog
from genesis.shell.vm.till import SoldLine, SoldSale
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.vm.cashier import CashierVM
    from genesis.shell.vm.till import Tile

T = TypeVar("T")
PERCENTS = ("5", "10", "15", "20", "50")
CUSTOMERS = 40


class Asks:
    """What the cashier is asked about the cart of a selling screen."""

    def __init__(self, vm: CashierVM) -> None:
        self.vm, self.desk, self.till = vm, vm.desk, vm.till

    def quantity(self) -> None:
        """F4."""
        line = self.vm.line
        if line is None:
            return
        sign = -1 if line.qty < 0 else 1

        def take(dialog: NumberDialog, number: str, _unit: str) -> None:
            def run(confirmed: bool) -> None:
                self.till.set_quantity(line.id, sign * quantity(number), confirmed=confirmed)

            self._answer(dialog, run)

        proposed = quantity_text(abs(line.qty))
        presets = tuple(Preset(n, n) for n in ("1", "2", "3", "6", "12"))
        unit = Unit("qty", line.unit, 3, presets)
        self.desk.open(NumberDialog(self.desk, _("Quantity"), line.name, (unit,), take, proposed))

    def price(self) -> None:
        """F5."""
        line = self.vm.line
        if line is None:
            return

        def take(dialog: NumberDialog, number: str, _unit: str) -> None:
            self._answer(dialog, lambda ok: self.till.set_price(line.id, unit_price(number), confirmed=ok))

        digits = exponent(self.desk.formats.currency)
        proposed = "" if line.price is None else price_text(line.price, digits)
        unit = Unit("price", self.desk.formats.symbol, 4)
        self.desk.open(NumberDialog(self.desk, _("Price"), line.name, (unit,), take, proposed))

    def measure(self, tile: Tile) -> None:
        """How much of an item that is sold by weight or measure."""

        def take(dialog: NumberDialog, number: str, _unit: str) -> None:
            def run(confirmed: bool) -> str:
                return self.till.add(tile.item, self.vm.signed(quantity(number)), confirmed=confirmed)

            self._answer(dialog, run, self.vm.rung)

        self.desk.open(NumberDialog(self.desk, _("How much?"), tile.name, (Unit("qty", tile.per, 3),), take))

    def open_price(self, tile: Tile, count: int | None) -> None:
        """What an item without a price costs this time."""

        def take(dialog: NumberDialog, number: str, _unit: str) -> None:
            def run(confirmed: bool) -> str:
                return self.till.add(tile.item, self.vm.signed(count), unit_price(number), confirmed=confirmed)

            self._answer(dialog, run, self.vm.rung)

        unit = Unit("price", self.desk.formats.symbol, exponent(self.desk.formats.currency))
        self.desk.open(NumberDialog(self.desk, _("Price"), tile.name, (unit,), take))

    def discount(self, line_id: str) -> None:
        """F6 for the chosen line; line id "" for the whole cart."""
        name = next((line.name for line in self.vm.sale.lines if line.id == line_id), _("The whole sale"))

        def take(dialog: NumberDialog, number: str, unit: str) -> None:
            percent, amount = (number, "") if unit == "percent" else ("", number)

            def give(reason: str) -> None:
                def run(confirmed: bool) -> None:
                    try:
                        self.till.discount(line_id, percent, amount, reason, confirmed=confirmed)
                    except UserError as refusal:
                        if refusal.field != "reason" or reason:
                            raise
                        dialog.close()
                        self._reason(refusal, give)

                self._answer(dialog, run)

            give("")

        units = (
            Unit("percent", "%", 2, tuple(Preset(f"{p} %", p) for p in PERCENTS)),
            Unit("amount", self.desk.formats.symbol, exponent(self.desk.formats.currency)),
        )
        self.desk.open(NumberDialog(self.desk, _("Discount"), name, units, take))

    def _reason(self, refusal: UserError, give: Callable[[str], object]) -> None:
        """The store wants to know why: ask, and try again with the answer."""

        def find(text: str) -> list[Choice]:
            return [Choice(text.strip(), text.strip(), icon="check")] if text.strip() else []

        self.desk.open(PickDialog(self.desk, _("Why?"), find, give, hint=_("Reason"), empty=sentences(refusal)))

    def _answer(
        self, dialog: NumberDialog, run: Callable[[bool], T], then: Callable[[T], object] | None = None
    ) -> None:
        """Do what was answered; the dialog goes when it was done and stays with the reason when it was refused."""

        def done(answer: T) -> None:
            dialog.close()
            if then is None:
                self.vm.refresh()
            else:
                then(answer)

        self.desk.attempt(run, done, within=dialog)

    def note(self) -> None:
        """A note on the chosen line; an empty one takes it off."""
        line = self.vm.line
        if line is None:
            return

        def find(text: str) -> list[Choice]:
            written = text.strip()
            return [Choice(written, written or _("No note"), icon="check" if written else "x")]

        def take(text: str) -> None:
            self.vm.change(lambda _ok: self.till.note(line.id, text))

        self.desk.open(PickDialog(self.desk, _("Note"), find, take, hint=line.name))

    def why(self) -> None:
        """How the amount of the chosen line came about."""
        line = self.vm.line
        if line is not None:
            self.desk.open(Document(self.desk, _("Why this price?"), self.till.why(line.id)))

    def customer(self) -> None:
        """F3."""

        def find(text: str) -> list[Choice]:
            return [Choice("", _("No customer"), icon="x")] if self.vm.sale.customer and not text else []

        def stored(text: str) -> list[Choice]:
            return [Choice(c.ref, c.name, c.detail, icon="user") for c in self.till.customers(text, CUSTOMERS)]

        def take(ref: str) -> None:
            self.vm.change(lambda _ok: self.till.attach(ref))

        hint, empty = _("Name, phone or card code"), _("Type a name, a phone number or a card code")
        self.desk.open(PickDialog(self.desk, _("Customer"), find, take, hint=hint, empty=empty, more=stored))

    def cancel(self) -> None:
        """Give the whole cart up, after a question."""
        text = _("{items}, {total}, are taken off the cart. This is recorded.").format(
            items=self.desk.formats.items(self.vm.sale.pieces), total=self.desk.formats.money(self.vm.sale.total)
        )
        self.desk.open(
            Question(self.desk, _("Cancel this sale?"), text, _("Cancel sale"), self.vm.acts.cancel, severe=True)
        )

    def recall(self) -> None:
        """F8."""

        def find(_text: str) -> list[Choice]:
            f = self.desk.formats
            return [
                Choice(h.id, h.customer or h.name, joined(f.items(h.items), f.clock(h.at)), f.money(h.total), "pause")
                for h in self.till.held()
            ]

        def take(held: str) -> None:
            self.vm.change(lambda _ok: self.till.recall(held))

        self.desk.open(PickDialog(self.desk, _("Held sales"), find, take, empty=_("No sale is held")))

    def split(self) -> None:
        """Which lines go into a cart of their own; what came with a line goes with it."""
        sale = self.vm.sale
        lines = tuple(SoldLine(id=x.id, name=x.name, qty=x.qty, returnable=abs(x.qty), unit=x.unit, amount=x.amount)
                      for x in sale.lines if not x.under)  # fmt: skip
        about = SoldSale(number=sale.name, at=datetime.now().astimezone(), total=sale.total, lines=lines)
        self.desk.open(SplitDialog(self.desk, about, self.vm.refresh))

    def goods_back(self, receipt: str = "") -> None:
        """F9, or a scanned receipt."""
        fresh = not self.vm.sale.lines

        def done() -> None:
            self.vm.refresh()
            if fresh:
                self.desk.go("payment")

        loose = self.vm.acts.take_back if self.till.offers("return.loose") else None
        dialog = ReturnDialog(self.desk, done, loose)
        self.desk.open(dialog)
        if receipt:
            dialog.scanned(receipt)
