"""The real register behind the screens: values of the engine become values to show, and commands go back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from functools import partial

import msgspec

from genesis.hooks import platform as platform_specs
from genesis.hooks.given import people
from genesis.kernel.cart import Cart, Item
from genesis.kernel.copies import sale_of
from genesis.kernel.entries import Entry
from genesis.kernel.errors import Confirm, Refused, UnknownCode, UserError
from genesis.kernel.facts import Row
from genesis.kernel.fields import FieldSpec
from genesis.kernel.money import Money, decimal
from genesis.kernel.pricing import price
from genesis.kernel.providers import Attempt, Outcome
from genesis.kernel.register import Answer, Register
from genesis.kernel.settings import StoreSettings
from genesis.plugin.app import App
from genesis.plugin.house import House
from genesis.shell.alike import same
from genesis.shell.cart_shown import CartShown, receipt
from genesis.shell.offers import CUSTOMERS, offers
from genesis.shell.reasons import reasons
from genesis.shell.showcase import Showcase
from genesis.shell.status import pills
from genesis.shell.storeline import last_known
from genesis.shell.vm import till as shown
from genesis.shell.vm.formats import Formats, joined
from genesis.shell.ways import ways, worth
from genesis.shell.words import _, known, told

CUSTOMER = "customers:"  # what the refs of customers begin with
RECEIPTS, MEDIUM = "receipts", "medium"  # where a sale keeps how its receipt is wanted


class RegisterTill:
    """A Till on the register of an open house; it holds nothing that must last."""

    def __init__(self, app: App, locale: str) -> None:
        self.app, self._locale = app, locale
        self._showcase = Showcase(app)
        self.lost: Callable[[], bool] = lambda: False  # whether the database does not answer

    @property
    def pos(self) -> House:
        """The house as plugins see it; a soft restart makes a new one."""
        return self.app.pos

    @property
    def register(self) -> Register:
        """The register of this house."""
        if self.app.register is None:
            raise UserError(_("This is not a register"), _("Open it with `genesis shell`"), "register")
        return self.app.register

    def _money(self, minor: int) -> Money:
        return Money(minor, self.register.currency)

    def answering(self, answers: Mapping[str, str]) -> AbstractContextManager[object]:
        """While this lasts, hooks find these answers."""
        return self.pos.hooks.confirming(self.pos.hooks.confirmed, answers)

    # Where and who -----------------------------------------------------------------------------------------

    @last_known
    def store(self) -> shown.Store:
        """Return where this till stands."""
        settings = self.pos.settings(StoreSettings)
        register = _("Register {name}").format(name=self.app.home.config.register)
        return shown.Store(name=settings.name, register=register, currency=self.pos.currency, locale=self._locale)

    @last_known
    def person(self) -> str:
        """Return who is signed in."""
        actor = self.app.actor
        return known(people(self.pos).get(actor.id, actor.name))

    def offers(self, command: str) -> bool:
        """Tell whether permissions and plugins allow a command."""
        return offers(self.app, command)

    # What is shown -----------------------------------------------------------------------------------------

    def sale(self) -> shown.Sale:
        """Return the open cart."""
        sale = CartShown(self._showcase, self.register.currency).sale(self.register.cart, self.register.priced)
        return msgspec.structs.replace(sale, training=self.register.mode == "training")

    def train(self) -> bool:
        """Begin or end training; returns whether somebody trains now."""
        return self.register.train(on=self.register.mode != "training").text == "training"

    def panels(self, slot: str) -> tuple[shown.Label, ...]:
        """Return what plugins show in a slot of the screen, with what is to be said of devices and the store there."""
        return pills(self.pos, slot, partial(self._showcase.around, slot), lost=self.lost())

    def categories(self) -> tuple[shown.Category, ...]:
        """Return the groups of the tile grid."""
        return self._showcase.categories()

    def tiles(self, category: str, offset: int, limit: int) -> shown.Tiles:
        """Return a page of tiles."""
        return self._showcase.tiles(category, offset, limit)

    def search(self, text: str, limit: int) -> tuple[shown.Tile, ...]:
        """Return the items that match typed text."""
        return self._showcase.search(text, limit)

    # Ringing up --------------------------------------------------------------------------------------------

    def scan(self, code: str, qty: int | None = None, *, confirmed: bool = False) -> str:
        """Ring up what a code stands for; the same item at the same price counts up its line."""
        with self.pos.hooks.confirming(confirmed):
            found = self.register.resolve(code)
            if isinstance(found, Item):
                return self._ring(found, qty).line
            return self.register.scan(code, qty).line

    def add(self, item: str, qty: int | None = None, price: int | None = None, *, confirmed: bool = False) -> str:
        """Ring up an item by its ref, at a typed unit price where it has none."""
        with self.pos.hooks.confirming(confirmed):
            try:
                found = self.register.resolve(item)
            except UnknownCode:
                kept = self._showcase.items.get(item)
                if kept is None:
                    raise
                found = kept
            if not isinstance(found, Item):
                raise UserError(_("{ref} is not an item").format(ref=item), _("Scan it instead"), "item")
            if price is not None:
                return self.register.add(found, qty, unit_price=price).line
            return self._ring(found, qty).line

    def _ring(self, item: Item, qty: int | None) -> Answer:
        count = 1_000 if qty is None else qty
        line = same(self.pos, self.register.cart, item) if count > 0 else None
        if line is None:
            return self.register.add(item, qty)
        return self.register.quantity(line.id, line.qty + item.pack * count // 1_000)

    def set_quantity(self, line: str, qty: int, *, confirmed: bool = False) -> None:
        """Change a line's quantity."""
        with self.pos.hooks.confirming(confirmed):
            self.register.quantity(line, qty)

    def set_price(self, line: str, e4: int, *, confirmed: bool = False) -> None:
        """Override a line's price."""
        with self.pos.hooks.confirming(confirmed):
            self.register.override_price(line, e4)

    def reprice(self, line: str, *, confirmed: bool = False) -> None:
        """Ask the price of a line anew, and what comes with it."""
        with self.pos.hooks.confirming(confirmed):
            self.register.reprice(line)

    def discount(self, line: str, percent: str, amount: str, reason: str, *, confirmed: bool = False) -> None:
        """Give a discount on a line, or on the cart for line ""."""
        with self.pos.hooks.confirming(confirmed):
            share: Decimal | None = decimal(percent, "percent", 4) if percent else None
            minor = None if percent else Money.parse(amount, self.register.currency).minor
            self.register.discount(line or None, percent=share, amount=minor, reason=reason)

    def void(self, line: str) -> None:
        """Take a line off."""
        self.register.void(line)

    def undo(self) -> None:
        """Take back the last change of the cart."""
        self.register.undo()

    def note(self, line: str, text: str) -> None:
        """Write a note on a line."""
        self.register.note(line, text)

    def why(self, line: str) -> tuple[Row, ...]:
        """Return how the amount of a line came about."""
        priced = self.register.priced
        found = next((one for one in priced.lines if one.line.id == line), None) if priced else None
        return reasons(found, Formats(self._locale, self.register.currency)) if found is not None else ()

    def cancel(self) -> None:
        """Give the cart up."""
        self.register.cancel()

    # Held carts and customers ------------------------------------------------------------------------------

    def hold(self) -> shown.Held:
        """Put the cart aside under its short name."""
        name = self.register.hold().text
        return self._held(name, self.register.held_carts[name])

    def split(self, lines: dict[str, int], *, confirmed: bool = False) -> shown.Held:
        """Move lines into a cart of their own."""
        with self.pos.hooks.confirming(confirmed):
            name = self.register.split(lines).text
        return self._held(name, self.register.held_carts[name])

    def held_count(self) -> int:
        """Return how many carts are held."""
        return len(self.register.held_carts)

    def held(self) -> tuple[shown.Held, ...]:
        """Return the held carts, newest first."""
        carts = [self._held(name, cart) for name, cart in self.register.held_carts.items()]
        return tuple(sorted(carts, key=lambda held: held.at, reverse=True))

    def _held(self, name: str, cart: Cart) -> shown.Held:
        total = price(self.register.pos, cart, self.register.day()).total
        return shown.Held(
            id=name,
            name=told(name),
            items=sum(abs(x.qty) // 1_000 if x.qty % 1_000 == 0 else 1 for x in cart.lines),
            total=self._money(total),
            at=datetime.fromisoformat(cart.opened),
            customer=cart.customer.name if cart.customer else "",
        )

    def recall(self, held: str) -> None:
        """Make a held cart the open one; a cart with lines is held in its place."""
        if self.register.cart is not None and self.register.cart.lines:
            self.register.hold()
        self.register.recall(held)

    def customers(self, text: str, limit: int) -> tuple[shown.Customer, ...]:
        """Return customers whose name, phone, e-mail or card matches typed text."""
        if not text.strip():
            return ()
        rows = self.pos.records(CUSTOMERS).search(text, limit)
        return tuple(
            shown.Customer(
                ref=f"{CUSTOMER}{row['id']}", name=row["name"], detail=joined(row["phone"] or "", row["email"] or "")
            )
            for row in rows
            if row["name"]
        )

    def attach(self, customer: str) -> None:
        """Attach a customer by ref, or take the customer off."""
        if customer:
            self.register.scan(customer)
        else:
            self.register.customer(None)

    # Returns -----------------------------------------------------------------------------------------------

    def find_receipt(self, number: str) -> shown.SoldSale:
        """Return a receipt by its number, or by its last digits at this register."""
        number = number.strip()
        if number.isascii() and number.isdigit() and len(number) <= 8:
            number = f"{self.app.home.stream}-{int(number):08d}"
        entry = self.register.find_sale(number)
        sale = sale_of(entry)
        left = {line.line: qty for line, qty in self.register.returnable(number)}
        return shown.SoldSale(
            number=sale.number,
            at=datetime.fromisoformat(entry.at),
            total=self._money(sale.total),
            lines=tuple(
                shown.SoldLine(
                    id=line.line,
                    name=line.name,
                    qty=line.qty,
                    returnable=left[line.line],
                    unit=line.unit,
                    amount=self._money(line.gross),
                )
                for line in sale.lines
                if line.line in left
            ),
        )

    def return_lines(self, number: str, lines: dict[str, int], *, confirmed: bool = False) -> None:
        """Put lines of a receipt into the cart as returns."""
        with self.pos.hooks.confirming(confirmed):
            self.register.return_lines(number, lines)

    # Paying ------------------------------------------------------------------------------------------------

    def methods(self, share: int = 0) -> tuple[shown.Method, ...]:
        """Return the ways to pay the open cart, or a share of it."""
        return ways(self.register, share)

    def worth(self, method: str, amount: Money, share: int = 0) -> tuple[Money, Money]:
        """Return what foreign cash is worth here, and the change it would give; negative is still missing."""
        return worth(self.register, method, amount, share)

    def media(self) -> tuple[shown.Medium, ...]:
        """Return how the receipt can be handed over: printed where this register has a printer, by plugins, or not."""
        cart = self.register.cart
        brought = [(panel.id, told(panel.text), panel.icon) for panels in self.pos.hooks.each(platform_specs.panels)(
                   slot="receipt.media", context={"cart": cart}) for panel in panels]  # fmt: skip
        printed = [("print", _("Print"), "printer")] if self.pos.devices.of("receipt_printer") else []
        known = [*printed, *brought, ("none", _("None"), "x")] if printed or brought else []
        wanted = cart.sections.get(RECEIPTS, {}).get(MEDIUM, "") if cart is not None else ""
        chosen = wanted if wanted in [one[0] for one in known] else "print" if printed else "none"
        return tuple(shown.Medium(id=i, title=title, icon=icon, chosen=i == chosen) for i, title, icon in known)

    def choose_medium(self, medium: str) -> None:
        """Keep with the sale how its receipt is wanted; who prints or sends it goes by that."""
        self.register.keep(RECEIPTS, MEDIUM, medium)

    def tender(
        self, method: str, amount: Money, *, tip: int = 0, share: int = 0, confirmed: bool = False
    ) -> shown.Taken:
        """Take or give back money; a cart on which nothing is due is completed without, or gets a late tip."""
        with self.pos.hooks.confirming(confirmed):
            priced = self.register.priced
            if priced is not None and priced.due == 0:
                late = self.register.cart is not None and method in {x.id for x in self.register.cart.tenders}
                return self._taken(self.register.tip(method, tip) if late else self.register.complete())
            return self._taken(self.register.pay(method, amount.minor, tip=tip, share=share))

    def settle(self) -> shown.Taken:
        """Ask what became of a payment that is waited for."""
        if self.register.payments.run is None:
            raise Refused(_("No payment is under way"), _("Look whether the sale is complete"), "payment")
        answer = self.register.settle()
        return shown.Taken(waiting=True) if answer is None else self._taken(answer)

    def stop_waiting(self) -> None:
        """Ask the provider to give up."""
        if self.register.payments.run is not None:
            self.register.payments.run.cancel()

    def unclear(self) -> tuple[shown.Unclear, ...]:
        """Return the payments of the open cart of which nobody knows the end."""
        sale = self.register.cart.id if self.register.cart is not None else ""
        known = self.register.payments.methods
        return tuple(
            shown.Unclear(id=a.id, title=told(known[a.method].title) if a.method in known else a.method,
                          amount=self._money(abs(a.amount)))
            for a in self.register.payments.unresolved() if a.sale == sale
        )  # fmt: skip

    def _attempt(self, payment: str) -> Attempt:
        found = next((a for a in self.register.payments.unresolved() if a.id == payment), None)
        if found is None:
            raise UserError(_("It is known what became of this payment"), _("Look at the sale again"), "payment")
        return found

    def ask_payment(self, payment: str) -> Outcome:
        """Ask the provider what became of a payment (blocks)."""
        return self.register.payments.ask(self._attempt(payment))

    def book_payment(self, payment: str, answer: object) -> shown.Taken:
        """Book what the provider said."""
        if not isinstance(answer, Outcome) or answer.state == "unknown":
            reason = answer.reason if isinstance(answer, Outcome) else ""
            what = _("The provider does not know either: {reason}").format(reason=told(reason) or _("no reason given"))
            raise Refused(what, _("Ask again later, or decide"), "payment")
        return self._taken(self.register.resolve_attempt(self._attempt(payment), answer))

    def decide_payment(self, payment: str, reason: str, *, charged: bool) -> shown.Taken:
        """Say what became of a payment."""
        return self._taken(self.register.decide(payment, reason, charged=charged))

    def _taken(self, answer: Answer) -> shown.Taken:
        if answer.payment is not None:
            return shown.Taken(waiting=True)
        return shown.Taken(receipt=self._receipt(answer.entry) if answer.entry is not None else None)

    # Receipts ----------------------------------------------------------------------------------------------

    def last_receipt(self) -> shown.Receipt | None:
        """Return the last completed sale."""
        entry = self.register.last_sale()
        return None if entry is None else self._receipt(entry)

    def reprint(self) -> shown.Receipt:
        """Record a copy of the last receipt."""
        entry = self.register.last_sale()
        if entry is None:
            raise UserError(_("Nothing was sold here yet"), _("Sell something first"), "receipt")
        return self._receipt(entry, self.register.reprint())

    def _receipt(self, entry: Entry, rows: list[tuple[str, str, str]] | None = None) -> shown.Receipt:
        return receipt(sale_of(entry), entry, self.register.currency, rows)

    def open_drawer(self) -> None:
        """Record an opening without a sale."""
        reason = self.pos.hooks.answers.get("reason")
        if reason is None:
            why = FieldSpec(name="reason", label=_("Reason"), required=True)
            raise Confirm(_("Open the drawer without a sale"), fields=(why,))
        self.register.open_drawer(reason)
