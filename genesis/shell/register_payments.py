"""The payments of the real register, for the screens: taken, waited for, taken back, decided."""

from __future__ import annotations

from abc import abstractmethod

from genesis.kernel.entries import Entry
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.money import Money
from genesis.kernel.providers import Attempt, Outcome
from genesis.kernel.register import Answer, Register
from genesis.plugin.house import House
from genesis.shell.vm import till as shown
from genesis.shell.words import _, told


class RegisterPayments:
    """What a till does with money, on the register of an open house."""

    @property
    @abstractmethod
    def pos(self) -> House:
        """The house as plugins see it."""

    @property
    @abstractmethod
    def register(self) -> Register:
        """The register of this house."""

    @abstractmethod
    def _money(self, minor: int) -> Money: ...

    @abstractmethod
    def _receipt(self, entry: Entry, rows: list[tuple[str, str, str]] | None = None) -> shown.Receipt: ...

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

    def take_back(self, place: int, *, confirmed: bool = False) -> shown.Taken:
        """Take a payment of the open cart out again (its place in the list); the customer gets it back."""
        tenders = self.register.cart.tenders if self.register.cart is not None else ()
        if not 0 <= place < len(tenders):
            raise UserError(_("This payment is not there any more"), _("Look at the sale again"), "tender")
        with self.pos.hooks.confirming(confirmed):
            return self._taken(self.register.take_back(tenders[place].id))

    def _taken(self, answer: Answer) -> shown.Taken:
        if answer.payment is not None:
            return shown.Taken(waiting=True)
        return shown.Taken(receipt=self._receipt(answer.entry) if answer.entry is not None else None)
