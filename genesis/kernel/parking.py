"""Putting carts aside, bringing them back, giving them up, and taking goods back."""

from __future__ import annotations

import msgspec
import uuid_utils

from genesis.hooks import cart as cart_specs, inventory as inventory_specs
from genesis.kernel.cart import Cart, Item, Line, ReturnOf
from genesis.kernel.companions import brought_back
from genesis.kernel.completion import OPEN, RETURNED
from genesis.kernel.copies import sale_of
from genesis.kernel.desk import TRAINING, Answer, Desk, after, command
from genesis.kernel.errors import Confirm, Refused, UserError
from genesis.kernel.facts import CartCancelled, CartHeld, SaleCompleted, SaleLine, TrainingSwitched
from genesis.kernel.guardbook import GuardRefused
from genesis.kernel.guards import Once
from genesis.kernel.limits import fits
from genesis.kernel.money import plain, split
from genesis.kernel.pricing import returned_figures
from genesis.kernel.splitting import parted

TRIES = 20  # how often a cart is put aside where each time its goods moved meanwhile


class Parking(Desk):
    """Hold, recall, cancel."""

    @command
    def hold(self, name: str = "", command: str = "") -> Answer:
        """Put the cart aside under a name."""
        done = self._begin("register.hold", command)
        if done:
            return done
        self._not_tendering(whole=True)
        cart = self._need_cart()
        name = self._held_name(name.strip() or cart.name)
        cart = msgspec.structs.replace(after(cart, command), name=name)
        self.held_carts[name] = self._moved(cart, name, (OPEN, None))
        self.cart = self.priced = None
        self._announce("hold")
        return Answer(text=name)

    def _moved(self, cart: Cart, slot: str, rest: tuple[str, Cart | None]) -> Cart:
        """Put a cart aside or bring it back, with the goods that are kept for it and its rest, in one transaction."""
        held = slot != OPEN
        for left in reversed(range(TRIES)):
            ask = self.pos.hooks.authored(inventory_specs.reserve)
            found = ask(cart=cart, held=held) if cart.mode == "normal" else []
            said = {author: one.section for author, one in found}
            sections = {author: data for author, data in {**cart.sections, **said}.items() if data}
            if not fits(said):
                raise UserError("what is kept for this cart is too much", "hold fewer goods", "cart")
            kept = msgspec.structs.replace(cart, sections=sections) if found else cart
            slots = [(self.name, slot, kept), (self.name, *rest)]
            try:
                if found:
                    fact = CartHeld(sale=cart.id, register=self.name, name=cart.name, held=held, sections=said)
                    self.pos.journal.append(fact, guards=[g for _, one in found for g in one.guards], carts=slots)
                else:
                    self.pos.journal.save_carts(*slots, durable=True)
            except GuardRefused:
                if not left:
                    raise
            else:
                break
        return kept

    def _held_name(self, name: str) -> str:
        """Return a name that a cart can be held under; UserError for another."""
        if len(name) > 60 or not name.isprintable():
            raise UserError("name: it is too long or cannot be printed", "use at most 60 letters", "name")
        if name == OPEN or name in self.held_carts:
            raise UserError(f"name: a cart is held as {name!r} already", "use another name", "name")
        return name

    @command
    def split(self, wanted: dict[str, int], name: str = "", command: str = "") -> Answer:
        """Move lines (line id -> thousandths) into a cart of their own, held under a name; text: that name.

        Line discounts go along, a percentage on the cart stays on both. The customer is on both, coupons stay here.
        """
        done = self._begin("register.hold", command)
        if done:
            return done
        self._not_tendering()
        kept, other = parted(self._need_cart(), wanted)
        name = self._held_name(name.strip() or self._free_name())
        other = msgspec.structs.replace(other, id=str(uuid_utils.uuid7()), name=name)
        for cart in (kept, other):
            for line in cart.lines:
                if line.id in wanted and line.fixed is None:
                    self.pos.hooks.each(cart_specs.check_line)(cart=cart, line=line)
        kept = after(kept, command)
        self._price(other)
        priced = self._price(kept)
        self.held_carts[name] = self._moved(other, name, (OPEN, kept))
        self.cart, self.priced, self._changed = kept, priced, None
        self._announce("line")
        return Answer(cart=kept, priced=priced, text=name)

    def shares(self, persons: int) -> list[int]:
        """Return what is due in equal shares (minor units); the first ones take what does not divide."""
        if not 1 < persons <= 100:
            raise UserError("persons: at least two, at most a hundred", "type how many pay", "persons")
        return split(self.priced.due if self.priced else 0, [1] * persons)

    @command
    def recall(self, name: str = "", command: str = "") -> Answer:
        """Bring a held cart back (the oldest where no name is given)."""
        done = self._begin("register.hold", command)
        if done:
            return done
        if self.cart is not None and self.cart.lines:
            raise UserError("there is an open cart", "hold or complete it first")
        name = name.strip() or next(iter(sorted(self.held_carts, key=lambda n: self.held_carts[n].opened)), "")
        cart = self.held_carts.get(name)
        if cart is None:
            raise UserError(f"no cart is held as {name!r}" if name else "no cart is held", "", "name")
        if cart.mode != self.mode:
            raise UserError(f"{name!r} and this till are not both in training", "begin or end it first", "name")
        cart = after(cart, command)
        priced = self._price(cart)
        cart = self._moved(cart, OPEN, (name, None))
        del self.held_carts[name]
        self.cart, self.priced, self._changed = cart, priced, None
        self._announce("recall")
        return Answer(cart=cart, priced=self.priced, text=name)

    @command
    def cancel(self, reason: str = "", command: str = "") -> Answer:
        """Give the whole cart up; recorded. Refused while cash is in it; what a provider took goes back by itself."""
        done = self._begin("register.cancel", command)
        if done:
            return done
        cart = self._need_cart()
        taken = [tender for tender in cart.tenders if tender.attempt and tender.amount > 0]
        if self.payments.run is not None or len(taken) < len(cart.tenders):
            self._not_tendering(whole=True)
        if taken and not self.pos.hooks.confirmed:
            text = f"{plain(sum(tender.tendered for tender in taken), self.digits)} was paid by {taken[0].title}"
            raise Confirm(text, "it goes back within a minute; receipt and goods stay here", "payment")
        if self.payments.unclear(cart.id):
            raise UserError("a payment of this cart is not known to have failed", "resolve it first", "payment")
        priced = self.priced or self._price(cart)
        fact = CartCancelled(sale=cart.id, currency=cart.currency, total=priced.total, reason=reason,
                             shift=self.shifts.current(),
                             lines=tuple((x.item.ref, x.item.name, x.qty) for x in cart.lines))  # fmt: skip
        once = [Once("command", command)] if command else []
        self.pos.journal.append(fact, guards=once, carts=[(self.name, OPEN, None)])
        self._changed = None if cart.tenders else (cart, None)
        self.cart = self.priced = None
        self._announce("cancel")
        return Answer(text=cart.name)

    @command
    def train(self, *, on: bool, command: str = "") -> Answer:
        """Begin or end training at this register, until it is ended, over restarts too; refused with a cart open."""
        done = self._begin("register.training", command)
        if done:
            return done
        if self.cart is not None and self.cart.lines:
            raise UserError("there is an open cart", "hold or complete it first", "cart")
        self.cart = self.priced = self._changed = None
        if on != (self.mode == "training"):
            fact = TrainingSwitched(register=self.name, on=on)
            self.pos.journal.append(fact, state=[(TRAINING, self.name, on)], carts=[(self.name, OPEN, None)])
            self._announce("mode")
        return Answer(text=self.mode)


class Returning(Desk):
    """Taking goods back by their receipt, as exact inverse of what was stored."""

    @command
    def returnable(self, number: str) -> list[tuple[SaleLine, int]]:
        """Return (sold line, thousandths that can still come back) of a receipt."""
        sale = sale_of(self.find_sale(number))
        pending = self._pending_returns(sale.sale)
        return [
            (line, line.qty - self.pos.journal.balance(RETURNED, f"{sale.sale}/{line.line}")
             - pending.get(line.line, 0))
            for line in sale.lines if line.qty > 0 and line.returns is None
        ]  # fmt: skip

    def _pending_returns(self, sale: str) -> dict[str, int]:
        lines = self.cart.lines if self.cart else ()
        return {x.returns.line: -x.qty for x in lines if x.returns is not None and x.returns.sale == sale}

    @command
    def return_lines(self, number: str, wanted: dict[str, int] | None = None, command: str = "") -> Answer:
        """Take lines of a receipt back: line id -> thousandths; None takes all that is left.

        The figures are the stored ones; no plugin is asked for them. Raises Refused when more would come
        back than was sold.
        """
        done = self._begin("register.return", command, number)
        if done:
            return done
        self._not_tendering()
        sale = sale_of(self.find_sale(number))
        if sale.currency != self.currency:
            raise UserError(f"this receipt is in {sale.currency}, the store sells in {self.currency}", "", "receipt")
        if sale.mode != self.mode:
            raise Refused(f"{number} and this cart are not both of training", "nothing of training is real", "receipt")
        sold = {line.line: line for line in sale.lines if line.qty > 0 and line.returns is None}
        left = {line.line: qty for line, qty in self.returnable(number)}
        wanted = {i: q for i, q in left.items() if q > 0} if wanted is None else wanted
        if not sold:
            raise Refused(f"nothing was sold on {number}", "use the receipt of the sale", "receipt")
        if not wanted:
            raise Refused(f"everything on {number} was returned before", "", "receipt")
        wanted = brought_back(sold, left, wanted)
        cart = self._open_cart()
        given = []
        for line_id, qty in wanted.items():
            _check_back(number, line_id, qty, left)
            cart, line = self._return_line(cart, sale, sold[line_id], qty)
            given.append(msgspec.structs.replace(sold[line_id], qty=qty))
        for author, found in self.pos.hooks.authored(cart_specs.check_return)(sale=sale, lines=tuple(given)):
            for one in cart.lines:
                if one.returns is not None and one.returns.sale == sale.sale and one.returns.line in found:
                    cart = self._replace_line(cart, self._keeping(one, [(author, found[one.returns.line])]))
        return self._change(cart, command, "line", line=line.id, text=number)

    def _return_line(self, cart: Cart, sale: SaleCompleted, sold: SaleLine, qty: int) -> tuple[Cart, Line]:
        earlier = next(
            (x for x in cart.lines if x.returns and x.returns.sale == sale.sale and x.returns.line == sold.line), None
        )
        total = qty - (earlier.qty if earlier else 0)
        before = self.pos.journal.balance(RETURNED, f"{sale.sale}/{sold.line}")
        main = next((x.id for x in cart.lines if x.returns and x.returns.sale == sale.sale
                     and x.returns.line == sold.under), "")  # fmt: skip
        line = Line(
            id=earlier.id if earlier else str(cart.next_line),
            item=Item(ref=sold.item, name=sold.name, sku=sold.sku, gtin=sold.gtin, category=sold.category,
                      unit=sold.unit, tax=sold.tax_class),
            qty=-total, price=sold.price, extended=sold.extended, source="return", sections=sold.sections,
            returns=ReturnOf(sale=sale.sale, number=sale.number, line=sold.line, sold=sold.qty, before=before),
            fixed=returned_figures(sold, before, total), under=main,
        )  # fmt: skip
        if earlier:
            return self._replace_line(cart, line), line
        return msgspec.structs.replace(cart, lines=(*cart.lines, line), next_line=cart.next_line + 1), line


def _check_back(number: str, line_id: str, qty: int, left: dict[str, int]) -> None:
    """Refuse what cannot come back of a line; left: what can."""
    if line_id not in left:
        raise UserError(f"{number} has no line {line_id!r} that can come back", "", "line")
    if left[line_id] <= 0:
        raise Refused(f"line {line_id} of {number} was returned before", "", "line")
    if qty <= 0 or qty > left[line_id]:
        raise Refused(
            f"of line {line_id} on {number} only {plain(left[line_id], 3)} can come back",
            "use a smaller quantity", "quantity",
        )  # fmt: skip
