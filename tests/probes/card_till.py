"""A till with a card terminal beside a fake of its service: what a cashier does there, and crashes at any point of it."""

from __future__ import annotations

import random
import threading
from typing import Any

from genesis import Refused, UserError
from genesis.hooks.platform import panels
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList


class Died(BaseException):
    """The process is gone."""


class CardTill:
    """Sells at R1 with one provider. app: the open store; opened again by `restart`, as after a crash."""

    def __init__(
        self, stores: Any, fake: Any, method: str, plugin: str = "", currency: str = "EUR", **settings: Any
    ) -> None:
        self._stores, self.fake, self.method = stores, fake, method
        self.plugin = plugin or method
        self.on = ("cash", "terminals", self.plugin)
        self._extra = as_plugin(PriceList(), "price_list")
        self.app = stores.new(*self.on, extra=self._extra, currency=currency)
        self.set(**settings)

    def set(self, **settings: Any) -> None:
        self.app.settings.change(self.plugin, settings)
        self.app.restart()
        self._hurry()

    def _hurry(self) -> None:
        card: Any = self.app.methods.get(self.method)
        if card is not None:
            card.interval, card.patience = 0.001, 3.0

    @property
    def provider(self) -> Any:
        return self.app.methods[self.method]

    def pills(self, slot: str = "status.pill") -> list[str]:
        """Return what the provider says of itself where pills stand."""
        found = self.app.pos.hooks.authored(panels)(slot=slot, context={"cart": self.app.register.cart})
        return [panel.text for author, said in found if author == self.plugin for panel in said]

    def job(self, name: str) -> Any:
        """Return one of the jobs that run on a timer."""
        return next(job for job in self.app.jobs._jobs if job.id == name)

    def restart(self) -> None:
        """Open the store again: what was only in memory is gone."""
        home = self.app.home.folder
        self.app.close()
        self.fake.dead = False
        self.app = self._stores.open(home, plugins=self.on, extra=self._extra)
        self._hurry()

    def card(self, amount: int | None = None, tip: int = 0) -> Any:
        """Take (or give back) money by card and wait for the end; returns the answer, or the refusal."""
        self.app.register.pay(self.method, amount, tip=tip)
        return self.settled()

    def settled(self) -> Any:
        try:
            found = None
            while found is None:
                found = self.app.register.settle(5)
        except Refused as refused:
            return refused
        return found

    def sell(self, *codes: str) -> Any:
        """Sell by card; returns the sale, or the refusal."""
        for code in codes:
            self.app.register.scan(code)
        answer = self.card()
        return answer if isinstance(answer, Refused) else answer.sale

    def returned(self, sale: Any, lines: dict[str, int] | None = None) -> Any:
        """Take goods back and give the money back by card; returns the answer, or the refusal."""
        self.app.register.return_lines(sale.number, lines)
        return self.card()

    def work(self) -> None:
        """What the workers do in a running till: reactions, the payments' own job, and booking what it found."""
        self.app.register.payments.reconcile()
        self.app.register._book_found()
        self.app.reactor.run_due()

    def facts(self, kind: str) -> list[Any]:
        return [entry.fact for entry in self.app.raw_journal.scan() if entry.kind.startswith(kind)]

    def charged(self) -> dict[str, int]:
        """Return attempt -> what sales say that its card paid (negative: got back), by the journal alone."""
        sales = self.facts("sale.completed")
        return {t.attempt: t.tendered for sale in sales for t in sale.tenders if t.method == self.method}

    # -- crashes

    def mortal(self, appends: int) -> None:
        """Let the process die at its journal's append of this number: odd ones before it, even ones behind it."""
        journal, left = self.app.raw_journal, [appends]
        append = journal.append

        def dying(*arguments: Any, **values: Any) -> Any:
            left[0] -= 1
            ours = threading.current_thread() is threading.main_thread()
            died: BaseException = Died() if ours else OSError("the process is gone")
            if left[0] < 0 or (left[0] == 0 and appends % 2):
                raise died
            done = append(*arguments, **values)
            if left[0] == 0:
                raise died
            return done

        journal.append = dying

    def schedule(self, dice: random.Random, plans: tuple[str, ...], requests: int) -> None:
        """One sale, refund or cart given up, and somewhere in it a crash or a bad line; then the shop goes on."""
        fake = self.fake
        fake.script = [dice.choice(plans)]
        self.provider.patience = dice.choice((0.01, 0.05))
        fate = dice.randrange(4)
        if fate == 0:
            fake.countdown, fake.dies = dice.randrange(1, requests), dice.choice(("before", "after"))
        elif fate == 1:
            self.mortal(dice.randrange(1, 8))
        elif fate == 2:
            what = dice.choice(("cut request", "cut reply", "after 500", "before 503"))
            fake.faults = [("/", what, dice.randrange(900)) for _ in range(dice.randrange(1, 4))]
        try:
            self._act(dice)
        except (Died, Refused, UserError):
            pass
        self._die()
        fake.countdown, fake.script = -1, []
        fake.faults.clear()
        self.restart()
        for _ in range(3):
            self.app.reactor.register._after.clear()
            self.work()

    def _die(self) -> None:
        """End the process: its workers live no longer, and what they had not sent is never sent."""
        self.fake.kill()
        self.quiet()

    def quiet(self) -> None:
        """Wait until nobody waits for a card any more."""
        for worker in threading.enumerate():
            if worker.name.startswith(("payment ", "terminal ")):
                worker.join(10)
                assert not worker.is_alive(), worker.name

    def _act(self, dice: random.Random) -> None:
        register = self.app.register
        sales = [f for f in self.facts("sale.completed") if f.total > 0]
        if register.cart is not None and register.cart.lines:
            kind = dice.choice(("pay", "pay", "give up"))
        else:
            kind = dice.choice(("sell", "sell", "return")) if sales else "sell"
        if kind == "give up":
            with self.app.pos.hooks.confirming(True):
                register.cancel("left")
        elif kind == "return":
            sale = dice.choice(sales)
            register.return_lines(sale.number, {dice.choice(sale.lines).line: 1_000})
        elif kind == "sell":
            for code in dice.choices("123", k=dice.randrange(1, 4)):
                register.scan(code)
        if kind != "give up" and register.cart is not None:
            if register.priced is not None and register.priced.due == 0:
                register.complete()
            else:
                self.card()
        self.work()

    def tidy(self) -> None:
        """Close the day: what is open is paid in cash or given up, then nothing may be left of it."""
        register = self.app.register
        with self.app.pos.hooks.confirming(True):
            if register.cart is not None and register.cart.lines:
                if register.priced.due == 0:
                    register.complete()
                elif register.cart.tenders:
                    register.pay("cash")
                else:
                    register.cancel("end")
        for _ in range(3):
            self.work()

    def check(self) -> None:
        """Compare the two ledgers: what sales say that cards paid, and what cards paid."""
        journal, ledger = self.charged(), {a: m for a, m in self.fake.charged().items() if m}
        assert {a: m for a, m in ledger.items() if a in journal} == journal
        assert {a: m for a, m in ledger.items() if a not in journal} == {}, "a card paid for no sale"
        assert self.fake.held() == 0, "money is held for no sale"
        assert self.app.raw_journal.open_attempts() == []
        assert self.app.register.payments.unresolved() == []
