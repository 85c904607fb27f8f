"""The ways to pay the open cart as the payment screen shows them, foreign cash with what it is worth."""

from __future__ import annotations

from genesis.kernel.foreign import ForeignCash, least
from genesis.kernel.money import Money
from genesis.kernel.providers import PaymentMethod, TippedMethod
from genesis.kernel.register import Register
from genesis.shell.vm.till import Method
from genesis.shell.words import told


def ways(register: Register, share: int = 0) -> tuple[Method, ...]:
    """Return the ways to pay the open cart, or a share of it."""
    due = share or (register.priced.due if register.priced else 0)
    cash = Money(register.in_coins(due), register.currency)
    return tuple(
        Method(
            id=method.id,
            title=told(method.title),
            icon=method.icon,
            due=cash if method.cash else Money(due, register.currency),
            cash=method.cash,
            asks=_asks(method, due, register.currency),
            tips=isinstance(method, TippedMethod) and method.tips == "till" and due > 0,
            tip_back=register.tip_back(method.id) if due < 0 else 0,
        )
        for method in register.methods()
    )


def _asks(method: PaymentMethod, due: int, store: str) -> Money | None:
    if not isinstance(method, ForeignCash):
        return None
    return Money(least(max(due, 0), method.currency, method.rate, store), method.currency)


def worth(register: Register, method: str, amount: Money, share: int = 0) -> tuple[Money, Money]:
    """Return what foreign cash is worth here, and the change it would give; negative is still missing."""
    priced, store, way = register.priced, register.currency, register.payments.methods[method]
    if priced is None or not amount.minor:
        return Money(0, store), Money(-(share or (priced.due if priced else 0)), store)
    priced = register.shared(priced, way, share)
    due = priced.due
    tender = register.tender_of(way, priced, amount.minor)
    left = due - tender.amount + tender.rounding
    return Money(tender.tendered, store), Money(-left if left else tender.change, store)
