"""What is done with tags in the tests: prepared, topped up, held to the reader to pay."""

from __future__ import annotations

from typing import Any

from genesis import Item, Price, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_tap import office, service

KEY = "a key of this test, which is long enough"
UID, OTHER = "04A1B2C3D4E5F6", "0123456789ABCDEF"
ON = ("tap", "cash")


class Goods:
    """A code is its price in cents."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        return Price(e4=int(item.ref.partition(":")[2]) * 100) if item.ref.startswith("goods:") else None


GOODS = as_plugin(Goods(), "goods")


def prepared(app: Any, uid: str = UID) -> str:
    """Prepare a tag and return the code that a reader gives for it."""
    return f"UID:{uid}{office.prepare(app.pos, uid)[1]}"


def tag_of(code: str) -> str:
    return code.split(".")[1]


def top_up(app: Any, code: str, cents: int) -> Any:
    app.register.add(app.register.resolve(code), unit_price=cents * 100)
    return app.register.pay("cash").sale


def tap(app: Any, code: str, cents: int | None = None) -> Any:
    with app.hooks.confirming(True, {"tap": code}):
        return app.register.pay("tap", cents)


def holds(app: Any, code: str) -> int:
    return int(app.raw_journal.balance(service.SPACE, tag_of(code)))
