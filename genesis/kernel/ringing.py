"""Ringing up: scan, add, quantity, price, discount, void, note, customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils

from genesis.hooks import cart as cart_specs, pricing as price_specs
from genesis.kernel.absent import absent
from genesis.kernel.cart import Attach, Cart, CustomerRef, Item, Line, ManualDiscount
from genesis.kernel.companions import below, companions, scaled
from genesis.kernel.completion import OPEN
from genesis.kernel.desk import Answer, Desk, after, command
from genesis.kernel.errors import PluginFault, Refused, UnknownCode, UserError
from genesis.kernel.facts import ChangeUndone, LineVoided, PriceOverridden
from genesis.kernel.limits import MAX_E4, MAX_MINOR, fits

MAX_LINES = 2_000


class Ringing(Desk):
    """The commands that put a cart together."""

    def resolve(self, code: str) -> Item | CustomerRef | Attach:
        """Ask what a code stands for; UnknownCode where nobody knows."""
        code = code.strip("\r\n\t ")
        if not code or len(code) > 4_096:
            raise UserError(f"a code has 1 to 4096 characters, not {len(code)}", "scan it again", "code")
        ask = self.pos.hooks.first(cart_specs.resolve_code)
        found = None if "\0" in code else ask(cart=self.cart, code=code)  # PostgreSQL has no such character
        if not isinstance(found, Item | CustomerRef | Attach):
            sells = self.pos.hooks.implemented(price_specs.base_price, always=True)
            gone = "" if sells else f"{absent(self.pos, 'base_price')}; "
            raise UnknownCode(f"unknown code {code[:60]!r}", f"{gone}the cart is unchanged; scan the next item", "code")
        return found

    @command
    def scan(self, code: str, qty: int | None = None, command: str = "") -> Answer:
        """Do what a scanned or typed code asks for: add the item, attach the customer or the coupon.

        qty: thousandths of what one scan stands for (a code of a pack of 6 scanned 2 times is 12 pieces).
        """
        done = self._begin("register.sell", command)
        if done:
            return done
        found = self.resolve(code)
        if isinstance(found, CustomerRef):
            return self.customer(found, command)
        if isinstance(found, Attach):
            return self.attach(found, command)
        return self.add(found, qty=qty, command=command)

    @command
    def add(
        self,
        item: Item,
        qty: int | None = None,
        extended_amount: int | None = None,
        unit_price: int | None = None,
        command: str = "",
    ) -> Answer:
        """Add an item; its price is asked now and fixed (extended_amount or unit_price enter it instead).

        qty: thousandths of the item's pack; negative takes goods back without a receipt.
        """
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        if item.pack <= 0 or not fits(item):
            name = item.name[:60]
            raise UserError(f"{name!r} cannot be sold as it is kept", "correct its texts and its pack", "item")
        if qty is None and item.weighed and item.quantity is None and item.amount is None and extended_amount is None:
            item = self._on_scale(item)
        cart = self._open_cart()
        count = 1_000 if qty is None else qty
        milli = item.quantity * count // 1_000 if item.quantity is not None else item.pack * count // 1_000
        if milli == 0 or abs(milli) > 10**9:
            raise UserError("quantity: it is out of range", "use 0.001 to 1000000", "quantity")
        if milli < 0:
            self.pos.permissions.require("register.return_without_receipt", item.ref)
        if extended_amount is not None or unit_price is not None:
            self._may_enter_price(cart, item, milli)
        line = self._priced_line(cart, item, milli, self._amount(item, count, extended_amount), unit_price)
        cart = self._placed(cart, line, self._companions(cart, line))
        return self._change(cart, command, "line", line=line.id, text=item.name)

    def _companions(self, cart: Cart, main: Line, *, anew: bool = False) -> list[Line]:
        """Return the lines that come with a line, priced; their ids are given when they are placed."""
        lines = []
        for one in companions(self.pos, cart, main.item, main if anew else None):
            line = self._priced_line(cart, one.item, self._share(one.qty, main), None,
                                     one.price.e4 if one.price else None)  # fmt: skip
            source = one.price.source if one.price else line.source
            lines.append(msgspec.structs.replace(line, under=main.id, per_unit=one.qty, source=source))
        return lines

    def _share(self, per_unit: int, main: Line) -> int:
        qty = scaled(per_unit, main.qty, 1_000)
        if qty == 0:
            raise UserError(f"{main.item.name}: too little for what comes with it", "sell more of it", "quantity")
        return qty

    def _placed(self, cart: Cart, line: Line, subs: list[Line]) -> Cart:
        """Return the cart with a line and what came with it; in the place of the old ones where it was there."""
        kept = [x for x in cart.lines if x.under != line.id]
        at = next((i for i, x in enumerate(kept) if x.id == line.id), len(kept))
        first = cart.next_line + (1 if at == len(kept) else 0)
        subs = [msgspec.structs.replace(sub, id=str(first + i)) for i, sub in enumerate(subs)]
        if len(kept) + 1 + len(subs) > MAX_LINES:
            raise UserError(f"a cart holds at most {MAX_LINES} lines", "complete this sale first", "cart")
        placed = (self._checked(cart, one) for one in (line, *subs))
        return msgspec.structs.replace(cart, lines=(*kept[:at], *placed, *kept[at + 1 :]), next_line=first + len(subs))

    def _on_scale(self, item: Item) -> Item:
        """Return the item with what lies on the scale; as it is where nothing is weighed here."""
        factor = {"kg": 1, "g": 1_000}.get(item.unit)
        if factor is None or not self.pos.devices.of("scale"):
            return item
        weighed = self.pos.devices.ask("scale", lambda scale: scale.weigh(), 1.0).wait()
        if not weighed.ok:
            raise UserError(f"{item.name} was not weighed: {weighed.error}", "or type its quantity", "quantity")
        return msgspec.structs.replace(item, quantity=weighed.value * factor)

    def _may_enter_price(self, cart: Cart, item: Item, milli: int) -> None:
        """Entering what an item costs is an override, unless nobody has a price for it."""
        if self.pos.hooks.first(price_specs.base_price)(cart=cart, item=item, qty=milli) is not None:
            self.pos.permissions.require("register.override_price", item.ref)

    def _amount(self, item: Item, count: int, entered: int | None) -> int | None:
        """Return the amount of a line that is not priced by quantity: as entered, or what its labels say together."""
        if (item.amount is not None or item.quantity is not None) and count % 1_000:
            raise UserError("quantity: a label counts whole", "scan each label, or use a whole number", "quantity")
        if entered is None:
            return None if item.amount is None else item.amount * count // 1_000
        if entered * count < 0:
            raise UserError("amount: it must have the sign of the quantity", "check both", "amount")
        return entered

    def _priced_line(self, cart: Cart, item: Item, milli: int, amount: int | None, unit_price: int | None) -> Line:
        base: dict[str, Any] = {"id": str(cart.next_line), "item": item, "qty": milli}
        if amount is not None:
            if abs(amount) > MAX_MINOR:
                raise UserError("amount: it is out of range", "check it", "amount")
            return Line(**base, extended=amount, source="entered" if item.amount is None else "code")
        if unit_price is not None:
            if not 0 <= unit_price <= MAX_E4:
                raise UserError("price: it is out of range", "use zero or more", "price")
            return Line(**base, price=unit_price, source="entered")
        answers = self.pos.hooks.authored(price_specs.base_price)(cart=cart, item=item, qty=milli)
        if not answers:
            raise UserError(f"{item.name} has no price", "set its price, or enter one", "price")
        author, found = answers[0]
        if found.e4 > MAX_E4:
            raise PluginFault(author, "base_price", f"{found.e4} ten-thousandths is no price")
        return Line(**base, price=found.e4, source=f"{author}:{found.source}")

    @command
    def quantity(self, line_id: str, milli: int, command: str = "") -> Answer:
        """Set the quantity of a line (thousandths, not zero: void it instead)."""
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        line = self._need_line(line_id, sold=True, own=True)
        if milli == 0 or abs(milli) > 10**9:
            raise UserError("quantity: it is out of range", "use 0.001 to 1000000, or void the line", "quantity")
        if milli < 0:
            self.pos.permissions.require("register.return_without_receipt", line.item.ref)
        if line.extended is not None:
            raise UserError("this line was entered as one amount", "void it and add it again", "quantity")
        changed = msgspec.structs.replace(line, qty=milli)
        now = cart = self._need_cart()
        subs = [msgspec.structs.replace(sub, qty=self._share(sub.per_unit, changed)) for sub in below(cart, line_id)]
        for one in (changed, *subs):
            now = self._replace_line(now, self._checked(cart, one))
        return self._change(now, command, "line", line=line_id)

    @command
    def override_price(self, line_id: str, e4: int, reason: str = "", command: str = "") -> Answer:
        """Set another unit price (ten-thousandths) on a line; recorded with who and what it was."""
        done = self._begin("register.override_price", command)
        if done:
            return done
        self._not_tendering()
        line = self._need_line(line_id, sold=True)
        if e4 < 0 or e4 > MAX_E4:
            raise UserError("price: it is out of range", "use zero or more", "price")
        by = self.pos.permissions.by("register.override_price")
        changed = msgspec.structs.replace(line, price=e4, extended=None, source="override",
                                          approver=by)  # fmt: skip
        cart = self._need_cart()
        fact = PriceOverridden(sale=cart.id, shift=self.shifts.current(),
                               line=line_id, item=line.item.ref, currency=cart.currency,
                               before=line.price, after=e4, approver=by, reason=reason)  # fmt: skip
        return self._change(self._replace_line(cart, changed), command, "line", fact, line=line_id)

    @command
    def reprice(self, line_id: str, command: str = "") -> Answer:
        """Ask the price of a line again, and what comes with it."""
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        line = self._need_line(line_id, sold=True, own=True)
        cart = self._need_cart()
        amount = line.extended if line.item.amount is not None else None
        fresh = self._priced_line(cart, line.item, line.qty, amount, None)
        changed = msgspec.structs.replace(line, price=fresh.price, extended=fresh.extended, source=fresh.source)
        return self._change(
            self._placed(cart, changed, self._companions(cart, changed, anew=True)), command, "line", line=line_id
        )

    @command
    def discount(
        self,
        line_id: str | None,
        percent: Decimal | None = None,
        amount: int | None = None,
        reason: str = "",
        command: str = "",
    ) -> Answer:
        """Give a discount on a line (or the cart: None); refused where no plugin applies discounts."""
        done = self._begin("register.discount", command)
        if done:
            return done
        self._not_tendering()
        cart = self._need_cart()
        if line_id is not None and self._need_line(line_id, sold=True).item.face_value:
            raise Refused("what is money itself has no discount", "", "line")
        if (percent is None) == (amount is None):
            raise UserError("discount: give a percentage or an amount", "", "discount")
        if (percent is not None and not 0 < percent <= 100) or (amount is not None and amount <= 0):
            raise UserError("discount: it is out of range", "use more than 0, and at most 100 %", "discount")
        wanted = ManualDiscount(id=str(uuid_utils.uuid7()), line=line_id, percent=percent, amount=amount,
                                reason=reason, actor=self.pos.actor.id)  # fmt: skip
        cart = msgspec.structs.replace(cart, discounts=(*cart.discounts, wanted))
        before = set(self._price(self._need_cart()).unanswered)
        if fresh := [problem for problem in self._price(cart).unanswered if problem not in before]:
            raise Refused(fresh[0], "", "discount")
        if approved := [*self.pos.permissions.approved().values()]:  # also what a plugin asked for while it was priced
            wanted = msgspec.structs.replace(wanted, approver=approved[-1].approver)
            cart = msgspec.structs.replace(cart, discounts=(*cart.discounts[:-1], wanted))
        return self._change(cart, command, "line", line=line_id or "")

    @command
    def void(self, line_id: str, reason: str = "", command: str = "") -> Answer:
        """Take a line off the cart, and what came with it; recorded."""
        done = self._begin("register.void_line", command)
        if done:
            return done
        self._not_tendering()
        line = self._need_line(line_id, own=True)
        cart = self._need_cart()
        gone = [line, *below(cart, line_id)]
        amounts = {p.line.id: p.figures.gross for p in (self.priced or self._price(cart)).lines}
        by = self.pos.permissions.by("register.void_line")
        facts = [LineVoided(sale=cart.id, shift=self.shifts.current(), line=one.id, item=one.item.ref,
                            name=one.item.name, qty=one.qty, amount=amounts.get(one.id, 0), currency=cart.currency,
                            approver=by, reason=reason) for one in gone]  # fmt: skip
        ids = {one.id for one in gone}
        cart = msgspec.structs.replace(
            cart,
            lines=tuple(x for x in cart.lines if x.id not in ids),
            discounts=tuple(d for d in cart.discounts if d.line not in ids),
        )
        return self._change(cart, command, "line", *facts, line=line_id, text=line.item.name)

    @command
    def undo(self, command: str = "") -> Answer:
        """Take back the last change of the open cart, and the next time this one; recorded.

        A cart that was cancelled comes back as a new one, unless money was in it. What it takes off or gives needs the
        permission that doing so by hand would need.
        """
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        if self._changed is None or self._changed[1] is not self.cart:
            raise UserError("there is nothing to undo", "change the line by hand", "cart")
        now = self._open_cart()
        then = self._changed[0] or msgspec.structs.replace(
            now, lines=(), discounts=(), customer=None, sections={}, note=""
        )
        for permission in _needed(now, then):
            self.pos.permissions.require(permission, "undo")
        cart = msgspec.structs.replace(then, id=now.id, name=now.name, opened=now.opened, actor=now.actor,
                                       commands=now.commands, next_line=max(now.next_line, then.next_line))  # fmt: skip
        before, after = (self._price(one).total for one in (now, cart))
        fact = ChangeUndone(sale=now.id, shift=self.shifts.current(), currency=now.currency, before=before, after=after,
                            of="" if then.id == now.id else then.id)  # fmt: skip
        return self._change(cart, command, "line", fact)

    @command
    def note(self, line_id: str | None, text: str, command: str = "") -> Answer:
        """Write a note on a line or on the whole cart."""
        done = self._begin("register.sell", command)
        if done:
            return done
        if len(text) > 500:
            raise UserError("note: it has more than 500 characters", "shorten it", "note")
        cart = self._need_cart()
        if line_id is None:
            cart = msgspec.structs.replace(cart, note=text)
        else:
            cart = self._replace_line(cart, msgspec.structs.replace(self._need_line(line_id), note=text))
        return self._change(cart, command, "line", line=line_id or "")

    @command
    def customer(self, customer: CustomerRef | None, command: str = "") -> Answer:
        """Attach a customer to the cart, or take it off."""
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        if not fits(customer):
            raise UserError("the customer's texts are too long", "shorten them", "customer")
        cart = msgspec.structs.replace(self._open_cart(), customer=customer)
        return self._change(cart, command, "customer", text=customer.name if customer else "")

    @command
    def attach(self, data: Attach, command: str = "") -> Answer:
        """Put data of a plugin (a coupon) into its section of the cart; once per key."""
        done = self._begin("register.sell", command)
        if done:
            return done
        self._not_tendering()
        cart = self._open_cart()
        section = dict(cart.sections.get(data.plugin, {}))
        if data.key in section:
            raise UserError(f"{data.title or data.key} is on this cart already", "", "code")
        section[data.key] = data.data
        if not fits(section):
            raise UserError(f"{(data.title or data.key)[:60]!r} is too much for a cart", "leave it out", "code")
        cart = msgspec.structs.replace(cart, sections={**cart.sections, data.plugin: section})
        return self._change(cart, command, "line", text=data.title)

    @command
    def keep(self, plugin: str, key: str, value: Any, command: str = "") -> Answer:
        """Set a plugin's datum on the open cart, also while it is being paid (how the receipt is wanted)."""
        done = self._begin("register.sell", command)
        if done:
            return done
        cart = self._need_cart()
        section = {**cart.sections.get(plugin, {}), key: value}
        if not fits(section):
            raise UserError("that is too long to keep with the sale", "shorten it", key)
        cart = after(msgspec.structs.replace(cart, sections={**cart.sections, plugin: section}), command)
        self.pos.journal.save_carts((self.name, OPEN, cart), durable=False)
        if self._changed is not None and self._changed[1] is self.cart:  # the change before it can still be undone
            then = self._changed[0] and msgspec.structs.replace(
                self._changed[0], sections={**self._changed[0].sections, plugin: section}
            )
            self._changed = (then, cart)
        self.cart = cart  # nothing is priced anew: what is being paid stays what it is
        return Answer(cart=cart, priced=self.priced or self._price(cart), text=key)


def _needed(now: Cart, then: Cart) -> list[str]:
    """Return what somebody must be allowed to do to make one cart out of another by hand."""
    after = {line.id: line for line in then.lines}
    fewer = any(line.id not in after or abs(after[line.id].qty) < abs(line.qty) for line in now.lines)
    overridden = {line.id for line in now.lines if line.source == "override"}
    priced = any(line.source == "override" and line.id not in overridden for line in then.lines)
    given = not set(then.discounts) <= set(now.discounts)
    known = {line.id: line.qty for line in now.lines}
    back = [line for line in then.lines if line.qty < min(known.get(line.id, 0), 0)]
    wanted = (("register.void_line", fewer), ("register.override_price", priced), ("register.discount", given),
              ("register.return", any(line.returns for line in back)),
              ("register.return_without_receipt", not all(line.returns for line in back)))  # fmt: skip
    return [permission for permission, needed in wanted if needed]
