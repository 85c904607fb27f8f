"""Every way to pay with whoever keeps its books, so that one test can sell, return and exchange by each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from genesis import Item, Price, Refused, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_adyen.tests import fake_checkout, fake_terminal
from genesis_adyen.webhook import heard
from genesis_giftcards import service as giftcards
from genesis_store_credit.models import ACCOUNT, CREDIT
from genesis_store_credit.service import set_limit
from genesis_stripe.tests import fake_stripe
from genesis_tap import office, service as tap
from genesis_terminals.webhooks import receive

ADA = "customers:ada"
OPENING = 10_000  # on cards, tags and accounts before the first sale (cents)
SECRETS = {"KEY_STRIPE": fake_stripe.KEY, "KEY_ADYEN": fake_terminal.KEY, "KEY_HMAC": fake_checkout.HMAC,
           "KEY_TAP": "a key of this test, which is long enough"}  # fmt: skip


class Goods:
    """A code is its price in cents."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        return Price(e4=int(item.ref.partition(":")[2]) * 100) if item.ref.startswith("goods:") else None


EXTRA = as_plugin(Goods(), "goods")


class Way:
    """A store that takes one way to pay beside cash. took(): what it took in all, by the books of whoever keeps them."""

    on: tuple[str, ...] = ()
    customer = False
    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self, stores: Any, folder: Any, method: str, plugin: str) -> None:
        self._stores, self.method, self.plugin, self.fake = stores, method, plugin, self.counterpart(folder)
        more = {plugin} - {"cash"}
        self.app = stores.new("cash", *self.on, *more, extra=EXTRA)
        if settings := self.configured():
            self.app.settings.change(plugin, settings)
            self.app.restart()
        self.prepared()

    def counterpart(self, folder: Any) -> Any:
        return None

    def configured(self) -> dict[str, Any]:
        return self.settings

    def prepared(self) -> None:
        """Make what the customer brings."""

    def answers(self) -> dict[str, str]:
        """What is answered where the register asks."""
        return {}

    def took(self) -> int:
        sales = (entry.fact for entry in self.app.raw_journal.scan() if entry.kind == "sale.completed")
        return sum(t.amount for sale in sales for t in sale.tenders if t.method == self.method)

    def ring(self, *cents: int) -> None:
        for amount in cents:
            self.app.register.scan(str(amount))
        if self.customer:
            self.app.register.scan(ADA)

    def pay(self, amount: int | None = None) -> Any:
        """Pay or give back by this way; returns the answer when it is settled."""
        with self.app.hooks.confirming(True, self.answers()):
            answer = self.app.register.pay(self.method, amount)
        while answer is None or answer.payment is not None:
            answer = self.app.register.settle(5)
        return answer

    def without(self, *plugins: str) -> None:
        """Open the store again with plugins turned off."""
        self.app.close()
        keep = {"cash", *self.on, self.plugin} - set(plugins)
        self.app = self._stores.open(self.app.home.folder, plugins=tuple(keep), extra=EXTRA)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody is there."""
        self.fake.stop()
        yield

    def back(self) -> str:
        """By which way money goes back that came by this one."""
        return self.method


class Cash(Way):
    on = ("external_card",)


class Foreign(Cash):
    settings: ClassVar[dict[str, Any]] = {"rates": "1 USD = 0.50 EUR"}

    def pay(self, amount: int | None = None) -> Any:
        due = self.app.register.priced.due
        return self.app.register.pay("cash" if due < 0 else "cash_usd", None if due < 0 else due * 2)

    def took(self) -> int:
        sales = (entry.fact for entry in self.app.raw_journal.scan() if entry.kind == "sale.completed")
        return sum(t.amount for sale in sales for t in sale.tenders)

    def back(self) -> str:
        return "cash"


class External(Way):
    def answers(self) -> dict[str, str]:
        return {"reference": "SLIP 1"}


class GiftCard(Way):
    def prepared(self) -> None:
        self.app.register.add(self.app.register.resolve(giftcards.NEW), unit_price=OPENING * 100)
        self.code = self.app.register.pay("cash").sale.lines[0].sections["giftcards"]["code"]

    def answers(self) -> dict[str, str]:
        return {"giftcard": self.code}

    def took(self) -> int:
        return OPENING - int(self.app.raw_journal.balance(giftcards.SPACE, self.code))


class Credit(Way):
    on, customer = ("customers",), True

    def prepared(self) -> None:
        records = self.app.pos.records("customers_customer")
        records.save({"name": "Ada Lovelace", "phone": "+44 20 7946 0000"}, record_id="ada")
        if self.method == ACCOUNT:
            set_limit(self.app.pos, "Ada", "100.00")
            return
        self.ring(OPENING)
        number = self.app.register.pay("cash").sale.number
        self.app.register.return_lines(number)
        self.app.register.scan(ADA)
        self.app.register.pay(CREDIT)

    def took(self) -> int:
        holds = int(self.app.raw_journal.balance(self.method, ADA))
        return holds if self.method == ACCOUNT else OPENING - holds


class Tag(Way):
    settings: ClassVar[dict[str, Any]] = {"key": {"env": "KEY_TAP"}}
    uid = "04A1B2C3D4E5F6"

    def prepared(self) -> None:
        self.code = f"UID:{self.uid}{office.prepare(self.app.pos, self.uid)[1]}"
        self.app.register.add(self.app.register.resolve(self.code), unit_price=OPENING * 100)
        self.app.register.pay("cash")

    def answers(self) -> dict[str, str]:
        return {"tap": self.code}

    def took(self) -> int:
        return OPENING - int(self.app.raw_journal.balance(tap.SPACE, self.code.split(".")[1]))


class Card(Way):
    """A provider with a counterpart on this machine, whose ledger on the disk is what counts."""

    on = ("terminals",)
    fake_class: Callable[[Any], Any]

    def counterpart(self, folder: Any) -> Any:
        return type(self).fake_class(folder)

    def prepared(self) -> None:
        self.app.methods[self.method].interval = 0.001

    def pay(self, amount: int | None = None) -> Any:
        self.app.methods[self.method].interval = 0.001
        answer = super().pay(amount)
        self.app.reactor.run_due()
        return answer

    def took(self) -> int:
        assert self.fake.wrong == []
        return sum(self.fake.charged().values())


class Stripe(Card):
    fake_class = fake_stripe.FakeStripe

    def configured(self) -> dict[str, Any]:
        return {"reader": fake_stripe.READER, "key": {"env": "KEY_STRIPE"}, "address": self.fake.address}


class Adyen(Card):
    fake_class = fake_terminal.FakeTerminal

    def configured(self) -> dict[str, Any]:
        return {"terminal": fake_terminal.POI, "merchant": fake_terminal.MERCHANT, "address": self.fake.address,
                "api_key": {"env": "KEY_ADYEN"}}  # fmt: skip


class Link(Card):
    fake_class = fake_checkout.FakeCheckout

    def configured(self) -> dict[str, Any]:
        return {"links": True, "merchant": fake_checkout.MERCHANT, "checkout_address": self.fake.address,
                "api_key": {"env": "KEY_ADYEN"}, "hmac_key": {"env": "KEY_HMAC"}}  # fmt: skip

    def pay(self, amount: int | None = None) -> Any:
        answer = super().pay(amount)
        for body in self.fake.told:
            receive(self.app.pos, "adyen", partial(heard, self.app.pos), {}, body)
        return answer


WAYS: dict[str, tuple[type[Way], str, str]] = {
    "cash": (Cash, "cash", "cash"),
    "foreign cash": (Foreign, "cash_usd", "cash"),
    "external card": (External, "external_card", "external_card"),
    "gift card": (GiftCard, "giftcard", "giftcards"),
    "store credit": (Credit, CREDIT, "store_credit"),
    "on account": (Credit, ACCOUNT, "store_credit"),
    "tag": (Tag, "tap", "tap"),
    "stripe": (Stripe, "stripe", "stripe"),
    "adyen": (Adyen, "adyen", "adyen"),
    "payment link": (Link, "adyen_link", "adyen"),
}
PROVIDERS = ("stripe", "adyen", "payment link")


def refused(way: Way, amount: int | None = None) -> Refused:
    """Give back by a way that does not work now; returns what is said."""
    try:
        way.pay(amount)
    except Refused as said:
        return said
    raise AssertionError("it went through")
