"""Taking goods back: by receipt, line by line, or without one."""

from __future__ import annotations

from collections.abc import Callable

from genesis.kernel.errors import UserError
from genesis.kernel.money import QTY_SCALE
from genesis.shell.vm.base import Command
from genesis.shell.vm.desk import Desk, Dialog
from genesis.shell.vm.till import SoldLine, SoldSale
from genesis.shell.words import _


class ReturnDialog(Dialog):
    """First asks for a receipt (typed or scanned), then which of its lines come back.

    done: called when lines went into the cart. loose: called to take goods back without a receipt.
    """

    context = "return"
    yes = ""  # what the main button says once there are lines
    rest = ""  # what to do where nothing is picked

    def __init__(self, desk: Desk, done: Callable[[], object], loose: Callable[[], object] | None) -> None:
        super().__init__(desk, _("Return"))
        self.yes, self.rest = _("Take back"), _("Pick the lines that come back")
        self._done, self.loose = done, loose
        self.text = ""
        self.sale: SoldSale | None = None
        self.picked: dict[str, int] = {}
        self.index = 0
        self.define(
            Command("select.up", _("Up"), lambda: self.move(-1)),
            Command("select.down", _("Down"), lambda: self.move(1)),
            Command("return.more", _("More"), lambda: self.change(self.index, 1)),
            Command("return.less", _("Less"), lambda: self.change(self.index, -1)),
            Command("return.loose", _("No receipt"), self.without_receipt, "scan-barcode"),
        )

    def write(self, text: str) -> None:
        """Take what is typed into the receipt field."""
        self.text, self.error = text, ""

    def scanned(self, code: str) -> bool:
        """A scanned receipt is looked up at once."""
        self.text = code
        self.find()
        return True

    def find(self) -> None:
        """Look the receipt up; all that can come back is picked at first."""
        number = self.text.strip()
        if not number:
            self.refuse(UserError(_("No receipt number"), _("Scan the receipt or type its number")))
            return
        self.desk.attempt(lambda _ok: self.desk.till.find_receipt(number), self._found, within=self)

    def _found(self, sale: SoldSale) -> None:
        self.sale, self.index, self.error = sale, 0, ""
        self.picked = {line.id: line.returnable for line in sale.lines if line.returnable > 0}
        self.changed()

    def move(self, step: int) -> None:
        """Go up or down the lines."""
        if self.sale is not None:
            self.index = min(max(self.index + step, 0), len(self.sale.lines) - 1)
            self.changed()

    def change(self, index: int, step: int) -> None:
        """Take one more (or less) of a line; parts of a unit come back whole or not at all."""
        if self.sale is None or not 0 <= index < len(self.sale.lines):
            return
        line, self.index, self.error = self.sale.lines[index], index, ""
        unit = QTY_SCALE if line.returnable % QTY_SCALE == 0 else line.returnable
        self.picked[line.id] = min(max(self.picked.get(line.id, 0) + step * unit, 0), max(line.returnable, 0))
        self.changed()

    def about(self, line: SoldLine) -> str:
        """Return what is said of a line beside its amount."""
        f = self.desk.formats
        text = _("{sold} sold, {left} can come back")
        return text.format(sold=f.measured(line.qty, line.unit), left=f.quantity(max(line.returnable, 0)))

    def quantity(self, line: SoldLine) -> int:
        """Return how much of a line comes back."""
        return self.picked.get(line.id, 0)

    def accept(self) -> None:
        """Find the receipt, or put the picked lines into the cart."""
        if self.sale is None:
            self.find()
            return
        sale, lines = self.sale, {line: qty for line, qty in self.picked.items() if qty}
        if not lines:
            self.refuse(UserError(_("Nothing is picked"), self.rest))
            return
        self.desk.attempt(lambda ok: self.put(sale, lines, confirmed=ok), self._returned, within=self)

    def put(self, sale: SoldSale, lines: dict[str, int], *, confirmed: bool) -> None:
        """Do with the picked lines what this dialog is for."""
        self.desk.till.return_lines(sale.number, lines, confirmed=confirmed)

    def _returned(self, _nothing: object) -> None:
        self.close()
        self._done()

    def without_receipt(self) -> None:
        """Take goods back without a receipt, where that is allowed."""
        if self.loose is not None:
            self.close()
            self.loose()


class SplitDialog(ReturnDialog):
    """Which lines of the open cart go into a cart of their own."""

    def __init__(self, desk: Desk, sale: SoldSale, done: Callable[[], object]) -> None:
        super().__init__(desk, done, None)
        self.title, self.sale = _("Split by items"), sale
        self.yes, self.rest = _("Hold apart"), _("Pick what is paid apart")

    def about(self, line: SoldLine) -> str:
        """Return how much of a line there is."""
        return self.desk.formats.measured(line.qty, line.unit)

    def put(self, sale: SoldSale, lines: dict[str, int], *, confirmed: bool) -> None:
        """Move the lines."""
        held = self.desk.till.split(lines, confirmed=confirmed)
        self.desk.say(_("{name} is held: {amount}").format(name=held.name, amount=self.desk.formats.money(held.total)))
