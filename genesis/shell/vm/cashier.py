"""The selling screen: scan, search, tiles and the cart."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from genesis.kernel.errors import NotReady, UnknownCode, UserError
from genesis.kernel.money import QTY_SCALE
from genesis.shell.vm.asks import Asks
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.cartacts import CartActs
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.latest import Latest
from genesis.shell.vm.numbers import times
from genesis.shell.vm.till import Category, Label, Line, Tile, Tiles
from genesis.shell.words import _

T = TypeVar("T")
HITS = 40
LONGEST = 200  # characters that are searched for
RECEIPT = re.compile("[A-Z][A-Z0-9]{0,7}[a-z]?-[0-9]{8}")  # the number on it, which is its bar code too
AGAIN = 700  # ms until what was not ready is asked for again


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
        self._finder = Latest(desk.runner, self._not_read)
        self._entering = 0  # texts that were entered and are being looked for
        self._then: Callable[[], object] | None = None  # what was asked for meanwhile
        self.loose = False
        self.on_focus: Callable[[], object] = lambda: None
        self.ask, self.acts = Asks(self), CartActs(self)
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
            Command("line.void", _("Void line"), self.acts.void, "trash-2", line),
            Command("cart.hold", _("Hold"), self.acts.hold, "pause", cart),
            Command("cart.split", _("Split by items"), self.ask.split, "split", cart),
            Command("cart.recall", _("Recall"), self.ask.recall, "play"),
            Command("cart.cancel", _("Cancel sale"), self.ask.cancel, "trash-2", cart),
            Command("sale.return", _("Return"), self.ask.goods_back, "rotate-ccw"),
            Command("drawer.open", _("Drawer"), self.acts.open_drawer, "archive"),
            Command("till.training", _("Training on or off"), self.acts.train, "graduation-cap", self._no_training),
            Command(
                "receipt.reprint", _("Last receipt"), lambda: self.desk.go("receipt"), "receipt-text", self._no_receipt
            ),
            Command("sale.pay", _("Charge"), self.acts.pay, "banknote", cart),
        )
        free = ("scan.", "select.", "tiles.", "line.note", "line.why")
        self.define(*(c for c in every if c.id.startswith(free) or self.till.offers(c.id)))
        self.define(Command("undo", _("Undo"), self.acts.undo, "undo-2"))

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
        ids = [line.id for line in self.sale.own]
        if self.selected not in ids:
            self.selected = ids[-1] if ids else ""
        self.changed()

    def look_at_pills(self) -> None:
        """Show what became of devices meanwhile."""
        pills = self.till.panels("status.pill")
        if pills != self.pills:
            self.pills = pills
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
        return "" if self.sale.lines or self._entering else _("The cart is empty: scan or tap an item first")

    def _no_training(self) -> str:
        return _("The cart is open: complete it first") if self.sale.lines else ""

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
        elif ids := [line.id for line in self.sale.own]:
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
        if len(text) < 2 or times(text)[0] is not None:
            self._finder.drop()
            self._found(())
        else:
            self._finder.ask(partial(self.till.search, text[:LONGEST], HITS), self._found)

    def _found(self, hits: tuple[Tile, ...]) -> None:
        if hits != self.hits:
            self.hits, self.hit, self.chosen = hits, 0, False
            self.changed()

    def submit(self) -> None:
        """Enter in the scan field: a code, `N*code`, or the marked item that was found."""
        qty, rest = times(self.text.strip())
        if not rest:
            return
        if self.chosen and self.hits:
            self._take(self.hits[self.hit], qty)
            return

        def ring(confirmed: bool) -> str | UnknownCode:
            try:
                return self.till.scan(rest, self.signed(qty), confirmed=confirmed)
            except UnknownCode as unknown:
                if qty is not None or len(rest) < 2:
                    raise
                return unknown

        def rung(line: str | UnknownCode) -> None:
            if isinstance(line, UnknownCode):
                self._enter(rest, line)
            else:
                self.rung(line)

        self.desk.attempt(ring, rung)

    def _enter(self, text: str, unknown: UserError) -> None:
        """Take the first item that is found by what was typed; the field is free for the next meanwhile."""

        def answered(hits: tuple[Tile, ...], error: BaseException | None = None) -> None:
            self._entering -= 1
            then, self._then = self._then, None
            typed = self.text
            if hits:
                self._take(hits[0], None)
                self._retype(typed)
            else:
                self._retype(typed or text)
                self._not_read(error or unknown)
            if then is not None and hits and not self.desk.dialogs:
                then()

        self._entering += 1
        self._retype("")
        work = partial(self.till.search, text[:LONGEST], HITS)
        self.desk.runner.submit(work, answered, partial(answered, ()))

    def _retype(self, text: str) -> None:
        """Put a text into the scan field and look for it."""
        if text or self.text or self.hits:
            self.text = text
            self.look()
            self.changed()

    def scanned(self, code: str) -> bool:
        """Ring up a scanned code; `N*` typed before it multiplies it, however quickly the scan followed.

        A receipt is taken back.
        """

        def ring(confirmed: bool) -> str | None:
            qty, rest = times(self.text.strip())
            if qty is None or rest:
                qty, rest = times(code)
            try:
                return self.till.scan(rest or code, self.signed(qty), confirmed=confirmed)
            except UnknownCode:
                if "sale.return" in self.commands and RECEIPT.fullmatch(code):
                    return None
                raise

        self.desk.attempt(ring, lambda line: self.ask.goods_back(code) if line is None else self.rung(line))
        return True

    def waits(self, run: Callable[[], object]) -> bool:
        """Keep something for when what was entered is in the cart; False where nothing is under way."""
        if self._entering:
            self._then = run
        return self._entering > 0

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
        self._finder.drop()
        self.text, self.hits, self.hit, self.chosen = "", (), 0, False
        if line:
            self.selected = line
        self.refresh()

    def escape(self) -> None:
        """Esc: empty the scan field, then end taking back without receipt."""
        self.loose = self.loose and bool(self.text or self.hits)
        self.rung("")
        self.desk.hush()

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
        except UserError as refusal:
            self._not_read(refusal)
        return otherwise

    def _not_read(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self.desk.fault(error)
            return
        self.desk.refused(error)
        if isinstance(error, NotReady):
            self.desk.runner.later(AGAIN, self.opened)
