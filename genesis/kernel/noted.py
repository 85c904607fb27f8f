"""What a way to pay notes and promises, so asked that a fault is an answer: the cart stays, its plugin is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from genesis.hooks import payment as specs
from genesis.kernel.errors import UserError, blaming
from genesis.kernel.guards import Guard
from genesis.kernel.providers import NotedMethod, Slip

if TYPE_CHECKING:
    from genesis.kernel.cart import Cart, Tender
    from genesis.kernel.pos import Pos

T = TypeVar("T")


def noted(pos: Pos, method: NotedMethod, cart: Cart, amount: int) -> Slip:
    """Return what is noted of an amount (minor units)."""
    return _fitting(pos, method, "slip", Slip, lambda: method.slip(pos, cart, amount))


def promised(pos: Pos, method: NotedMethod, tender: Tender) -> list[Guard]:
    """Return the promises that make a tender true."""
    return _fitting(pos, method, "guards", list[Guard], lambda: list(method.guards(pos, tender)))


def _fitting(pos: Pos, method: NotedMethod, name: str, kind: type[T], ask: Callable[[], T]) -> T:
    def author() -> str:
        pos.log.error("the payment method %s failed at %s", method.id, name, exc_info=True)  # noqa: LOG014  asked while it is judged
        brought = pos.hooks.authored(specs.payment_methods)()
        return next((author for author, found in brought if method.id in {m.id for m in found}), method.id)

    with blaming(author, name, passing=UserError):
        answer = ask()
        msgspec.convert(msgspec.to_builtins(answer), kind)  # it is kept with the sale, which must be read again
    return answer
