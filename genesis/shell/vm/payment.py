"""The payment screen: how much, by which method, and what is still due."""

from __future__ import annotations

from functools import partial

from genesis.kernel.errors import UserError
from genesis.kernel.money import Money, exponent, split
from genesis.shell.vm.base import Command, ViewModel
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.numbers import NumberDialog, Preset, Typing, Unit
from genesis.shell.vm.picks import Choice, PickDialog, matching
from genesis.shell.vm.presets import presets
from genesis.shell.vm.till import Label, Medium, Method, Taken, Unclear
from genesis.shell.vm.tips import ask_tip
from genesis.shell.vm.unclear import UnclearPayment
from genesis.shell.words import _

MOST_PERSONS = 100
POLL = 150  # ms between looks at a provider


class PaymentVM(ViewModel):
    """State of the payment screen.

    The amount starts as what is due; typing replaces it. A method without change is charged as soon as it is
    chosen, with the typed amount or what is due. waiting: the method that is being waited for.
    """

    context = "payment"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.till = desk, desk.till
        self.sale = self.till.sale()
        self.methods: tuple[Method, ...] = ()
        self.panels: tuple[Label, ...] = ()
        self.pills: tuple[Label, ...] = ()
        self.media: tuple[Medium, ...] = ()
        self.unclear: tuple[Unclear, ...] = ()
        self.chosen = ""
        self.number = Typing()
        self.waiting: Method | None = None
        self.with_tip = False  # the tip goes back with the goods
        self.persons, self._tenders = 1, 0  # how many share what is due; tenders when it was looked at last
        self.define(
            Command("payment.back", _("Back"), self.back, "undo-2", self._busy),
            Command("payment.complete", _("Complete"), self.complete, "check", self._stuck),
            Command("payment.split", _("Split by persons"), self.split, "users", self._cannot_split),
            Command("payment.receipt", _("Receipt"), self.next_medium, "printer", self._no_media),
            Command("payment.resolve", _("Unclear payment"), self.resolve, "circle-help", self._all_clear),
            Command("payment.tip", _("Tip"), self.tip_late, "hand-coins", self._no_late),
            Command("payment.take_back", _("Take a payment back"), self.take_back, "undo-2", self._nothing_taken),
            Command("payment.stop", _("Stop waiting"), self.stop_waiting, "x"),
            Command("amount.back", _("Erase"), lambda: self.press("back")),
            Command("amount.clear", _("Clear"), lambda: self.press("clear")),
        )
        for place in range(9):
            title = _("Method {n}").format(n=place + 1)
            self.define(Command(f"payment.method.{place + 1}", title, partial(self.choose_at, place), "", self._busy))

    def opened(self) -> None:
        """Read the cart and the ways to pay it."""
        self.refresh()

    def refresh(self) -> None:
        """Read again after a tender; the amount starts anew."""
        self.sale, self.pills = self.till.sale(), self.till.panels("payment.status")
        if len(self.sale.tenders) < self._tenders or not self.sale.due.minor > 0:
            self.persons = 1
        elif len(self.sale.tenders) > self._tenders:
            self.persons = max(self.persons - 1, 1)
        self._tenders = len(self.sale.tenders)
        self.methods = self.till.methods(self.share)
        self.panels, self.media = self.till.panels("payment.summary"), self.till.media()
        self.unclear = self.till.unclear()
        if self.chosen not in {method.id for method in self.methods}:
            back = self.sale.due.minor < 0  # the ways the money came stand first then
            self.chosen = next((m.id for m in self.methods if m.cash or back), next((m.id for m in self.methods), ""))
        self.with_tip = False
        self._propose()
        self.changed()

    def look_at_pills(self) -> None:
        """Show what became of devices and lines meanwhile."""
        pills = self.till.panels("payment.status")
        if pills != self.pills:
            self.pills = pills
            self.changed()

    def _propose(self) -> None:
        self.number = Typing(str(self.asked), exponent(self.asked.currency))

    def _busy(self) -> str:
        return "" if self.waiting is None else _("{method} is still working").format(method=self.waiting.title)

    def _cannot_split(self) -> str:
        return self._busy() or ("" if self.sale.due.minor > 0 else _("Nothing is due"))

    def split(self) -> None:
        """Ask among how many what is due is shared; the shares are paid one after another."""

        def answered(dialog: NumberDialog, number: str, _unit: str) -> None:
            persons = int(number)
            if not 1 <= persons <= MOST_PERSONS:
                dialog.refuse(UserError(_("A hundred can share a sale at most"), _("Type how many pay")))
                return
            dialog.close()
            self.persons = persons
            self.refresh()

        unit = Unit("persons", "", 0, tuple(Preset(n, n) for n in ("2", "3", "4", "5")))
        amount = self.desk.formats.money(self.sale.due)
        self.desk.open(NumberDialog(self.desk, _("Among how many?"), amount, (unit,), answered, str(self.persons)))

    @property
    def share(self) -> int:
        """What of the sale is due now (minor units), 0 for all; the first shares take what does not divide."""
        return split(self.sale.due.minor, [1] * self.persons)[0] if self.persons > 1 else 0

    def _no_media(self) -> str:
        return "" if self.media else _("There is nothing to choose: no receipt printer is set up")

    def next_medium(self) -> None:
        """Take the next way to hand the receipt over."""
        ids = [medium.id for medium in self.media]
        chosen = next((medium.id for medium in self.media if medium.chosen), ids[-1])
        self.choose_medium(ids[(ids.index(chosen) + 1) % len(ids)])

    def choose_medium(self, medium: str) -> None:
        """Choose how the receipt of this sale is handed over."""

        def chosen(_nothing: object) -> None:
            self.media = self.till.media()
            self.changed()

        self.desk.attempt(lambda _ok: self.till.choose_medium(medium), chosen)

    def _all_clear(self) -> str:
        return "" if self.unclear else _("Every payment of this sale is clear")

    def resolve(self) -> None:
        """Find out what became of a payment, or say so."""
        if self.unclear:
            UnclearPayment(self.desk, self.unclear[0], self._cleared).open()

    def _cleared(self, what: Taken) -> None:
        self._taken(what)
        if what.receipt is None:
            self.refresh()

    def _stuck(self) -> str:
        if self.method is None and self.due.minor:
            return _("No plugin offers a way to pay: enable one on the plugin page")
        return self._busy()

    # What is shown -----------------------------------------------------------------------------------------

    @property
    def method(self) -> Method | None:
        """The chosen method."""
        return next((m for m in self.methods if m.id == self.chosen), None)

    @property
    def due(self) -> Money:
        """What is due by the chosen method (cash may be rounded); negative goes back to the customer."""
        return self.method.due if self.method is not None else self.sale.due

    @property
    def refund(self) -> bool:
        """Money goes back."""
        return self.due.minor < 0

    @property
    def owed(self) -> Money:
        """What is due without its sign."""
        return Money(abs(self.due.minor), self.due.currency)

    @property
    def asked(self) -> Money:
        """What is due in what the chosen method takes: foreign cash in its own currency."""
        return self.method.asks if self.foreign and self.method and self.method.asks else self.owed

    @property
    def foreign(self) -> bool:
        """The chosen method is cash of another currency."""
        return self.method is not None and self.method.asks is not None

    @property
    def amount(self) -> Money:
        """What is typed."""
        return Money.parse(self.number.value or "0", self.asked.currency)

    @property
    def worth(self) -> Money:
        """What the typed foreign cash is worth here."""
        return self.till.worth(self.chosen, self.amount, self.share)[0]

    @property
    def change(self) -> Money:
        """What the customer gets back of the typed amount; negative is still missing."""
        if self.foreign:
            return self.till.worth(self.chosen, self.amount, self.share)[1]
        cash = self.method is None or self.method.cash
        return (self.amount if cash else min(self.amount, self.asked)) - self.asked

    @property
    def presets(self) -> list[Money]:
        """Amounts that a customer is likely to hand over."""
        cash = self.method is not None and self.method.cash
        return presets(self.asked) if cash and not self.refund else []

    # What is done ------------------------------------------------------------------------------------------

    def press(self, symbol: str) -> None:
        """Take a key of the keypad; what goes back is not typed, it is what is due."""
        if self.waiting is None and not self.refund and self.number.press(symbol):
            self.changed()

    def typed(self, char: str) -> bool:
        """Take a typed digit or point."""
        self.press(char)
        return True

    def scanned(self, code: str) -> bool:
        """A scan here was meant for the cart: go back and ring it up, unless money already moved."""
        if self.waiting is not None or self.sale.tenders:
            return False
        self.back()
        return self.desk.screens[self.desk.screen].scanned(code)

    def snapshot(self) -> object:
        """Return the digits."""
        return self.number.text, self.number.fresh

    def restore(self, state: object) -> None:
        """Put the digits back."""
        if isinstance(state, tuple):
            self.number.text, self.number.fresh = state
            self.changed()

    def choose_at(self, place: int) -> None:
        """Choose a method by its place in the list."""
        if place < len(self.methods):
            self.choose(self.methods[place])

    def choose(self, method: Method) -> None:
        """Choose a method; one without change is charged at once."""
        typed, before = None if self.number.fresh else self.amount, self.asked.currency
        self.chosen, self.with_tip = method.id, False
        if self.asked.currency != before:
            typed = None  # what was typed was another money
        if method.cash:
            if typed is None:
                self._propose()
            self.changed()
        else:
            if typed is not None and typed > self.asked:
                self._propose()  # and no more is shown than is taken
            self.take(self.asked if typed is None or not typed.minor else min(typed, self.asked))

    def give(self, amount: Money) -> None:
        """The customer hands over this amount: take it."""
        self.number = Typing(str(amount), exponent(amount.currency))
        self.number.fresh = False
        self.take(amount)

    def complete(self) -> None:
        """Take the typed amount by the chosen method; a cart that is paid is completed."""
        if self.paid:
            self._tender(self.sale.due, whole=True)
            return
        self.take(self.asked if self.refund else self.amount)

    @property
    def paid(self) -> bool:
        """Nothing is due any more, and the sale waits: for a signature to be checked, or a tip."""
        return bool(self.sale.tenders) and not self.sale.due.minor and self.waiting is None

    def _nothing_taken(self) -> str:
        return self._busy() or ("" if self.sale.tenders else _("Nothing is paid yet"))

    def take_back(self) -> None:
        """Let one of the payments be chosen that is given back to the customer."""
        rows = [Choice(str(place), tender.text, right=self.desk.formats.money(tender.amount))
                for place, tender in enumerate(self.sale.tenders)]  # fmt: skip

        def take(place: str) -> None:
            self.desk.attempt(lambda ok: self.till.take_back(int(place), confirmed=ok), lambda _done: self.refresh())

        self.desk.open(PickDialog(self.desk, _("Take a payment back"), lambda text: matching(rows, text), take))

    def _no_late(self) -> str:
        return self._busy() or ("" if self.sale.late else _("No payment here can take a tip any more"))

    def tip_late(self) -> None:
        """Ask for a tip on what is authorised."""
        late = self.sale.late
        if late is not None:
            ask_tip(self.desk, late.amount, lambda tip: self._late_tip(late.id, tip))

    def _late_tip(self, payment: str, tip: int) -> None:
        zero = Money(0, self.sale.due.currency)
        self.desk.attempt(lambda ok: self.till.tender(payment, zero, tip=tip, confirmed=ok), self._taken)

    def toggle_tip(self) -> None:
        """Give the tip back too, or not."""
        self.with_tip = not self.with_tip
        self.changed()

    @property
    def gives_back(self) -> Money:
        """What goes back: what is due, and the tip where it goes back too."""
        return Money(self.asked.minor + (self.tip_back if self.with_tip else 0), self.asked.currency)

    @property
    def tip_back(self) -> int:
        """The tip (minor units) that can go back by the chosen method."""
        return self.method.tip_back if self.method is not None and self.refund else 0

    def take(self, amount: Money) -> None:
        """Tender an amount (without sign) by the chosen method; before a card is charged a tip is asked for."""
        if self.desk.tips and self.method is not None and self.method.tips and not self.refund:
            ask_tip(self.desk, amount, lambda tip: self._tender(amount, tip))
        else:
            self._tender(amount, -self.tip_back if self.with_tip else 0)

    def keep_change(self) -> None:
        """The customer leaves the change as a tip."""
        self._tender(self.amount, self.change.minor)

    @property
    def tip_of_change(self) -> bool:
        """Whether the change of what is typed can be left as a tip."""
        cash = self.method is not None and self.method.cash and not self.refund
        return bool(self.desk.tips) and cash and not self.number.fresh and self.change.minor > 0

    def _tender(self, amount: Money, tip: int = 0, *, whole: bool = False) -> None:
        method, signed = self.method.id if self.method and not whole else "", -amount if self.refund else amount
        self.desk.attempt(
            lambda ok: self.till.tender(method, signed, tip=tip, share=self.share, confirmed=ok), self._taken
        )

    def _poll(self) -> None:
        """Ask whether the provider has answered; a refusal ends the waiting too."""
        if self.waiting is None:
            return
        waited, self.waiting = self.waiting, None

        def taken(what: Taken) -> None:
            self.waiting = waited if what.waiting else None
            self._taken(what)

        self.desk.attempt(lambda _ok: self.till.settle(), taken)
        self._after_poll()

    def _after_poll(self) -> None:
        """Show what a refusal left behind; of an unclear payment the end is looked for at once."""
        if self.waiting is None and self.desk.screen == "payment":
            self.refresh()
            if self.unclear:
                self.resolve()

    def stop_waiting(self) -> None:
        """Ask the provider to give up."""
        if self.waiting is not None:
            self.desk.attempt(lambda _ok: self.till.stop_waiting())

    def _taken(self, what: Taken) -> None:
        if what.waiting:
            self.waiting = self.method
            self.panels = self.till.panels("payment.summary")  # such as where the customer pays
            self.desk.runner.later(POLL, self._poll)
            self.changed()
        elif what.receipt is not None:
            self.desk.stack.remove("payment")
            self.desk.go("receipt")
        else:
            self.refresh()
            if self.paid and self.sale.signs and not self.desk.dialogs:
                self.complete()  # asks whether the signature is right
            self._tell_rest()

    def _tell_rest(self) -> None:
        if self.sale.tenders:
            f, paid = self.desk.formats, self.sale.tenders[-1]
            text = _("{method} {amount} taken, {due} is due")
            self.desk.say(text.format(method=paid.text, amount=f.money(paid.amount), due=f.money(self.sale.due)))

    def back(self) -> None:
        """Go back to the cart; tenders that were taken stay with it."""
        self.desk.back()
