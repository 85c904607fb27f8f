"""One deed at a register while the disk fails under it: what was answered, then what a second try says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from genesis.kernel.errors import Unknown, UserError
from genesis.kernel.register import Register
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from tests.torture.cashier import GOODS
from tests.torture.shim import Shim

APPLE, BREAD, _ = GOODS


def _sale(register: Register) -> str:
    sale = register.pay("cash", 1_000, command="deed").sale
    return sale.number if sale else ""


def _return(register: Register) -> str:
    register.return_lines("R1-00000001", {"1": 1_000}, command="deed")
    sale = register.pay("cash", command="deed paid").sale
    return sale.number if sale else ""


def _hold(register: Register) -> str:
    return register.hold("lunch", command="deed").text


def _close(register: Register) -> str:
    return str(register.shifts.close(0).z)


def _scan(register: Register) -> str:
    return register.scan(BREAD, command="deed").line


DEEDS: dict[str, Callable[[Register], str]] = {
    "sale": _sale, "return": _return, "hold": _hold, "close": _close, "scan": _scan,
}  # fmt: skip


def run(order: dict[str, Any], shim: Shim | None) -> dict[str, Any]:
    """Do a deed with a fault under it.

    role: which one. fault: [step, how, error] as the shim takes it. watch: part of the names of the files that
    fail. die: end right after the answer, without closing anything. Returns what was answered at first, whether
    the fault was reached, and (unless it dies) what the same command and the next sale are answered afterwards.
    """
    if shim is None:
        raise RuntimeError("a deed needs the shim")
    register = prepare(order)
    shim.watch(order["home"], order.get("watch", ""))
    shim.stop(*order["fault"])
    told = {"first": answer(lambda: DEEDS[order["role"]](register)), "fired": shim.fired, "steps": shim.count}
    shim.stop(-1, 0)
    if not order.get("die"):
        told["again"] = answer(lambda: DEEDS[order["role"]](register))
        told["next"] = answer(lambda: _another(register))
    return told


def again(order: dict[str, Any]) -> dict[str, Any]:
    """After a restart: the same command, then another sale."""
    register = App(open_home(Path(order["home"])), register=True).register
    assert register is not None
    return {
        "again": answer(lambda: DEEDS[order["deed"]](register)),
        "next": answer(lambda: _another(register)),
    }


def prepare(order: dict[str, Any]) -> Register:
    """Open the register with one sale made and two apples in the cart."""
    register = App(open_home(Path(order["home"])), register=True).register
    assert register is not None
    register.scan(APPLE, 2_000)
    register.pay("cash")
    if order["role"] != "return":
        register.scan(APPLE, 2_000)
    return register


def answer(deed: Callable[[], str]) -> list[str]:
    """Return ["done", what], ["refused" or "unknown", why], or ["fault", what] where the error is not for a person."""
    try:
        return ["done", deed()]
    except Unknown as error:
        return ["unknown", str(error)]
    except UserError as error:
        return ["refused", str(error)]
    except Exception as error:
        return ["fault", f"{type(error).__name__}: {error}"]


def _another(register: Register) -> str:
    if register.cart is not None and register.cart.lines:
        register.hold("rest")
    register.scan(BREAD)
    return _sale(register)
