"""A till with a reader: an open store beside a Stripe on this machine, and what a cashier does there."""

from __future__ import annotations

from typing import Any

from genesis import Refused
from genesis.testkit.stores import as_plugin
from genesis_stripe.tests.fake_stripe import KEY, READER, FakeStripe
from tests.probes.price_list.plugin import PriceList

ON = ("cash", "terminals", "stripe")
SECRET = "GENESIS_TEST_STRIPE_KEY"  # the environment variable that holds the key


class Till:
    """Sells at R1. app: the open store; opened again by `restart`, as after a crash."""

    def __init__(self, stores: Any, fake: FakeStripe) -> None:
        self._stores, self.fake = stores, fake
        self._extra = as_plugin(PriceList(), "price_list")
        self.app = stores.new(*ON, extra=self._extra)
        self.set(reader=READER, key={"env": SECRET}, address=fake.address)

    def set(self, **settings: Any) -> None:
        self.app.settings.change("stripe", settings)
        self.app.restart()
        self._hurry()

    def _hurry(self) -> None:
        card: Any = self.app.methods.get("stripe")
        if card is not None:
            card.interval, card.patience = 0.001, 3.0

    def restart(self) -> None:
        """Open the store again: what was only in memory is gone."""
        home = self.app.home.folder
        self.app.close()
        self.fake.dead = False
        self.app = self._stores.open(home, plugins=ON, extra=self._extra)
        self._hurry()

    def card(self, amount: int | None = None) -> Any:
        """Take (or give back) money by card and wait for the end; returns the answer, or the refusal."""
        self.app.register.pay("stripe", amount)
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

    def work(self) -> None:
        """What the workers do in a running till: reactions and the payments' own job, until nothing is left."""
        self.app.register.payments.reconcile()
        self.app.register._book_found()
        self.app.reactor.run_due()

    def facts(self, kind: str) -> list[Any]:
        return [entry.fact for entry in self.app.raw_journal.scan() if entry.kind.startswith(kind)]

    def charged(self) -> dict[str, int]:
        """Return attempt -> what sales say that its card paid (negative: got back), by the journal alone."""
        sales = self.facts("sale.completed")
        return {t.attempt: t.amount for sale in sales for t in sale.tenders if t.method == "stripe"}


def secret(monkeypatch: Any) -> None:
    monkeypatch.setenv(SECRET, KEY)
