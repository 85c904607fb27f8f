"""Keeps suppliers, what they sell, and the orders that go to them."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from genesis import (
    Change,
    CliCommand,
    Fact,
    Job,
    PageFilter,
    Permission,
    Pos,
    Projection,
    Records,
    ReorderProposal,
    Screen,
    Veto,
    hookimpl,
    many,
)
from genesis_purchasing import bringing, lists, reorder, suppliers
from genesis_purchasing.command import ORDERS
from genesis_purchasing.ledger import LEDGER
from genesis_purchasing.models import OrderDrafted, OrderEnded, OrderReceived, OrderReturned, OrderSent
from genesis_purchasing.service import MAY_ORDER
from genesis_purchasing.settings import PurchasingSettings
from genesis_purchasing.suppliers import EDIT, OFFERS, SUPPLIERS


class PurchasingPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """How orders are proposed."""
        return PurchasingSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To change suppliers, and to order."""
        return [
            Permission(id=EDIT, title="Change suppliers and what they sell"),
            Permission(id=MAY_ORDER, title="Write, send and end purchase orders"),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """What happens to an order."""
        return [OrderDrafted, OrderSent, OrderReceived, OrderEnded, OrderReturned]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The orders."""
        return [LEDGER]

    @hookimpl
    def records(self) -> list[Records]:
        """Suppliers and what they sell."""
        return [SUPPLIERS, OFFERS]

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse to delete a supplier who has orders or articles."""
        if change.record == SUPPLIERS.name and change.action == "delete":
            waiting = lists.open_of(pos, change.id)
            if waiting:
                raise Veto(
                    many("{count} order to this supplier is open", "{count} orders to this supplier are open", waiting),
                    "receive or end them first",
                    "id",
                )

    @hookimpl
    def reorder_proposals(self, pos: Pos, supplier: str) -> list[ReorderProposal] | None:
        """What runs out before a delivery could come."""
        return reorder.answers(pos, supplier)

    @hookimpl
    def jobs(self) -> list[Job]:
        """Write the drafts of the day, where the store wants them."""
        return [Job(id="purchasing.propose", every=3600, run=reorder.daily, at_start=True)]

    @hookimpl
    def actions(self) -> list[PageFilter]:
        """A filter of the page of products: who sells it to us."""
        sold = suppliers.offer.c
        return [PageFilter(id="purchasing.supplier", title="Supplier", page="catalog.products",
                           permission="records.read", choices=suppliers.every,
                           narrow=lambda _pos, one: select(sold.item).where(sold.supplier == one))]  # fmt: skip

    @hookimpl
    def screens(self) -> list[Screen]:
        """Orders, what to order, suppliers."""
        return [
            Screen(id="orders", title="Orders", icon="truck", page="genesis_purchasing.pages:page", place="admin",
                   group="stock", permission="records.read", order=30, badge=_badge),
            Screen(id="proposals", title="To order", icon="clipboard-list", place="admin", group="stock",
                   page="genesis_purchasing.proposals_page:page", permission=MAY_ORDER, order=31),
            Screen(id="suppliers", title="Suppliers", icon="building-2", place="admin", group="stock",
                   page="genesis_purchasing.suppliers_page:page", permission="records.read", order=32),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis orders`."""
        return [ORDERS, bringing.COMMAND]


def _badge(pos: Pos) -> str:
    late = lists.late(pos)
    return str(late) if late else ""


plugin = PurchasingPlugin()
