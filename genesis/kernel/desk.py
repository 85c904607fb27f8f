"""The desk of a register: its open cart, how a change of it is priced, saved and announced."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, get_type_hints

import msgspec
import uuid_utils

from genesis.hooks import cart as cart_specs
from genesis.kernel.cards import refuse
from genesis.kernel.cart import Cart, Line, Priced, SaleMode, Sections
from genesis.kernel.completion import OPEN, Completion
from genesis.kernel.copies import find_sale
from genesis.kernel.entries import Entry, FactRef
from genesis.kernel.errors import PluginFault, UserError
from genesis.kernel.facts import Fact, SaleCompleted
from genesis.kernel.limits import fits
from genesis.kernel.money import exponent
from genesis.kernel.payment import Payments, Run
from genesis.kernel.pricing import price
from genesis.kernel.providers import Attempt, Outcome, PaymentMethod
from genesis.kernel.settings import business_today
from genesis.kernel.shifts import Shifts

if TYPE_CHECKING:
    from genesis.kernel.persons import Keys
    from genesis.kernel.pos import Pos

KEPT_COMMANDS = 200
TRAINING = "training"  # space of the kernel's state: register -> whether somebody trains there
_packed = msgspec.msgpack.Encoder(enc_hook=str).encode  # JSON would make null of a number that is none
P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D", bound="Desk")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did. line: the line it touched; sale: the sale it completed (durable by now)."""

    cart: Cart | None = None
    priced: Priced | None = None
    line: str = ""
    text: str = ""
    sale: SaleCompleted | None = None
    entry: Entry | None = None
    payment: Run | None = None


def after(cart: Cart, command: str) -> Cart:
    """Return the cart with the id of a command noted on it, so that the same id is not done twice."""
    if not command:
        return cart
    return msgspec.structs.replace(cart, commands=(*cart.commands, command)[-KEPT_COMMANDS:])


def command(run: Callable[Concatenate[D, P], R]) -> Callable[Concatenate[D, P], R]:
    """Make a method a command: it sees one moment of the store's rights, settings and plugins.

    Its arguments are of the types it names, to the last field, for they are kept with the sale: TypeError otherwise.
    """
    names = run.__code__.co_varnames[1:]

    @wraps(run)
    def whole(desk: D, /, *args: P.args, **values: P.kwargs) -> R:
        given = {**dict(zip(names, args, strict=False)), **values}
        refuse({**given, **desk.pos.hooks.answers})
        try:
            _arguments(run).decode(_packed(given))
        except (msgspec.MsgspecError, TypeError, OverflowError, RecursionError) as error:
            raise TypeError(f"{run.__name__}: {error}") from error
        with desk.pos.journal.raw.moment():
            return run(desk, *args, **values)

    return whole


@cache
def _arguments(run: Callable[..., Any]) -> msgspec.msgpack.Decoder[Any]:
    """Return what reads the arguments of a command, as strictly as its hints are."""
    hints = get_type_hints(run)
    known = [p for p in signature(run).parameters.values() if p.name != "self"]
    fields = [(p.name, hints[p.name], *(() if p.default is p.empty else (p.default,))) for p in known]
    return msgspec.msgpack.Decoder(msgspec.defstruct(run.__name__, fields, kw_only=True))


class Desk:
    """What all commands of a register share."""

    def __init__(self, pos: Pos, name: str, store: str, keys: Keys, methods: dict[str, PaymentMethod]) -> None:
        self.pos, self.name, self.store = pos, name, store
        self.payments = Payments(pos, name, methods)
        self.shifts = Shifts(pos, name, store, keys, methods)
        self._completion = Completion(pos, name, store, self.shifts)
        self.cart: Cart | None = None
        self.priced: Priced | None = None
        self.last: Entry | None = None
        self.held_carts: dict[str, Cart] = {}
        self._changed: tuple[Cart | None, Cart | None] | None = None  # the cart before and after its last change
        self._load()

    def _load(self) -> None:
        for slot, body in self.pos.journal.raw.open_carts(self.name).items():
            cart = msgspec.json.decode(body, type=Cart)
            if slot == OPEN:
                self.cart = cart
            else:
                self.held_carts[slot] = cart
        if self.cart is not None:
            self._book_forgotten_payments()
            try:
                self.priced = self._price(self.cart)
            except UserError as error:  # the next command asks again and says so; the register opens all the same
                self.pos.log.warning("the open cart cannot be priced: %s", error)

    @property
    def currency(self) -> str:
        """The store's currency."""
        return self.pos.currency

    @property
    def digits(self) -> int:
        """Decimals of the currency."""
        return exponent(self.currency)

    def day(self) -> str:
        """The business day it is now."""
        return business_today(self.pos)

    def _price(self, cart: Cart) -> Priced:
        return price(self.pos, cart, self.day())

    def _begin(self, permission: str, command: str, resource: str = "") -> Answer | None:
        """Answer a command that was done before; else ask for the permission."""
        self._book_found()
        done = self._done(command) if command else None
        if done is None:
            self.pos.permissions.require(permission, resource)
        return done

    def _done(self, command: str) -> Answer | None:
        carts = (self.cart, *self.held_carts.values())
        if any(cart is not None and command in cart.commands for cart in carts):
            return Answer(cart=self.cart, priced=self.priced, text="done before")
        ref = self.pos.journal.holder("command", command)
        if ref:
            entry = self.pos.journal.entry(FactRef.parse(ref))
            fact = entry.fact if entry else None
            return Answer(cart=self.cart, priced=self.priced, text="done before", entry=entry,
                          sale=fact if isinstance(fact, SaleCompleted) else None)  # fmt: skip
        return None

    def _open_cart(self) -> Cart:
        """Return the open cart, a new one where there is none."""
        if self.cart is not None:
            return self.cart
        return Cart(id=str(uuid_utils.uuid7()), name=self._free_name(), currency=self.currency, register=self.name,
                    opened=self.pos.clock.now().isoformat(), actor=self.pos.actor.id, mode=self.mode)  # fmt: skip

    @property
    def mode(self) -> SaleMode:
        """Of the open cart, or of the next one: "training" while somebody trains here."""
        if self.cart is not None:
            return self.cart.mode
        return "training" if self.pos.journal.state(TRAINING, self.name, False) else "normal"

    def _free_name(self) -> str:
        taken = {cart.name for cart in (self.cart, *self.held_carts.values()) if cart is not None}
        return next(f"Cart {n}" for n in range(1, len(taken) + 2) if f"Cart {n}" not in taken)

    def _need_cart(self) -> Cart:
        if self.cart is None or not (self.cart.lines or self.cart.tenders):
            raise UserError("the cart is empty", "scan something first", "cart")
        return self.cart

    def _need_line(self, line_id: str, *, sold: bool = False, own: bool = False) -> Line:
        """Return a line; sold: not one that comes back, own: not one that came with another."""
        line = self._need_cart().line(line_id)
        if line is None:
            raise UserError(f"there is no line {line_id!r} in this cart", "use a line that is shown", "line")
        if own and line.under:
            raise UserError(f"{line.item.name} comes with the line above it", "change that line", "line")
        if sold and line.fixed is not None:
            raise UserError("a return line keeps the figures of its sale", "void it and return it again", "line")
        return line

    def _not_tendering(self, *, whole: bool = False) -> None:
        """Refuse while money of the cart moved or is about to; whole: the cart is to go as it stands.

        What a provider gave back cannot be taken back, so lines may change then, to make good what cannot be recorded.
        """
        if self.cart is not None and any(whole or x.amount > 0 or not x.attempt for x in self.cart.tenders):
            raise UserError("part of this sale is paid already", "take the payment back or complete the sale")
        if self.payments.run is not None:
            raise UserError("a payment is under way", "wait for it or cancel it")
        if self.cart is not None and self.priced is not None and self.priced.due < 0 and not whole:
            self._not_refunded(self.cart)

    def _not_refunded(self, cart: Cart) -> None:
        if self.payments.unclear(cart.id):
            raise UserError("an earlier refund of this sale is not known to have failed", "resolve it first")

    def _change(
        self, cart: Cart, command: str, change: str, *facts: Fact, line: str = "", durable: bool = False, text: str = ""
    ) -> Answer:
        """Price, save and announce a changed cart; facts go into the journal in the same transaction."""
        priced = self._price(cart)
        cart = after(cart, command)
        slot = (self.name, OPEN, cart if cart.lines or cart.tenders or cart.customer else None)
        if facts:
            self.pos.journal.append(*facts, carts=[slot])
        else:
            self.pos.journal.save_carts(slot, durable=durable)
        self._changed = None if change == "tender" else (self.cart, cart)
        self.cart, self.priced = cart, priced
        self._announce(change)
        return Answer(cart=cart, priced=priced, line=line, text=text)

    def _announce(self, change: str) -> None:
        """Tell who watches; what is done is done, so nobody can refuse it any more."""
        try:
            self.pos.hooks.each(cart_specs.cart_changed)(cart=self.cart, priced=self.priced, change=change)
        except UserError as error:
            self.pos.log.warning("cart_changed: %s", error)

    def _checked(self, cart: Cart, line: Line) -> Line:
        """Return a line that may be added or changed, with what plugins keep with it."""
        said = self.pos.hooks.authored(cart_specs.check_line)(cart=cart, line=line)
        return self._keeping(line, said) if said else line

    def _keeping(self, line: Line, said: list[tuple[str, Sections]]) -> Line:
        for author, data in said:
            if not fits(data):
                raise PluginFault(author, "check", "its data are too large for a line")
        return msgspec.structs.replace(line, sections={**line.sections, **dict(said)})

    def _replace_line(self, cart: Cart, line: Line) -> Cart:
        return msgspec.structs.replace(cart, lines=tuple(line if x.id == line.id else x for x in cart.lines))

    def find_sale(self, number: str) -> Entry:
        """Return the sale with this receipt number."""
        return find_sale(self.pos, number)

    def _book_found(self) -> None:
        """Record what the providers said meanwhile about attempts that were unknown."""
        while not self.payments.found.empty():
            attempt, outcome = self.payments.found.get()
            if self.payments.unresolved(attempt.id):
                self.record_outcome(attempt, outcome)

    def record_outcome(self, attempt: Attempt, outcome: Outcome, reason: str = "") -> None:
        """Record what became of an attempt; money that moved goes onto its cart, open or held."""
        moved = outcome.state in {"approved", "partial"}
        carts = []
        for slot, cart in [(OPEN, self.cart), *self.held_carts.items()]:
            if moved and cart is not None and cart.id == attempt.sale and not attempt.reversal:
                paid = msgspec.structs.replace(cart, tenders=(*cart.tenders, self.payments.tender(attempt, outcome)))
                carts.append((self.name, slot, paid))
        self.payments.record(attempt, outcome, reason, carts)
        for _, slot, paid in carts:
            if slot == OPEN:
                self.cart, self.priced = paid, None  # what is paid is paid, even if it cannot be priced now
                self.priced = self._price(paid)
            else:
                self.held_carts[slot] = paid

    def _book_forgotten_payments(self) -> None:
        """After a crash: an approved attempt of the open cart whose tender was not saved is booked now."""
        cart = self.cart
        if cart is None:
            return
        known = {tender.attempt for tender in cart.tenders}
        for attempt, outcome in self.payments.approved(cart.id):
            if attempt.id not in known:
                cart = msgspec.structs.replace(cart, tenders=(*cart.tenders, self.payments.tender(attempt, outcome)))
        if cart is not self.cart:
            self.pos.journal.save_carts((self.name, OPEN, cart), durable=True)
            self.cart = cart
