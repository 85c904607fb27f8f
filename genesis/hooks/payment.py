"""Questions about paying; the doing is in provider objects that run in workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.hooks.marks import spec
from genesis.hooks.values import Discrepancy
from genesis.kernel.cart import Cart, Priced
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.providers import PaymentMethod

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("collect")
def payment_methods(pos: Pos) -> list[PaymentMethod] | None:
    """Which ways to pay do you bring? Objects behind the PaymentMethod or PaymentProvider protocol."""


@spec("isolate")
def filter_methods(pos: Pos, cart: Cart, priced: Priced) -> set[str] | None:
    """Which method ids must be hidden for this cart?"""


@spec("abort")
def check_payment(pos: Pos, cart: Cart, method: str, amount: int) -> None:
    """May this amount be taken by this method? Raise Veto or Confirm."""


@spec("abort")
def check_refund(pos: Pos, sale: SaleCompleted | None, method: str, amount: int) -> None:
    """May this amount (positive) go back by this method? sale: None without a receipt. Raise Veto or Confirm."""


@spec("isolate")
def reconcile(pos: Pos, day: str) -> list[Discrepancy] | None:
    """What differs between the provider's books and ours for this business day?

    Asked in a worker or by a command, so it may block. None: there are no books. An empty list: all is alike.
    """
