"""A price list with goods of its own: it answers codes, prices, taxes, badges, screens and people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from genesis import (
    Action,
    Actor,
    Adjustment,
    Attach,
    Block,
    Confirm,
    CustomerRef,
    Health,
    Item,
    Job,
    LineTax,
    Panel,
    Price,
    Problem,
    Route,
    Screen,
    SearchHit,
    Suggestion,
    TaxAnswer,
    TaxedLine,
    Theme,
    Veto,
    hookimpl,
    round_div,
)

GOODS = {  # code -> name, price in ten-thousandths, tax class
    "1": ("Apple", 12_500, None),
    "2": ("Bread", 33_300, "std"),
    "3": ("Wine", 99_900, "std"),
}


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How the list behaves."""

    factor: Annotated[int, msgspec.Meta(ge=1, le=10, title="Price factor")] = 1
    token: Annotated[str, msgspec.Meta(extra={"secret": True})] = ""


class PriceList:
    def __init__(self):
        self.seen, self.ticks, self.started = [], 0, 0

    @hookimpl
    def settings_model(self):
        return Rules

    @hookimpl
    def startup(self, pos):
        self.started += 1

    @hookimpl
    def shutdown(self, pos):
        self.started -= 1

    @hookimpl
    def resolve_code(self, pos, cart, code):
        if code in GOODS:
            name, _, tax = GOODS[code]
            return Item(ref=f"price_list:{code}", name=name, sku=code, tax=tax, category=("Food",))
        if code == "LABEL":  # 0.350 kg for 2.98
            return Item(ref="price_list:1", name="Apple", unit="kg", quantity=350, amount=298)
        if code == "C1":
            return CustomerRef(ref="price_list:c1", name="Ana", group="gold")
        if code == "COUPON":
            return Attach(plugin="price_list", key="coupon", data={"off": 50}, title="Coupon")
        return None

    @hookimpl
    def search_items(self, pos, text, category, limit):
        return [SearchHit(item=self.resolve_code(pos, None, code), price=row[1])
                for code, row in GOODS.items() if text.lower() in row[0].lower()][:limit]  # fmt: skip

    @hookimpl
    def base_price(self, pos, item):
        row = GOODS.get(item.ref.removeprefix("price_list:"))
        return Price(e4=row[1] * pos.settings(Rules).factor) if row else None

    @hookimpl
    def adjustments(self, pos, basket):
        if basket.stage == "coupon" and "price_list" in basket.cart.sections:
            return [Adjustment(amount=-basket.cart.sections["price_list"]["coupon"]["off"], reason="Coupon")]
        if basket.stage == "loyalty" and basket.cart.customer is not None:
            return [Adjustment(line=i, amount=-a // 10, reason="Gold -10 %") for i, a in basket.amounts.items()]
        return None

    @hookimpl
    def tax(self, pos, document):
        lines = []
        for line in document.lines:
            tax = round_div(tax_inside(line.amount)) if line.tax == "std" else 0
            rows = (LineTax(id="std", title="Tax", type="percent", rate="20", included=True, base=line.amount - tax,
                            amount=tax),) if line.tax == "std" else ()  # fmt: skip
            lines.append(TaxedLine(id=line.id, net=line.amount - tax, tax=tax, gross=line.amount, taxes=rows))
        return TaxAnswer(lines=tuple(lines))

    @hookimpl
    def check_line(self, pos, cart, line):
        if line.item.ref == "price_list:3" and line.qty > 5_000:
            raise Veto("at most five bottles of wine", "ring up fewer")
        if line.item.ref == "price_list:3" and line.qty > 2_000:
            raise Confirm("three bottles or more: is the customer of age?")

    @hookimpl
    def suggest(self, pos, cart):
        return [Suggestion(text="A bag?", code="1")]

    @hookimpl
    def check_checkout(self, pos, cart, priced):
        if cart.note == "stop":
            return [Problem(text="the note says stop", remedy="change the note")]
        if cart.note == "careful":
            return [Problem(text="the note says careful", blocking=False)]
        return None

    @hookimpl
    def sale_section(self, pos, cart, priced, line):
        return {"points": priced.total // 100} if line is None else {"shelf": "A1"}

    @hookimpl
    def receipt_blocks(self, pos, sale):
        return [Block(slot="footer", rows=(("centre", "Thank you", ""),))]

    @hookimpl
    def check_return(self, pos, sale, lines):
        if any(line.item == "price_list:3" for line in lines):
            raise Veto("wine is not taken back")

    @hookimpl
    def cart_changed(self, pos, cart, priced, change):
        self.seen.append(change)

    @hookimpl
    def check_change(self, pos, change):
        return None

    @hookimpl
    def authenticate(self, pos, claim, secret):
        return Actor(id="badge", name="Badge", roles=("cashier",)) if (claim, secret) == ("badge", "ok") else None

    @hookimpl
    def authorise(self, pos, actor, permission, resource):
        if actor.id == "badge" and permission == "register.void_line":
            raise Veto("badges may not void")

    @hookimpl
    def health(self, pos):
        return Health(ok=True, text=f"{len(GOODS)} prices")

    @hookimpl
    def screens(self, pos):
        return [Screen(id="prices", title="Prices", icon="tag", build="tests.probes.price_list.screens:build",
                       permission="records.read")]  # fmt: skip

    @hookimpl
    def actions(self, pos):
        return [Action(id="price_list.note", title="Say hello", run=lambda _: None, permission="register.sell")]

    @hookimpl
    def panels(self, pos, slot, context):
        return [Panel(text="new", tone="info")] if slot == "tile.badge" else None

    @hookimpl
    def api_routes(self, pos):
        return [Route(method="GET", path="/prices", handler=lambda: GOODS, permission="records.read")]

    @hookimpl
    def jobs(self, pos):
        return [Job(id="price_list.tick", every=0.05, run=lambda _: setattr(self, "ticks", self.ticks + 1))]

    @hookimpl
    def themes(self):
        return [Theme(id="plain", title="Plain", folder=Path(__file__).parent)]

    @hookimpl
    def personal_data(self, pos, person):
        return {"nickname": "A."} if person == "c1" else None

    @hookimpl
    def erase_personal_data(self, pos, person):
        return "forgot the nickname" if person == "c1" else None


def tax_inside(amount):
    """The tax inside a gross amount at 20 %."""
    from fractions import Fraction

    return Fraction(amount * 20, 120)


plugin = PriceList()
