"""A cashier who knows what the register must remember: types commands, reads the answers, keeps a model of the shop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.torture.nursery import Child

GOODS = {  # code -> name, price in ten-thousandths, tax class
    "9521234000013": ("Apple", 12_500, ""),
    "9521234000020": ("Bread", 33_300, "std"),
    "9521234000037": ("Cheese", 99_900, "std"),
}
_PRICES = {name: price for name, price, _ in GOODS.values()}
Back = tuple[str, str] | None  # receipt, line
END_OF_HELP = "CODE | "  # how the answer to `help` begins


@dataclass(frozen=True)
class Line:
    """A line of a cart or a receipt; qty in thousandths."""

    id: str
    name: str
    qty: int
    back: Back = None

    @property
    def amount(self) -> int:
        """Minor units, half away from zero; whole pieces and whole lines come back at what they cost."""
        size = (abs(self.qty) * _PRICES[self.name] * 2 + 100_000) // 200_000
        return size if self.qty > 0 else -size


@dataclass(frozen=True)
class Cart:
    """A cart as the register must keep it."""

    lines: tuple[Line, ...] = ()
    paid: tuple[int, ...] = ()
    next_line: int = 1

    @property
    def due(self) -> int:
        """What is left to pay."""
        return sum(line.amount for line in self.lines) - sum(self.paid)


@dataclass(frozen=True)
class Shop:
    """Everything a till must remember: receipts in order, the open cart, the carts put aside."""

    receipts: tuple[Cart, ...] = ()
    cart: Cart = field(default_factory=Cart)
    held: tuple[tuple[str, Cart], ...] = ()

    @staticmethod
    def number(index: int) -> str:
        """The number of a receipt."""
        return f"R1-{index + 1:08d}"

    def seen(self) -> dict[str, Any]:
        """The same in the form in which a look at the store tells it."""
        carts = dict(self.held) | ({"open": self.cart} if self.cart.lines else {})
        return {
            "receipts": [
                {"number": self.number(i), "lines": [[*_row(x), x.amount] for x in sale.lines],
                 "total": sum(x.amount for x in sale.lines), "paid": list(sale.paid)}
                for i, sale in enumerate(self.receipts)
            ],
            "carts": {slot: {"lines": [_row(x) for x in cart.lines], "paid": list(cart.paid)}
                      for slot, cart in carts.items()},
        }  # fmt: skip

    def returnable(self) -> list[tuple[str, Line, int]]:
        """Receipts' lines of which something can come back, and how much."""
        back: dict[Back, int] = {}
        for sale in (*self.receipts, self.cart):
            for line in sale.lines:
                if line.back is not None:
                    back[line.back] = back.get(line.back, 0) - line.qty
        found = [
            (self.number(i), line, line.qty - back.get((self.number(i), line.id), 0))
            for i, sale in enumerate(self.receipts)
            for line in sale.lines
            if line.back is None
        ]
        return [row for row in found if row[2] > 0]


def _row(line: Line) -> list[Any]:
    return [line.id, line.name, line.qty, list(line.back) if line.back else None]


@dataclass(frozen=True)
class Deed:
    """A command, the shop after it, and how its answer must begin or end."""

    text: str
    after: Shop
    answer: str
    durable: bool = False  # whether a power cut after the answer may take it back
    last: str = ""  # how the last line of a longer answer begins


def scan(shop: Shop, code: str, count: str = "1") -> Deed:
    """Scan a code so many times (up to 3 decimals)."""
    cart, name = shop.cart, GOODS[code][0]
    line = Line(str(cart.next_line), name, _milli(count))
    after = replace(cart, lines=(*cart.lines, line), next_line=cart.next_line + 1)
    return Deed(code if count == "1" else f"{count}*{code}", replace(shop, cart=after), f"{line.id}: {name} ")


def quantity(shop: Shop, count: str) -> Deed:
    """Change the quantity of the last line."""
    *others, last = shop.cart.lines
    after = replace(shop.cart, lines=(*others, replace(last, qty=_milli(count))))
    return Deed(f"qty {count}", replace(shop, cart=after), f"{last.id}: {last.name} ")


def void(shop: Shop, line: Line) -> Deed:
    """Take a line off."""
    after = replace(shop.cart, lines=tuple(x for x in shop.cart.lines if x is not line))
    return Deed(f"void {line.id}", replace(shop, cart=after), f"Void: {line.name} ", True)


def hold(shop: Shop, name: str) -> Deed:
    """Put the cart aside."""
    return Deed(f"hold {name}", replace(shop, cart=Cart(), held=(*shop.held, (name, shop.cart))), f"Held: {name}", True)


def recall(shop: Shop, name: str) -> Deed:
    """Bring a cart back."""
    held = dict(shop.held)
    cart = held.pop(name)
    return Deed(f"recall {name}", replace(shop, cart=cart, held=tuple(held.items())), f"Recalled: {name} ", True)


def cancel(shop: Shop) -> Deed:
    """Give the cart up."""
    return Deed("cancel", replace(shop, cart=Cart()), "Cancelled: ", True)


def give_back(shop: Shop, number: str, line: Line, qty: int) -> Deed:
    """Put something that was sold on the cart as a return."""
    cart = shop.cart
    back = Line(str(cart.next_line), line.name, -qty, (number, line.id))
    after = replace(cart, lines=(*cart.lines, back), next_line=cart.next_line + 1)
    text = f"return {number} {line.id}*{qty // 1000}.{qty % 1000:03d}"
    return Deed(text, replace(shop, cart=after), f"{back.id}: {line.name} ")


def pay_part(shop: Shop, amount: int) -> Deed:
    """Pay less than what is due."""
    after = replace(shop.cart, paid=(*shop.cart.paid, amount))
    return Deed(f"cash {_money(amount)}", replace(shop, cart=after), f"Due: {_money(after.due)}", True)


def pay(shop: Shop, extra: int = 0) -> Deed:
    """Pay the rest (or pay it back), perhaps with money to change."""
    due = shop.cart.due
    after = replace(shop.cart, paid=(*shop.cart.paid, due))
    text = "cash exact" if not extra else f"cash {_money(due + extra)}"
    number = shop.number(len(shop.receipts))
    return Deed(text, replace(shop, cart=Cart(), receipts=(*shop.receipts, after)), "", True, f"Receipt: {number}")


def ask(shop: Shop, text: str) -> Deed:
    """Ask for something that changes nothing and is answered by many lines; `help` marks their end."""
    return Deed(f"{text}\nhelp", shop, "", last=END_OF_HELP)


def any_deed(shop: Shop, random: Random) -> Deed:
    """Return something a cashier may do now."""
    cart = shop.cart
    if cart.paid:
        if cart.due > 1 and random.random() < 0.3:
            return pay_part(shop, random.randrange(1, cart.due))
        return _pay(shop, random)
    if not cart.lines:
        if shop.held and random.random() < 0.4:
            return recall(shop, random.choice(shop.held)[0])
        if (sold := shop.returnable()) and random.random() < 0.25:
            return _give_back(shop, random, *random.choice(sold))
        if shop.receipts and random.random() < 0.1:
            return ask(shop, random.choice(["x", f"reprint {shop.number(random.randrange(len(shop.receipts)))}"]))
        return _scan(shop, random)
    deeds = [_scan(shop, random)]
    if cart.due:
        deeds += [_pay(shop, random)] * 2
    if cart.due > 1:
        deeds.append(pay_part(shop, random.randrange(1, cart.due)))
    if cart.lines[-1].back is None:
        deeds.append(quantity(shop, random.choice(["1", "2", "3.5", "12"])))
    if len(cart.lines) > 1:  # a cart that was emptied goes on counting its lines, until a restart
        deeds.append(void(shop, random.choice(cart.lines)))
    if not any(line.back for line in cart.lines):  # what is on a held return may be returned elsewhere meanwhile
        deeds.append(hold(shop, f"K{random.randrange(10**6)}"))
    deeds.append(cancel(shop))
    return random.choice(deeds)


def _scan(shop: Shop, random: Random) -> Deed:
    return scan(shop, random.choice(list(GOODS)), random.choice(["1", "1", "2", "0.125", "3"]))


def _give_back(shop: Shop, random: Random, number: str, line: Line, left: int) -> Deed:
    """Whole pieces where only whole ones were sold, else all of it: then the figures are easy to know."""
    pieces = left // 1000 if line.qty % 1000 == 0 else 0
    return give_back(shop, number, line, 1000 * random.randint(1, pieces) if pieces else left)


def _pay(shop: Shop, random: Random) -> Deed:
    return pay(shop, random.choice([0, 0, 100]) if shop.cart.due > 0 else 0)


def _milli(count: str) -> int:
    whole, _, rest = count.partition(".")
    return int(whole) * 1000 + int((rest + "000")[:3])


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


class Register:
    """The cashier's side of a till: one command after the other, every answer read and judged."""

    def __init__(self, child: Child, shop: Shop) -> None:
        self.child, self.shop = child, shop
        self.under_way: Deed | None = None  # typed, not answered
        self.acknowledged: list[str] = []  # receipt numbers shown
        self.refused: list[str] = []  # refusals: what they were about has not happened
        self.wrong: list[str] = []  # answers that were none

    def do(self, deed: Deed) -> bool:
        """Type a command and read its answer; False when the till ended meanwhile."""
        self.under_way = deed
        self.child.write(deed.text)
        while (line := self.child.read()) is not None:
            if line.startswith("Receipt: "):
                self.acknowledged.append(line.removeprefix("Receipt: "))
            if line.startswith("Refused: "):
                self.refused.append(f"{deed.text!r}: {line}")
                ended = not deed.last.startswith(END_OF_HELP)  # what follows help is still to come
            elif ended := line.startswith(deed.last or deed.answer):
                self.shop = deed.after
            elif ended := _ends(line) or (bool(line) and not deed.last and not line.startswith("Resumed: ")):
                self.wrong.append(f"{deed.text!r} was answered {line!r}")
            if ended:
                self.under_way = None
                return True
        return False

    def leave(self) -> int:
        """Type `quit`, read what is left and return the exit code."""
        self.child.write("quit")
        while (line := self.child.read()) is not None:
            if line.startswith("Receipt: "):
                self.acknowledged.append(line.removeprefix("Receipt: "))
        return self.child.end()

    def settle(self, seen: dict[str, Any]) -> list[str]:
        """After the end: take over what the store remembers; returns what cannot be.

        It must be the shop as of the last answer, or with the command that was under way done completely.
        """
        faults = self.wrong + self.refused
        numbers = [receipt["number"] for receipt in seen["receipts"]]
        faults += [f"{number} was acknowledged and is not in the journal" for number in self.acknowledged
                   if numbers.count(number) != 1]  # fmt: skip
        states = [self.shop] + ([self.under_way.after] if self.under_way else [])
        found = next((state for state in states if same(state.seen(), seen)), None)
        if found is None:
            allowed = " or ".join(_tail(state.seen()) for state in states)
            faults.append(f"the store remembers {_tail(seen)}, it must be {allowed}")
        else:
            self.shop = found
        self.under_way = None
        return faults


def same(expected: dict[str, Any], seen: dict[str, Any]) -> bool:
    """Whether a look at a store found what a model says."""
    return bool(expected["receipts"] == seen["receipts"] and expected["carts"] == seen["carts"])


def _ends(line: str) -> bool:
    """Whether nothing can follow in an answer, be it the expected one or not."""
    return line.startswith(("Receipt: ", "Due: "))


def _tail(state: dict[str, Any]) -> str:
    return f"{len(state['receipts'])} receipts, the last {state['receipts'][-1:]}, carts {state['carts']}"
