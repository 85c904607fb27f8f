"""Deeds at a register while the disk fails under them: what was answered, and what a second try is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from genesis.kernel.errors import Unknown, UserError
from genesis.kernel.register import Register
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from tests.torture.cashier import GOODS
from tests.torture.nursery import Order
from tests.torture.shim import Shim

APPLE, BREAD, _ = GOODS
Told = list[str]  # ["done", what], ["refused", why], ["unknown", why], or ["fault", what] that no person can read


def _sale(register: Register, command: str) -> str:
    sale = register.pay("cash", 1_000, command=command).sale
    return sale.number if sale else ""


def _return(register: Register, command: str) -> str:
    sold = register.last.fact.number if register.last else "R1-00000001"  # type: ignore[attr-defined]
    paid = f"{command}, paid"
    if register.cart is None and not register.pos.journal.holder("command", paid):
        register.return_lines(sold, {"1": 1_000}, command=command)
    sale = register.pay("cash", command=paid).sale
    return sale.number if sale else ""


def _hold(register: Register, command: str) -> str:
    return register.hold(command, command=command).text


def _recall(register: Register, command: str) -> str:
    return register.recall("aside", command=command).text


def _cancel(register: Register, command: str) -> str:
    return register.cancel(command=command).text


def _close(register: Register, command: str) -> str:
    return str(register.shifts.close(0).z)


def _scan(register: Register, command: str) -> str:
    return register.scan(BREAD, command=command).line


DEEDS: dict[str, Callable[[Register, str], str]] = {
    "sale": _sale, "first sale": _sale, "return": _return, "hold": _hold, "recall": _recall, "scan": _scan,
    "cancel": _cancel, "close": _close,
}  # fmt: skip


def prepare(register: Register, deed: str) -> None:
    """Bring a register to where the deed can be done: on a fresh store after a sale, unless it is to be the first."""
    if register.cart is not None:
        register.cancel()
    shift = register.shifts.current()
    if deed == "first sale":
        if shift:
            register.shifts.close(0)
    elif not shift or deed in {"return", "close"}:
        register.scan(APPLE, 2_000)
        register.pay("cash")
    if deed != "return":
        register.scan(APPLE, 2_000)
    if deed == "recall":
        register.hold("aside")


def one(order: Order, shim: Shim) -> Order:
    """Do one deed with a fault under it, then end without closing anything.

    deed: which. fault: [step, how, error] as the shim takes it. Returns what was told, whether the fault was
    reached, and how many steps there were.
    """
    register = _open(order)
    prepare(register, order["deed"])
    told = _fail(register, order, order["deed"], shim, *order["fault"], command="the deed")
    return {"told": told, "fired": shim.fired, "steps": shim.count}


def after(order: Order) -> Order:
    """After a restart: the same command again, then a sale."""
    register = _open(order)
    return {"again": answer(DEEDS[order["deed"]], register, "the deed"), "next": _another(register)}


def all_of_them(order: Order, shim: Shim) -> list[Order]:
    """Do every deed with a fault at each of its steps, in one process; after each fault repeat the command.

    faults: the kinds, each [how, error]. Returns a row for each.
    """
    register = _open(order)
    return [row for deed in DEEDS for row in _all_steps(register, order, deed, shim)]


def _all_steps(register: Register, order: Order, deed: str, shim: Shim) -> Iterator[Order]:
    for how, error in order["faults"]:
        for step in count():
            prepare(register, deed)
            command = f"{deed} {how} {error} {step}"
            told = _fail(register, order, deed, shim, step, how, error, command=command)
            if not shim.fired:
                break
            again = answer(DEEDS[deed], register, command) if told[0] != "done" else told
            yield {"deed": deed, "step": step, "how": how, "error": error, "told": told, "again": again}


def _fail(
    register: Register, order: Order, deed: str, shim: Shim, step: int, how: int, error: int, *, command: str
) -> Told:
    shim.watch(order["home"], order.get("watch", ""), reads=order.get("reads", False))
    shim.stop(step, how, error)
    told = answer(DEEDS[deed], register, command)
    shim.stop(-1, 0)
    return told


def answer(deed: Callable[[Register, str], str], register: Register, command: str) -> Told:
    """Do it and return what a person at the register is told."""
    try:
        return ["done", deed(register, command)]
    except Unknown as error:
        return ["unknown", str(error)]
    except UserError as error:
        return ["refused", str(error)]
    except Exception as error:
        return ["fault", f"{type(error).__name__}: {error}"]


def _open(order: Order) -> Register:
    register = App(open_home(Path(order["home"])), register=True).register
    if register is None:
        raise RuntimeError("this is not a register")
    return register


def _another(register: Register) -> Told:
    if register.cart is not None:
        register.cancel()
    register.scan(BREAD)
    return answer(_sale, register, "another")
