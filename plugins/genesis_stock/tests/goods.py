"""Two items and what tests of stock do with them."""

from __future__ import annotations

from typing import Any

from genesis import Item, Price, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_stock.models import StockRow

TEA, NUTS = "goods:tea", "goods:nuts"


class Goods:
    """Two items that cost 5.00."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        known = {"tea": TEA, "nuts": NUTS}
        ref = known.get(code, code)
        return Item(ref=ref, name=ref.partition(":")[2].title()) if ref in known.values() else None

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=50_000)


GOODS = as_plugin(Goods(), "goods")
ON = ("stock", "cash")


def row(item: str, qty: int, cost: int | None = None, batch: str = "") -> StockRow:
    return StockRow(item=item, name=item.partition(":")[2].title(), qty=qty, cost=cost, batch=batch)


def strict(app: Any, item: str = TEA, **more: Any) -> None:
    app.pos.records("stock_rule").save({"policy": "strict"} | more, record_id=item)
