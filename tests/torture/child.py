"""What a forked child is: the real `genesis till`, a look at a store, or one deed while the disk fails."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from genesis.cli.main import main
from genesis.db import engine
from genesis.db.place import Place
from genesis.kernel.cart import Cart
from genesis.kernel.doorbell import Doorbell
from genesis.kernel.facts import SaleCompleted
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis.plugin.rebuilding import rebuilding
from genesis.upkeep.doctor import examine
from tests.torture import bugs, deeds
from tests.torture.nursery import Order
from tests.torture.shim import Shim
from tests.torture.steps import Steps


def warm(home: str) -> None:
    """Do once what children will do, so that they need not begin with it: import, compile, read what is installed.

    home: a store that nobody needs afterwards. It sells nothing, so that no child repeats a random number.
    """
    look({"home": home, "full": True})
    with Path(os.devnull).open() as nothing:
        sys.stdin = nothing
        main(["--home", home, "till"])
    sys.stdin = sys.__stdin__
    logging.getLogger("genesis").handlers.clear()


def run(order: Order) -> int:
    """Carry out an order; returns the exit code.

    home: the store's folder. role: "till", or what `_answer` knows. bugs: names of what to plant. shim: see `_arm`.
    stop: (kind, n): where to end with SIGKILL. count: a file for the numbers of steps. busy_ms: how long to wait
    for a locked database. user: the id of the user to be. restless: log files are emptied every few milliseconds.
    """
    if "user" in order:
        os.setgroups([])
        os.setgid(order["user"])
        os.setuid(order["user"])
    Place.busy_ms = order.get("busy_ms", Place.busy_ms)
    if order.get("restless"):
        Doorbell.__init__.__kwdefaults__["idle"] = 0.003
        engine.LARGEST_LOG = 128 * 1024  # larger ones are cut, smaller ones copied
    steps = Steps()
    if "stop" in order or "count" in order:
        steps.install(*order.get("stop", ("", -1)))
    shim = _arm(order)
    for name in order.get("bugs", ()):
        bugs.BUGS[name]()
    code = 0
    if order["role"] == "till":
        code = main(["--home", order["home"], "till"])
    else:
        print(json.dumps(_answer(order, shim)), flush=True)
    if "count" in order:
        counts = steps.counts | {"file": shim.count if shim else 0}
        Path(order["count"]).write_text(json.dumps(counts))
    return code


def _arm(order: Order) -> Shim | None:
    """shim: watch (a part of file names), stop [step, how, error], log (a file)."""
    wanted = order.get("shim")
    if wanted is None:
        return None
    shim = Shim()
    if "log" in wanted:
        shim.log(wanted["log"])
    shim.watch(order["home"], wanted.get("watch", ""))
    if "stop" in wanted:
        shim.stop(*wanted["stop"])
    return shim


def _answer(order: Order, shim: Shim | None) -> Any:
    match order["role"]:
        case "look":
            return look(order)
        case "after":
            before = look(order)
            told = deeds.after(order)
            return told | {"before": before, "after": look(order)}
        case "deed" if shim is not None:
            return deeds.one(order, shim)
        case "deeds" if shim is not None:
            return deeds.all_of_them(order, shim)
    raise ValueError(order)


def look(order: Order) -> dict[str, Any]:
    """Open the store again and tell what is in it and what is wrong with it.

    full: with every plugin, after catching up, each projection (or those named) compared with a rebuilt one.
    """
    home, full = open_home(Path(order["home"])), order.get("full", False)
    with App(home, projector="none", safe=not full) as app:
        faults = [f"projection {name} does not fit the journal" for name in app.projector.stale()]
        findings = examine(app, rebuild=False)
        entries = list(app.raw_journal.scan())
        given = app.raw_journal.rows(app.raw_journal._sql.head, {"stream": home.stream})[0][4]
        carts = {slot: msgspec.json.decode(body, type=Cart) for slot, body in app.raw_journal.open_carts("R1").items()}
    if full:
        with App(home) as app:
            names = full if isinstance(full, list) else list(app.projector.projections)
            with rebuilding(app, *names) as built:
                different = [(name, table) for name in names for table in built.compare(name).different]
            faults += [f"projection {name}: {table} differs from a rebuilt one" for name, table in different]
    faults += [f"{f.check}: {f.text}" for f in findings if not f.ok and not f.check.startswith("plugin ")]
    receipts = [_sale(e.fact) for e in entries if isinstance(e.fact, SaleCompleted)]
    if given != len(receipts):
        faults.append(f"receipt numbers: {given} were given, {len(receipts)} are there")
    return {
        "faults": faults,
        "facts": len(entries),
        "kinds": [entry.kind for entry in entries],
        "receipts": receipts,
        "carts": {slot: _cart(cart) for slot, cart in carts.items()},
    }


def _sale(sale: SaleCompleted) -> dict[str, Any]:
    lines = [
        [x.line, x.name, x.qty, [x.returns.number, x.returns.line] if x.returns else None, x.gross] for x in sale.lines
    ]
    return {"number": sale.number, "lines": lines, "total": sale.total, "paid": [x.amount for x in sale.tenders]}


def _cart(cart: Cart) -> dict[str, Any]:
    lines = [[x.id, x.item.name, x.qty, [x.returns.number, x.returns.line] if x.returns else None] for x in cart.lines]
    return {"lines": lines, "paid": [x.amount for x in cart.tenders]}
