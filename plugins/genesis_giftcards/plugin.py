"""Sells, tops up and takes gift cards, and says what the store owes on them."""

from __future__ import annotations

import msgspec

from genesis import (
    Allocation,
    Block,
    Cart,
    Figure,
    Item,
    Line,
    PaymentMethod,
    Pos,
    Projection,
    Report,
    Row,
    SaleCompleted,
    Screen,
    SearchHit,
    balances,
    exponent,
    hookimpl,
    plain,
)
from genesis_giftcards import pages, service
from genesis_giftcards.models import CARDS, ME, METHOD


class GiftCardsPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Validity and the most on a card."""
        return service.GiftCardSettings

    @hookimpl
    def projections(self) -> list[Projection]:
        """The cards."""
        return [CARDS]

    @hookimpl
    def resolve_code(self, pos: Pos, code: str) -> Item | None:
        """A new card, or the top-up of the card that was scanned."""
        return service.item(pos, code)

    @hookimpl
    def search_items(self, text: str, category: str) -> list[SearchHit] | None:
        """The tile that sells a card; its amount is asked."""
        words = text.casefold().split()
        if category or not all("gift card".find(word) >= 0 for word in words):
            return None
        hit = Item(ref=service.NEW, name="Gift card", category=("Gift card",))
        return [SearchHit(item=hit, price=None, rank=9, icon="gift")]

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Give the card its code and its balance, in the append of the sale."""
        return service.load(pos, cart, line)

    @hookimpl
    def payment_methods(self, pos: Pos) -> list[PaymentMethod]:
        """One: a card."""
        return [service.GiftCards(pos)]

    @hookimpl
    def receipt_blocks(self, pos: Pos, sale: SaleCompleted) -> list[Block] | None:
        """Print the code of a card that was sold, and what is left on one that was used."""
        rows: list[Row] = []
        digits = exponent(sale.currency)
        for line in sale.lines:
            if ME in line.sections:
                said = line.sections[ME]
                code = said["code"]  # in letters too: they are typed where bars cannot be read, or are not printed
                rows += [("bold", "Gift card", plain(said["amount"], digits)), ("barcode", code, ""),
                         ("centre", code, "")]  # fmt: skip
        rows += balances.left_rows(
            pos, sale, space=service.SPACE, method=METHOD, title=lambda value: f"Gift card … {value}: left"
        )
        return [Block(slot="footer", rows=tuple(rows), order=30)] if rows else None

    @hookimpl
    def figures(self, pos: Pos) -> list[Figure]:
        """What the store owes on cards."""
        return [pages.liability(pos)]

    @hookimpl
    def reports(self) -> list[Report]:
        """The liability, card by card."""
        return [pages.REPORT]

    @hookimpl
    def screens(self) -> list[Screen]:
        """One: the cards."""
        return [Screen(id="cards", title="Gift cards", icon="gift", page="genesis_giftcards.pages:page", place="admin",
                       group="sales", permission="reports.read", order=70)]  # fmt: skip


plugin = GiftCardsPlugin()
