"""The text register: one command a line or one code of a scanner, one answer a line, every answer flushed."""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO, TextIO

from genesis.console.approving import Ask, approving
from genesis.console.options import chosen
from genesis.kernel.cart import Cart, CustomerRef
from genesis.kernel.desk import Answer
from genesis.kernel.errors import UnknownCode, UserError
from genesis.kernel.money import Money, decimal, plain, price_text, quantity, quantity_text, unit_price
from genesis.kernel.receipt import printable, text
from genesis.kernel.register import Register
from genesis.plugin.app import App

LONGEST = 65_536
BLANKS = " \t\r\n"  # and not the separators that a scanner sends inside a code
_COUNTED = re.compile(r"([0-9]+(?:\.[0-9]+)?)\*(.+)", re.ASCII | re.DOTALL)
_MISCOUNTED = re.compile(r"(?=[^*]*\d)([-+\d.,eE ]+)\*.+", re.DOTALL)  # `1e99*CODE`: meant as a quantity, and none
_ALONE = frozenset({"cancel", "help", "unpay", "x"})  # `cancel 2` meant something else
HELP = (
    "CODE | N*CODE | CODE +OPTION +OPTION | extras [+OPTION] | qty N | price A | discount P%|A | void [LINE] | "
    "customer CODE | hold [NAME] | split N | split LINE*[N] ... | recall [NAME] | cash A|exact [tip T] | "
    "pay METHOD [A] [tip T] | unpay | tip A | complete [right|wrong] | return RECEIPT [LINE[*N]] | cancel | reprint | "
    "training on|off | x | help | quit"
)


def _so_many(cart: Cart | None) -> str:
    count = len(cart.lines) if cart else 0
    return f"{count} lines"  # of one too: programs read these answers


class Till:
    """Reads commands and answers them; `refused` counts the refusals.

    ask: asks at a terminal who approves what the cashier may not; None where nobody is there. Codes of scanners on the
    device desk come in a thread of theirs: one after the other with what is typed, and nobody is asked about them.
    """

    def __init__(self, app: App, out: TextIO, ask: Ask | None = None) -> None:
        self.app, self._out, self._ask = app, out, ask
        self.refused = 0
        self._turn = threading.Lock()
        self._deaf: Callable[[], None] = lambda: None
        self._commands: dict[str, Callable[[str], str]] = {
            "qty": self._quantity, "extras": self._extras, "price": self._price, "discount": self._discount,
            "void": self._void, "customer": self._customer, "hold": self._hold, "split": self._split,
            "recall": self._recall, "cash": self._cash, "pay": self._pay, "return": self._return,
            "tip": self._late_tip, "unpay": self._unpay, "complete": self._complete, "cancel": self._cancel,
            "reprint": self._reprint, "training": self._train, "x": self._x, "help": lambda _: HELP,
        }  # fmt: skip

    @property
    def register(self) -> Register:
        """The register as it is now (a soft restart makes a new one)."""
        if self.app.register is None:
            raise UserError("this is not a register", "open it with `genesis till`")
        return self.app.register

    def run(self, source: BinaryIO) -> int:
        """Serve until `quit` or the end of input; returns the exit code."""
        cart = self.register.cart
        if cart is not None and cart.lines:
            self._say(f"Resumed: {_so_many(cart)}")
        self.app.on_restart = self._hear
        self._hear()
        try:
            self._serve_all(source)
        finally:
            self.app.on_restart = lambda: None
            self._deaf()
        cart = self.register.cart
        if cart is not None and cart.lines:
            self._say(f"Kept: {_so_many(cart)}")
        return 1 if self.refused else 0

    def _serve_all(self, source: BinaryIO) -> None:
        for line in _lines(source):
            if line is None:
                self._refuse("line: it is not text of at most 65536 bytes: scan it again")
            elif line.strip(BLANKS) == "quit":
                break
            else:
                self.serve(line.strip(BLANKS))

    def _hear(self) -> None:
        """Hear the scanners of the house as it is now."""
        self._deaf = self.app.pos.devices.on_code(self._heard)

    def _heard(self, code: str) -> None:
        self._do(code, lambda _: self._line(self.register.scan(code)))  # whatever it says, it is no command

    def serve(self, line: str) -> None:
        """Do one command and answer it."""
        word, _, rest = line.partition(" ")
        command = self._commands.get(word) or self._scans(line)
        if word in _ALONE and rest.strip():
            command = self._surplus(word)
        self._do(line, command, self._ask)

    def _do(self, line: str, command: Callable[[str], str], ask: Ask | None = None) -> None:
        with self._turn:
            self._attempt(line, command, ask)

    def _attempt(self, line: str, command: Callable[[str], str], ask: Ask | None) -> None:
        try:
            if self.app.outdated():  # also after a restart that failed
                self.app.restart()
            rest = line.partition(" ")[2].strip()
            self._say(approving(self.app.pos, ask, lambda: command(rest)))
        except UserError as error:
            why = str(error)
            self._refuse(why if ": " in why else f"{line.partition(' ')[0][:40]}: {why}")
        except Exception:  # a fault of ours: the cashier gets an id, the log the rest
            mark = uuid.uuid4().hex[:8]
            logging.getLogger("genesis").exception("error %s at %r", mark, line[:80])
            self._refuse(f"error {mark}: it was written to the log; the cart is kept, go on or call support")

    def _say(self, answer: str) -> None:
        self._out.write(answer + "\n")
        self._out.flush()

    def _refuse(self, why: str) -> None:
        self.refused += 1
        self._say("Refused: " + printable(why))

    # -- the commands --------------------------------------------------------------------------------------

    def _money(self, typed: str, field: str) -> int:
        return Money.parse(typed, self.register.currency, field).minor

    def _amount(self, minor: int) -> str:
        return plain(minor, self.register.digits)

    def _last_line(self) -> str:
        cart = self.register.cart
        if cart is None or not cart.lines:
            raise UserError("the cart is empty", "scan something first", "line")
        return cart.lines[-1].under or cart.lines[-1].id

    def _scans(self, line: str) -> Callable[[str], str]:
        return (lambda _: self._scan(line)) if line else self._total

    def _surplus(self, word: str) -> Callable[[str], str]:
        def refuse(rest: str) -> str:
            what = f"{word}: {rest[:40]!r} does not belong here"
            raise UserError(what, f"type `{word}` alone, or `help` for all commands", "line")

        return refuse

    def _total(self, _rest: str) -> str:
        cart, priced = self.register.cart, self.register.priced
        if priced is None and cart is not None and cart.lines:
            raise UserError("the cart cannot be priced now", "the next scan says why", "cart")
        return f"Total: {self._amount(priced.total if priced else 0)}"

    def _scan(self, typed: str) -> str:
        code, *words = re.split(r"\s+\+", typed)
        counted = _COUNTED.fullmatch(code)
        code, count = (counted[2].strip(), quantity(counted[1])) if counted else (code, None)
        words = [word.strip() for word in words]
        try:
            return self._line(chosen(self.app.pos, words, lambda: self.register.scan(code, count)))
        except UnknownCode:
            wrong = None if counted else _MISCOUNTED.fullmatch(code)
            if wrong is None:
                raise
            what = f"quantity: {wrong[1][:40]!r} cannot stand before a code"
            raise UserError(what, "write digits with a point, such as 2*CODE or 0.125*CODE", "quantity") from None

    def _line(self, answer: Answer) -> str:
        return self._line_text(answer) if answer.line else f"Attached: {printable(answer.text)}"

    def _line_text(self, answer: Answer) -> str:
        if answer.priced is None or answer.cart is None:
            return f"Total: {self._amount(0)}"
        total = f"Total: {self._amount(answer.priced.total)}"
        row = next((r for r in answer.priced.lines if r.line.id == answer.line), None)
        if row is None:
            return total
        line = row.line
        each = "" if line.price is None else f" x {price_text(line.price, self.register.digits)}"
        unit = "" if line.item.unit == "pcs" else f" {line.item.unit}"
        amount = row.figures.base + sum(a.amount for a in row.figures.adjustments)
        name, count = printable(line.item.name), quantity_text(line.qty)
        return f"{line.id}: {name} {count}{unit}{each} = {self._amount(amount)}  {total}"

    def _extras(self, rest: str) -> str:
        words = [word.strip() for word in rest.split("+") if word.strip()]
        line = self._last_line()
        return self._line_text(chosen(self.app.pos, words, lambda: self.register.reprice(line)))

    def _quantity(self, rest: str) -> str:
        return self._line_text(self.register.quantity(self._last_line(), quantity(rest)))

    def _price(self, rest: str) -> str:
        return self._line_text(self.register.override_price(self._last_line(), unit_price(rest)))

    def _discount(self, rest: str) -> str:
        whole, rest = (True, rest[5:]) if rest.startswith("cart ") else (False, rest)
        line = None if whole else self._last_line()
        if rest.endswith("%"):
            percent: Decimal = decimal(rest[:-1].strip(), "discount", 4)
            return self._line_text(self.register.discount(line, percent=percent))
        return self._line_text(self.register.discount(line, amount=self._money(rest, "discount")))

    def _void(self, rest: str) -> str:
        answer = self.register.void(rest or self._last_line())
        left = answer.priced.total if answer.priced else 0
        return f"Void: {printable(answer.text)}  Total: {self._amount(left)}"

    def _customer(self, rest: str) -> str:
        found = self.register.resolve(rest)
        if not isinstance(found, CustomerRef):
            raise UserError(f"{rest[:40]!r} is not a customer", "scan the customer's card", "customer")
        return f"Customer: {printable(self.register.customer(found).text)}"

    def _hold(self, rest: str) -> str:
        return f"Held: {printable(self.register.hold(rest).text)}"

    def _split(self, rest: str) -> str:
        """Offer equal shares (`split 3`), or move lines into a cart of their own (`split 1 2*1`)."""
        parts = rest.split()
        if len(parts) == 1 and parts[0].isascii() and parts[0].isdigit():
            return "Shares: " + ", ".join(map(self._amount, self.register.shares(int(parts[0][:4]))))
        wanted = {}
        for part in parts:
            line, star, count = part.partition("*")
            found = self.register.cart.line(line) if self.register.cart else None
            wanted[line] = quantity(count) if star and count else found.qty if found else 0
        answer = self.register.split(wanted)
        return f"Held: {printable(answer.text)}  Total: {self._amount(answer.priced.total if answer.priced else 0)}"

    def _recall(self, rest: str) -> str:
        answer = self.register.recall(rest)
        total = answer.priced.total if answer.priced else 0
        return f"Recalled: {printable(answer.text)} ({_so_many(answer.cart)})  Total: {self._amount(total)}"

    def _cancel(self, _rest: str) -> str:
        return f"Cancelled: {printable(self.register.cancel().text)}"

    def _cash(self, rest: str) -> str:
        rest, tip = self._tip(rest)
        if not rest:
            raise UserError("cash: an amount is missing", "type `cash 20.00` or `cash exact`", "amount")
        amount = None if rest == "exact" else self._money(rest, "amount")
        return self._paid(self.register.pay("cash", amount, tip=tip))

    def _tip(self, rest: str) -> tuple[str, int]:
        """Return what stands before ` tip T`, and the tip in minor units."""
        before, word, typed = f" {rest}".rpartition(" tip ")
        return (before.strip(), self._money(typed.strip(), "tip")) if word else (rest, 0)

    def _pay(self, rest: str) -> str:
        rest, tip = self._tip(rest)
        method, _, typed = rest.partition(" ")
        if not method:
            raise UserError("pay: a method is missing", "type `pay METHOD [AMOUNT]`", "method")
        currency = self.register.currency_of(method)
        amount = Money.parse(typed.strip(), currency, "amount").minor if typed.strip() else None
        answer = self.register.pay(method, amount, tip=tip)
        if answer.payment is not None:
            found: Answer | None = None
            try:
                while found is None:
                    found = self.register.settle(0.2)
            except KeyboardInterrupt:
                answer.payment.cancel()
                while found is None:
                    found = self.register.settle(0.2)
            answer = found
        return self._paid(answer)

    def _late_tip(self, rest: str) -> str:
        """Put a tip on what is authorised and not taken yet."""
        cart = self.register.cart
        room = [tender for tender in (cart.tenders if cart else ()) if tender.most > tender.amount > 0]
        if not room:
            raise UserError("tip: no payment of this cart can take one any more", "take it another way", "tip")
        return self._paid(self.register.tip(room[0].id, self._money(rest, "tip")))

    def _unpay(self, _rest: str) -> str:
        """Take the last payment out of the cart again; what a card paid goes back by itself."""
        cart = self.register.cart
        if cart is None or not cart.tenders:
            raise UserError("unpay: nothing is paid yet", "take a payment first", "tender")
        with self.app.pos.hooks.confirming(True):
            return self._paid(self.register.take_back(cart.tenders[-1].id))

    def _complete(self, rest: str) -> str:
        """Complete what is paid; `right` or `wrong` says what the signature is."""
        hooks = self.app.pos.hooks
        with hooks.confirming(False, {**hooks.answers, "signature": rest} if rest else None):
            return self._paid(self.register.complete())

    def _paid(self, answer: Answer) -> str:
        if answer.entry is None or answer.sale is None:
            due = f"Due: {self._amount(answer.priced.due if answer.priced else 0)}"
            tenders = answer.cart.tenders if answer.cart and answer.priced and not answer.priced.due else ()
            if any(tender.details.get("signature") == "asked" for tender in tenders):
                return f"{due}  The customer signs: `complete right` or `complete wrong`"
            return f"{due}  Authorised: `tip A`, then `complete`" if tenders else due
        return text(self.register.document(answer.entry)) + f"Receipt: {answer.sale.number}"

    def _return(self, rest: str) -> str:
        number, _, which = rest.partition(" ")
        wanted = None
        if which.strip():
            line, star, count = which.strip().partition("*")
            left = {sold.line: qty for sold, qty in self.register.returnable(number)}
            wanted = {line: quantity(count) if star else left.get(line, 0)}
        answer = self.register.return_lines(number, wanted)
        return self._line_text(answer)

    def _reprint(self, rest: str) -> str:
        return text(self.register.reprint(rest)).rstrip("\n")

    def _train(self, rest: str) -> str:
        if rest not in {"on", "off"}:
            raise UserError("training: it is not said which way", "type `training on` or `training off`", "training")
        self.register.train(on=rest == "on")
        return "Training: nothing is real now" if rest == "on" else "Training is over: sales are real"

    def _x(self, _rest: str) -> str:
        parts = [f"{s.title}: " + ", ".join(f"{label} {value}" for label, value in s.rows)
                 for s in self.register.shifts.x_report()]  # fmt: skip
        return printable("X: " + "; ".join(parts))


def _lines(source: BinaryIO) -> Iterator[str | None]:
    """Yield decoded lines as they come; None for one that is too long or not UTF-8."""
    while raw := source.readline(LONGEST):
        whole = raw.endswith(b"\n") or len(raw) < LONGEST
        while not whole:
            rest = source.readline(LONGEST)
            whole, raw = rest.endswith(b"\n") or len(rest) < LONGEST, b"\xff"
        try:
            yield raw.decode().removeprefix("\ufeff")
        except UnicodeDecodeError:
            yield None
