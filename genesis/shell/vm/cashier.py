"""The selling screen: scan, search, tiles and the cart."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from genesis.kernel.errors import NotReady, UnknownCode, UserError
from genesis.kernel.money import QTY_SCALE, quantity
from genesis.shell.vm.asks import Asks
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.till import Category, Held, Label, Line, Tile, Tiles
from genesis.shell.words import _

T = TypeVar("T")
_TIMES = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*[*\u00d7]\s*(.*)", re.ASCII | re.DOTALL)
HITS = 40
LONGEST = 200  # characters that are searched for
AGAIN = 700  # ms until what was not ready is asked for again


def times(text: str) -> tuple[int | None, str]:
    """Split `N*rest` into thousandths and the rest; None where no quantity stands there."""
    found = _TIMES.fullmatch(text)
    return (quantity(found[1].replace(",", ".")), found[2].strip()) if found else (None, text)


class CashierVM(ViewModel):
    """State of the selling screen.

    selected: id of the chosen line; hits: found items while text is typed; loose: goods are taken back
    without a receipt; page_size: how many tiles the window shows.
    """

    context = "sell"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.till = desk, desk.till
        self.sale = self.till.sale()
        self.selected = ""
        self.categories: tuple[Category, ...] = ()
        self.category = ""
        self.page, self.page_size = 0, 16
        self.tiles = Tiles(tiles=(), total=0)
        self.pills: tuple[Label, ...] = ()
        self.footer: tuple[Label, ...] = ()
        self.held = 0
        self.text = ""
        self.hits: tuple[Tile, ...] = ()
        self.hit, self.chosen = 0, False
        self.loose = False
        self.on_focus: Callable[[], object] = lambda: None
        self.ask = Asks(self)
        self._define()

    def _define(self) -> None:
        """Define the commands that this store offers; the others are absent, not dead."""
        line, cart = self._no_line, self._no_lines
        every = (
            Command("scan.focus", _("Scan or search"), self.focus_scan, "scan-barcode"),
            Command("scan.submit", _("Add"), self.submit),
            Command("scan.clear", _("Clear"), self.escape),
            Command("select.up", _("Line up"), lambda: self.move(-1)),
            Command("select.down", _("Line down"), lambda: self.move(1)),
            Command("tiles.next", _("More items"), lambda: self.turn(1)),
            Command("tiles.previous", _("Items before"), lambda: self.turn(-1)),
            Command("customer.attach", _("Customer"), self.ask.customer, "user-plus"),
            Command("line.quantity", _("Qty"), self.ask.quantity, "hash", line),
            Command("line.price", _("Price"), self.ask.price, "tag", line),
            Command("line.discount", _("Discount"), lambda: self.ask.discount(self.selected), "percent", line),
            Command("cart.discount", _("Discount on all"), lambda: self.ask.discount(""), "percent", cart),
            Command("line.note", _("Note"), self.ask.note, "pencil", line),
            Command("line.why", _("Why this price?"), self.ask.why, "circle-help", line),
            Command("line.extras", _("Change extras"), self.extras, "list-plus", self._no_extras),
            Command("line.void", _("Void line"), self.void, "trash-2", line),
            Command("cart.hold", _("Hold"), self.hold, "pause", cart),
            Command("cart.recall", _("Recall"), self.ask.recall, "play"),
            Command("cart.cancel", _("Cancel sale"), self.ask.cancel, "trash-2", cart),
            Command("sale.return", _("Return"), self.ask.goods_back, "rotate-ccw"),
            Command("drawer.open", _("Drawer"), self.open_drawer, "archive"),
            Command(
                "receipt.reprint", _("Last receipt"), lambda: self.desk.go("receipt"), "receipt-text", self._no_receipt
            ),
            Command("sale.pay", _("Charge"), self.pay, "banknote", cart),
        )
        free = ("scan.", "select.", "tiles.", "line.note", "line.why")
        self.define(*(c for c in every if c.id.startswith(free) or self.till.offers(c.id)))
        self.define(Command("undo", _("Undo"), self.undo, "undo-2"))

    def opened(self) -> None:
        """Read everything afresh."""
        self.categories = self._read(self.till.categories, ())
        if self.category not in {c.id for c in self.categories}:
            self.category = ""
        self.refresh()
        self._load()

    def refresh(self) -> None:
        """Read the cart again after a change."""
        self.sale = self.till.sale()
        self.pills, self.footer = self.till.panels("status.pill"), self.till.panels("cart.footer")
        self.held = self.till.held_count()
        ids = self._own_lines
        if self.selected not in ids:
            self.selected = ids[-1] if ids else ""
        self.changed()

    def focus_scan(self) -> None:
        """Put the keys into the scan field; the view says how."""
        self.on_focus()

    # Cart --------------------------------------------------------------------------------------------------

    @property
    def line(self) -> Line | None:
        """The chosen line."""
        return next((line for line in self.sale.lines if line.id == self.selected), None)

    @property
    def counts(self) -> dict[str, int]:
        """Quantity in the cart by item."""
        out: dict[str, int] = {}
        for line in self.sale.lines:
            out[line.item] = out.get(line.item, 0) + line.qty
        return out

    @property
    def pieces(self) -> int:
        """How many items are in the cart; a weighed line counts as one, what came with a line does not."""
        own = (line for line in self.sale.lines if not line.under)
        return sum(abs(line.qty) // QTY_SCALE if line.qty % QTY_SCALE == 0 else 1 for line in own)

    @property
    def _own_lines(self) -> list[str]:
        """The lines that can be chosen: what came with another is changed by that one."""
        return [line.id for line in self.sale.lines if not line.under]

    def _no_line(self) -> str:
        return "" if self.line is not None else _("No line is chosen: scan or tap an item first")

    def _no_extras(self) -> str:
        line = self.line
        if line is None or line.returned:
            return self._no_line() or _("What comes back is as it was sold")
        return ""

    def extras(self) -> None:
        """Ask again what comes with the chosen line."""
        line, before = self.line, self.sale
        if line is None:
            return

        def done(_answer: None) -> None:
            self.refresh()
            if self.sale == before:
                self.desk.say(_("{name} is as it was").format(name=line.name), "info")

        self.desk.attempt(lambda ok: self.till.reprice(line.id, confirmed=ok), done)

    def _no_lines(self) -> str:
        return "" if self.sale.lines else _("The cart is empty: scan or tap an item first")

    def _no_receipt(self) -> str:
        return "" if self.till.last_receipt() is not None else _("Nothing was sold at this register yet")

    def select(self, line: str) -> None:
        """Choose a line."""
        self.selected = line
        self.changed()

    def move(self, step: int) -> None:
        """Go up or down: the found items while searching, else the lines."""
        if self.hits:
            self.hit, self.chosen = min(max(self.hit + step, 0), len(self.hits) - 1), True
        elif ids := self._own_lines:
            place = ids.index(self.selected) if self.selected in ids else 0
            self.selected = ids[min(max(place + step, 0), len(ids) - 1)]
        self.changed()

    def step_quantity(self, step: int) -> None:
        """One more or less of the chosen line; below one it is left alone (void takes it off)."""
        line = self.line
        if line is None:
            return
        sign = -1 if line.qty < 0 else 1
        qty = line.qty + sign * step * QTY_SCALE
        if qty * sign > 0:
            self.change(lambda ok: self.till.set_quantity(line.id, qty, confirmed=ok))

    def change(self, run: Callable[[bool], object]) -> None:
        """Do something to the cart and show what became of it, also when it was refused."""
        self.desk.attempt(run, lambda _answer: self.refresh())

    # Scan and search ---------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """Take what stands in the scan field."""
        self.text = text

    def look(self) -> None:
        """Search for what is typed; called when typing pauses."""
        text = self.text.strip()
        if len(text) < 2 or _TIMES.fullmatch(text):
            hits: tuple[Tile, ...] = ()
        else:
            hits = self._read(partial(self.till.search, text[:LONGEST], HITS), ())
        if hits != self.hits:
            self.hits, self.hit, self.chosen = hits, 0, False
            self.changed()

    def submit(self) -> None:
        """Enter in the scan field: a code, `N*code`, or the marked item that was found."""
        qty, rest = times(self.text.strip())
        if not rest:
            return
        if not (self.chosen and self.hits):
            self.look()
        marked = self.hits[self.hit] if self.hits else None
        if self.chosen and marked is not None:
            self._take(marked, qty)
            return

        def ring(confirmed: bool) -> str | None:
            try:
                return self.till.scan(rest, self.signed(qty), confirmed=confirmed)
            except UnknownCode:
                if marked is None:
                    raise
                return None

        def rung(line: str | None) -> None:
            if line is None and marked is not None:
                self._take(marked, qty)
            else:
                self.rung(line or "")

        self.desk.attempt(ring, rung)

    def scanned(self, code: str) -> bool:
        """Ring up a scanned code; `N*` typed before it multiplies it, however quickly the scan followed."""

        def ring(confirmed: bool) -> str:
            qty, rest = times(self.text.strip())
            if qty is not None and not rest:
                return self.till.scan(code, self.signed(qty), confirmed=confirmed)
            qty, rest = times(code)
            return self.till.scan(rest, self.signed(qty), confirmed=confirmed)

        self.desk.attempt(ring, self.rung)
        return True

    def touch(self, tile: Tile) -> None:
        """Ring up a tile; `N*` in the scan field multiplies it."""
        typed, rest = times(self.text.strip())
        self._take(tile, None if rest else typed)

    def _take(self, tile: Tile, count: int | None) -> None:
        """Ring up what was found: goods sold by weight are weighed first, a price that is not known is asked."""
        if tile.price is None:
            self.ask.open_price(tile, count)
        elif tile.per and count is None:
            self.ask.measure(tile)
        else:
            self.add(tile.item, count)

    def add(self, item: str, qty: int | None = None) -> None:
        """Ring up an item by its ref."""
        self.desk.attempt(lambda ok: self.till.add(item, self.signed(qty), confirmed=ok), self.rung)

    def signed(self, qty: int | None) -> int | None:
        """Return the quantity with the sign of the moment: goods may be coming back."""
        return -(qty or QTY_SCALE) if self.loose else qty

    def rung(self, line: str) -> None:
        """An item was rung up: choose its line and empty the scan field."""
        self.text, self.hits, self.hit, self.chosen = "", (), 0, False
        if line:
            self.selected = line
        self.refresh()

    def escape(self) -> None:
        """Esc: empty the scan field, then end taking back without receipt."""
        if self.text or self.hits:
            self.text, self.hits, self.chosen = "", (), False
        else:
            self.loose = False
        self.desk.hush()
        self.changed()

    # Tiles -------------------------------------------------------------------------------------------------

    @property
    def pages(self) -> int:
        """How many pages of tiles there are."""
        return max(-(-self.tiles.total // max(self.page_size, 1)), 1)

    def show(self, category: str) -> None:
        """Show the tiles of a category."""
        self.category, self.page = category, 0
        self._load()

    def turn(self, step: int) -> None:
        """Go to another page of tiles."""
        page = min(max(self.page + step, 0), self.pages - 1)
        if page != self.page:
            self.page = page
            self._load()

    def resize(self, page_size: int) -> None:
        """The window shows another number of tiles."""
        if page_size != self.page_size:
            first = self.page * self.page_size
            self.page_size = max(page_size, 1)
            self.page = first // self.page_size
            self._load()

    def _load(self) -> None:
        offset, none = self.page * self.page_size, Tiles(tiles=(), total=0)
        self.tiles = self._read(partial(self.till.tiles, self.category, offset, self.page_size), none)
        self.changed()

    def _read(self, ask: Callable[[], T], otherwise: T) -> T:
        """Ask for something to show; what is still catching up is asked again a little later."""
        try:
            return ask()
        except NotReady as behind:
            self.desk.refused(behind)
            self.desk.runner.later(AGAIN, self.opened)
        except UserError as refusal:
            self.desk.refused(refusal)
        return otherwise

    # Commands ----------------------------------------------------------------------------------------------

    def void(self) -> None:
        """Take the chosen line off."""
        line = self.line
        if line is None:
            return

        def gone(_nothing: object) -> None:
            self.refresh()
            self.desk.say(_("{name} was taken off").format(name=line.name), undo=self._put_back)

        self.desk.attempt(lambda _ok: self.till.void(line.id), gone)

    def undo(self) -> None:
        """Take back what the message says, else the last change of the cart."""
        if self.desk.toast is not None and self.desk.toast.undo is not None:
            self.desk.undo()
        else:
            self._put_back()

    def _put_back(self) -> None:
        def back(_nothing: object) -> None:
            self.refresh()
            self.desk.say(_("The last change was taken back"))

        self.desk.attempt(lambda _ok: self.till.undo(), back)

    def hold(self) -> None:
        """Put the cart aside."""

        def aside(held: Held) -> None:
            self.refresh()
            self.desk.say(_("{name} is held").format(name=held.name))

        self.desk.attempt(lambda _ok: self.till.hold(), aside)

    def take_back(self) -> None:
        """Take goods back without a receipt until Esc or payment."""
        self.loose = True
        self.changed()

    def open_drawer(self) -> None:
        """Open the drawer without a sale."""
        self.desk.attempt(lambda _ok: self.till.open_drawer(), lambda _none: self.desk.say(_("The drawer is open")))

    def pay(self) -> None:
        """Go to the payment screen."""
        self.loose = False
        self.desk.go("payment")
