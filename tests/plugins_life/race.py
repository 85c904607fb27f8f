"""Registers that sell the same goods from one store at once: `python -m tests.plugins_life.race HOME 8 CODE...`."""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from genesis import NotReady, Refused
from genesis.plugin.app import App
from genesis.plugin.home import Home, open_home
from genesis_stock.service import on_hand


def sell(app: App, codes: list[str]) -> dict[str, int]:
    """Sell one of each code after the other until none is left; returns how many of each were sold, and refused."""
    register, done, refused = app.register, dict.fromkeys(codes, 0), 0
    assert register is not None
    left = list(codes)
    while left:
        code = random.choice(left)
        try:
            if register.cart is not None and register.cart.lines:
                register.cancel()
            ref = register.resolve(code).ref
            register.scan(code)
            register.pay("cash")
            done[code] += 1
        except NotReady:  # the tables lag behind seven others: a cashier is told to repeat it
            with suppress(NotReady):
                app.pos.journal.wait(app.pos.journal.raw.pos(), "stock_ledger", "batches_batch", "serials_serial")
        except Refused:
            refused += 1
            if "(21)" in code or on_hand(app.pos, ref) <= 0:
                left.remove(code)
    return done | {"refused": refused}


def register(folder: Path, name: str, codes: list[str], ready: int, go: int) -> None:
    """Open the store as a register of its own, say so, and sell from when the gate opens."""
    home = open_home(folder)
    random.seed(name)
    mine = Home(home.folder, msgspec.structs.replace(home.config, register=name))
    with App(mine, register=True, projector="thread") as app:
        os.write(ready, b".")
        os.read(go, 1)  # ends when the other side is closed
        done = sell(app, codes)
    sys.stdout.write(json.dumps(done) + "\n")  # one write, so that lines of two processes never mix
    sys.stdout.flush()


def main() -> int:
    """Let so many processes begin together; they are copies of this one, which has loaded what they need."""
    folder, count, codes = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    for plugin in ("barcodes", "catalog", "stock", "batches", "serials", "cash"):
        importlib.import_module(f"genesis_{plugin}.plugin")
    (is_ready, ready), (go, gate) = os.pipe(), os.pipe()
    children = []
    for n in range(count):
        child = os.fork()
        if not child:
            os.close(gate)
            register(folder, f"R{n + 1}", codes, ready, go)
            os._exit(0)
        children.append(child)
    os.close(ready)
    begun = sum(len(os.read(is_ready, 1)) for _ in children)
    os.close(gate)
    failed = [child for child in children if os.waitpid(child, 0)[1]]
    return 1 if failed or begun < count else 0


if __name__ == "__main__":
    sys.exit(main())
