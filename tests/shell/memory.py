"""A register in memory with the goods of the pictures: enough money to test the screens against."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from genesis.kernel.errors import Confirm, Refused, UnknownCode, UserError
from genesis.kernel.facts import Row
from genesis.kernel.money import Money, extended, rate
from genesis.shell.vm import till as t
from genesis.shell.words import locale
from tests.shell.wares import CATEGORIES, GOODS

ALL = frozenset({
    "customer.attach", "line.quantity", "line.price", "line.discount", "cart.discount", "line.void", "line.extras",
    "cart.hold", "cart.split", "cart.recall", "cart.cancel", "sale.return", "return.loose", "receipt.reprint",
    "drawer.open", "sale.pay", "till.training",
})  # fmt: skip


def code(number: int) -> str:
    """Return the code of the item at a place in GOODS."""
    return f"9520000{number:05d}"


class _Line(msgspec.Struct):
    id: str
    item: int
    qty: int
    price: int
    off: int = 0
    sold: str = ""
    note: str = ""


class _Cart(msgspec.Struct):
    name: str
    lines: list[_Line]
    off: int = 0
    customer: t.Customer | None = None
    paid: list[t.Amount] = []


class MemoryTill:
    """A Till. Prices without tax, 8 % on top; amounts in dollars."""

    def __init__(self) -> None:
        self.cart = _Cart("Sale A", [])
        self.aside: list[_Cart] = []
        self.sold: dict[str, tuple[t.Receipt, list[_Line]]] = {}
        self.offered = set(ALL)
        self.calls: list[str] = []
        self.age_check: int | None = None
        self.slots: dict[str, tuple[t.Label, ...]] = {}
        self.numbers = 0
        self.polls = 0  # how often a card payment answers "not yet"
        self.declines = False
        self.reasons: tuple[str, ...] = ()
        self.asked: tuple[str, Money] | None = None
        self.medium = "print"
        self.loses = False  # the answer to the next card payment never comes
        self.lost: tuple[str, Money] | None = None
        self.answers_next = "unknown"
        self.voided: list[_Line] | None = None
        self.tip_back, self.foreign = 0, False  # foreign: Canadian dollars are taken, at 0.92

    def answering(self, answers: Mapping[str, str]) -> AbstractContextManager[object]:
        self.answers = dict(answers)
        return nullcontext()

    def store(self) -> t.Store:
        return t.Store(name="Main St. store", register="Register 1", currency="USD", locale=locale())

    def person(self) -> str:
        return "Ana"

    def offers(self, command: str) -> bool:
        return command in self.offered

    def usd(self, minor: int) -> Money:
        return Money(minor, "USD")

    def _amount(self, line: _Line) -> int:
        return extended(line.qty, line.price, 2) - line.off

    def _totals(self, cart: _Cart) -> tuple[int, int, int]:
        base = sum(self._amount(line) for line in cart.lines)
        taxed = base - cart.off
        tax = int((Decimal(taxed) * 8 / 100).quantize(Decimal(1), ROUND_HALF_UP))
        return base, tax, taxed + tax

    def sale(self) -> t.Sale:
        cart = self.cart
        base, tax, total = self._totals(cart)
        paid = sum(a.amount.minor for a in cart.paid)
        return t.Sale(
            id="s1", name=cart.name, lines=tuple(self._shown(line) for line in cart.lines), subtotal=self.usd(base),
            total=self.usd(total), due=self.usd(total - paid), customer=cart.customer, tenders=tuple(cart.paid),
            discounts=(t.Amount(text="Discount on all", amount=self.usd(-cart.off)),) if cart.off else (),
            taxes=(t.Amount(text="Tax 8%", amount=self.usd(tax)),) if cart.lines else (),
        )  # fmt: skip

    def _shown(self, line: _Line) -> t.Line:
        goods = GOODS[line.item]
        off = (t.Amount(text="Discount", amount=self.usd(-line.off)),) if line.off else ()
        return t.Line(
            id=line.id, item=f"m:{line.item}", name=goods[0], qty=line.qty, unit=goods[2] or "pcs", price=line.price,
            amount=self.usd(self._amount(line)), adjustments=off, returned=line.qty < 0,
            notes=(line.note,) if line.note else (),
        )  # fmt: skip

    def panels(self, slot: str) -> tuple[t.Label, ...]:
        return self.slots.get(slot, ())

    def categories(self) -> tuple[t.Category, ...]:
        return tuple(t.Category(id=name.lower(), name=name, tint=name.lower()) for name in CATEGORIES)

    def _tile(self, number: int) -> t.Tile:
        name, price, per, icon, tint, note, badge = GOODS[number]
        tone, _, text = badge.partition(":")
        label = t.Label(text=text, tone=tone) if badge else None  # type: ignore[arg-type]
        return t.Tile(
            item=f"m:{number}", name=name, price=price, per=per, icon=icon, tint=tint, note=note, badge=label,
            enabled=tone != "off", detail=code(number),
        )  # fmt: skip

    def tiles(self, category: str, offset: int, limit: int) -> t.Tiles:
        found = [i for i, goods in enumerate(GOODS) if category in {"", goods[4]}]
        return t.Tiles(tiles=tuple(self._tile(i) for i in found[offset : offset + limit]), total=len(found))

    def search(self, text: str, limit: int) -> tuple[t.Tile, ...]:
        self.calls.append(f"search {text}")
        words = text.casefold().split()
        found = (i for i, goods in enumerate(GOODS) if all(w in goods[0].casefold() for w in words))
        return tuple(self._tile(i) for i in found)[:limit]

    def scan(self, code: str, qty: int | None = None, *, confirmed: bool = False) -> str:
        self.calls.append(f"scan {code}")
        if code == "CARD1":
            self.attach("p:1")
            return ""
        if not (code.isascii() and code.isdigit() and code.startswith("9520000") and int(code[7:]) < len(GOODS)):
            raise UnknownCode(f"{code[:20]} is not known", "the lines stay; search by name")
        return self.add(f"m:{int(code[7:])}", qty, confirmed=confirmed)

    def add(self, item: str, qty: int | None = None, price: int | None = None, *, confirmed: bool = False) -> str:
        number = int(item[2:])
        price = GOODS[number][1] if price is None else price
        if price is None:
            raise Refused("Gift card has no price", "press F5 and type one")
        if self.age_check == number and not confirmed:
            raise Confirm("Is the customer 18?", "Born on or before today 18 years ago")
        for line in self.cart.lines:
            if line.item == number and not line.off and not line.sold and (qty or 1) > 0 and line.qty > 0:
                line.qty += qty or 1000
                return line.id
        line = _Line(f"L{len(self.cart.lines) + 1}-{self.numbers}", number, qty or 1000, price)
        self.cart.lines.append(line)
        return line.id

    def _line(self, line: str) -> _Line:
        return next(own for own in self.cart.lines if own.id == line)

    def set_quantity(self, line: str, qty: int, *, confirmed: bool = False) -> None:
        self._line(line).qty = qty

    def reprice(self, line: str, *, confirmed: bool = False) -> None:
        """Nothing comes with goods here."""

    def set_price(self, line: str, e4: int, *, confirmed: bool = False) -> None:
        self._line(line).price = e4

    def discount(self, line: str, percent: str, amount: str, reason: str, *, confirmed: bool = False) -> None:
        if self.reasons and reason not in self.reasons:
            raise Refused("A reason must be given", f"use one of: {', '.join(self.reasons)}", "reason")
        own = self._line(line) if line else None
        base = self._amount(own) if own else self._totals(self.cart)[0]
        if percent:
            if rate(percent) > 50:
                raise Refused("50 % is the most that may be taken off", "ask a manager", "percent")
            off = int((Decimal(base) * rate(percent) / 100).quantize(Decimal(1), ROUND_HALF_UP))
        else:
            off = Money.parse(amount, "USD").minor
        if own:
            own.off = off
        else:
            self.cart.off = off

    def void(self, line: str) -> None:
        self.voided = list(self.cart.lines)
        self.cart.lines.remove(self._line(line))

    def undo(self) -> None:
        if self.voided is None:
            raise Refused("there is nothing to undo", "change the line by hand")
        self.cart.lines, self.voided = self.voided, None

    def note(self, line: str, text: str) -> None:
        self._line(line).note = text

    def why(self, line: str) -> tuple[Row, ...]:
        return (("title", GOODS[self._line(line).item][0], ""),)

    def cancel(self) -> None:
        self.cart, self.voided = _Cart(self._next_name(), []), self.cart.lines

    def _next_name(self) -> str:
        return f"Sale {chr(ord(self.cart.name[-1]) + 1)}"

    def hold(self) -> t.Held:
        cart, self.cart = self.cart, _Cart(self._next_name(), [])
        self.aside.insert(0, cart)
        return self._held(cart)

    def _held(self, cart: _Cart) -> t.Held:
        at = datetime(2026, 3, 1, 10, 42, tzinfo=UTC)
        return t.Held(
            id=cart.name, name=cart.name, items=len(cart.lines), total=self.usd(self._totals(cart)[2]), at=at,
            customer=cart.customer.name if cart.customer else "",
        )  # fmt: skip

    def split(self, lines: dict[str, int], *, confirmed: bool = False) -> t.Held:
        moved = _Cart(self._next_name(), [])
        for line in [line for line in self.cart.lines if line.id in lines]:
            moved.lines.append(msgspec.structs.replace(line, qty=lines[line.id]))
            line.qty -= lines[line.id]
        self.cart.lines = [line for line in self.cart.lines if line.qty]
        self.aside.append(moved)
        return self._held(moved)

    def held_count(self) -> int:
        return len(self.aside)

    def held(self) -> tuple[t.Held, ...]:
        return tuple(self._held(cart) for cart in self.aside)

    def recall(self, held: str) -> None:
        cart = next(c for c in self.aside if c.name == held)
        self.aside.remove(cart)
        if self.cart.lines:
            self.aside.insert(0, self.cart)
        self.cart = cart

    def customers(self, text: str, limit: int) -> tuple[t.Customer, ...]:
        people = (
            t.Customer(ref="p:1", name="María González", detail="Gold · 1,240 points", badge="−5%"),
            t.Customer(ref="p:2", name="Lena Kovač", detail="5550142"),
        )
        return tuple(c for c in people if text.casefold() in f"{c.name} {c.detail} CARD1".casefold())[:limit]

    def attach(self, customer: str) -> None:
        self.cart.customer = next((c for c in self.customers("", 9) if c.ref == customer), None)

    def find_receipt(self, number: str) -> t.SoldSale:
        if number not in self.sold:
            raise UserError(f"Receipt {number[:20]} is not known here", "check the number on the paper", "receipt")
        receipt, lines = self.sold[number]
        back = {line.sold: line.qty for line in self.cart.lines}
        return t.SoldSale(
            number=number, at=datetime(2026, 3, 1, 10, 42, tzinfo=UTC), total=receipt.total,
            lines=tuple(
                t.SoldLine(
                    id=line.id, name=GOODS[line.item][0], qty=line.qty, returnable=line.qty + back.get(line.id, 0),
                    unit=GOODS[line.item][2] or "pcs", amount=self.usd(self._amount(line)),
                )
                for line in lines
            ),
        )  # fmt: skip

    def return_lines(self, number: str, lines: dict[str, int], *, confirmed: bool = False) -> None:
        for line in self.sold[number][1]:
            if line.id in lines:
                new = f"R{len(self.cart.lines) + 1}-{self.numbers}"
                self.cart.lines.append(_Line(new, line.item, -lines[line.id], line.price, 0, line.id))

    def methods(self, share: int = 0) -> tuple[t.Method, ...]:
        due = self.usd(share) if share else self.sale().due
        asks = Money(-(-due.minor * 100 // 92), "CAD")
        abroad = t.Method(id="cash_cad", title="Cash CAD", icon="banknote", due=due, cash=True, asks=asks)
        return (
            t.Method(
                id="cash",
                title="Cash",
                icon="banknote",
                due=due,
                detail="Drawer opens",
                cash=True,
                tip_back=self.tip_back,
            ),
            *((abroad,) if self.foreign else ()),
            t.Method(id="card", title="Card", icon="credit-card", due=due, detail="Terminal", tips=True),
            t.Method(id="voucher", title="Voucher", icon="gift", due=due),
        )

    def media(self) -> tuple[t.Medium, ...]:
        known = (("print", "Print", "printer"), ("email", "E-mail", "mail"), ("none", "None", "x"))
        return tuple(t.Medium(id=i, title=title, icon=icon, chosen=i == self.medium) for i, title, icon in known)

    def choose_medium(self, medium: str) -> None:
        self.medium = medium

    def tender(self, method: str, amount: Money, *, tip: int = 0, share: int = 0, confirmed: bool = False) -> t.Taken:
        self.calls.append(f"tender {method} {amount}" + (f" tip {tip}" if tip else ""))
        if method == "card" and self.polls:
            self.asked = (method, amount)
            return t.Taken(waiting=True)
        return self._take(method, min(amount, self.usd(share)) if share else amount)

    def _take(self, method: str, amount: Money) -> t.Taken:
        due = self.sale().due
        part = due if abs(amount.minor) >= abs(due.minor) else amount
        if part != due:
            title = next(m.title for m in self.methods() if m.id == method)
            self.cart.paid = [*self.cart.paid, t.Amount(text=title, amount=part)]
            return t.Taken()
        self.numbers += 1
        rows = [("centre", "Main St. store", ""), ("rule", "", "")]
        rows += [("text", line.name, self.usd(line.amount.minor).__str__()) for line in self.sale().lines]
        rows += [("rule", "", ""), ("title", "Total", str(self.sale().total))]
        receipt = t.Receipt(
            sale="s1", number=f"R1-{self.numbers:08d}", total=self.sale().total, tendered=amount,
            change=amount - part, rows=tuple(rows),
        )  # fmt: skip
        self.sold[receipt.number] = (receipt, self.cart.lines)
        self.cart = _Cart(self._next_name(), [])
        return t.Taken(receipt=receipt)

    def worth(self, method: str, amount: Money, share: int = 0) -> tuple[Money, Money]:
        worth = amount.minor * 92 // 100
        return self.usd(worth), self.usd(worth - self.sale().due.minor)

    def settle(self) -> t.Taken:
        self.polls -= 1
        if self.polls > 0:
            return t.Taken(waiting=True)
        asked, self.asked = self.asked, None
        if self.loses:
            self.lost, self.loses = asked, False
            raise Refused("The payment has an unknown outcome", "ask the provider again", "payment")
        if asked is None or self.declines:
            raise Refused("The payment was declined", "pay another way", "payment")
        return self._take(*asked)

    def unclear(self) -> tuple[t.Unclear, ...]:
        if self.lost is None:
            return ()
        return (t.Unclear(id="a1", title="Card", amount=self.lost[1]),)

    def ask_payment(self, payment: str) -> object:
        return self.answers_next

    def book_payment(self, payment: str, answer: object) -> t.Taken:
        if answer == "unknown":
            raise Refused("The provider does not know either", "ask again later, or decide", "payment")
        return self.decide_payment(payment, "", charged=answer == "approved")

    def take_back(self, place: int, *, confirmed: bool = False) -> t.Taken:
        self.calls.append(f"take back {self.cart.paid.pop(place).text}")
        return t.Taken()

    def decide_payment(self, payment: str, reason: str, *, charged: bool) -> t.Taken:
        self.calls.append(f"decide {payment} {charged} {reason}".strip())
        asked, self.lost = self.lost, None
        return self._take(*asked) if charged and asked else t.Taken()

    def stop_waiting(self) -> None:
        self.calls.append("stop")
        self.declines, self.polls = True, 0

    def last_receipt(self) -> t.Receipt | None:
        return list(self.sold.values())[-1][0] if self.sold else None

    def reprint(self) -> t.Receipt:
        self.calls.append("reprint")
        last = self.last_receipt()
        assert last is not None
        return msgspec.structs.replace(last, rows=(("centre", "COPY 1", ""), *last.rows))

    def train(self) -> bool:
        self.calls.append("train")
        return self.calls.count("train") % 2 == 1

    def open_drawer(self) -> None:
        self.calls.append("drawer")
