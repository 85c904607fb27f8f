"""The doctor: everything that must always be true, asked as questions with an answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from genesis.db import tables as t
from genesis.db.statements import Compiled
from genesis.kernel.counts import many
from genesis.kernel.errors import GenesisError, JournalDamaged
from genesis.kernel.facts import SaleCompleted, SaleLine
from genesis.kernel.guardbook import replay
from genesis.kernel.verify import verify
from genesis.plugin.rebuilding import rebuilding
from genesis.plugin.state import switched_on

if TYPE_CHECKING:
    from genesis.plugin.app import App


GUARD = (t.guards.c.space, t.guards.c.key, t.guards.c.owner, t.guards.c.amount)


class Finding(NamedTuple):
    """One answer."""

    check: str
    ok: bool
    text: str


Check = Callable[["App"], Iterable[Finding]]


def examine(app: App, *, rebuild: bool = True) -> list[Finding]:
    """Ask everything; rebuild: also build every projection again and compare."""
    checks = {"journal": _chain, "guards": _guards, "sales": _sales, "payments": _payments, "plugins": _plugins}
    if rebuild:
        checks["projections"] = _projections
    return [finding for name, check in checks.items() for finding in told(app, name, check)]


def told(app: App, name: str, check: Check) -> list[Finding]:
    """Ask one question; damage that keeps it from being answered is an answer too."""
    try:
        return list(check(app))
    except Exception as error:  # noqa: BLE001  a doctor does not faint
        return [Finding(name, False, f"it cannot be told: {error}")]


def _chain(app: App) -> Iterator[Finding]:
    try:
        count = verify(app.raw_journal, app.keys.public_key())
    except JournalDamaged as damage:
        yield Finding("journal", False, str(damage))
        return
    yield Finding("journal", True, many("{count} fact, every link holds", "{count} facts, every link holds", count))


def _guards(app: App) -> Iterator[Finding]:
    journal = app.raw_journal
    with journal.snapshot():
        expected = replay((str(e.ref), e.guards) for e in journal.scan() if e.guards != "[]")
        rows = journal.rows(Compiled(select(*GUARD), app.database.engine.dialect), {})
    found = {(space, key): (owner, amount) for space, key, owner, amount in rows}
    wrong = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
    text = f"differ from the facts: {len(wrong)}, first {min(wrong)}" if wrong else f"as the facts say: {len(found)}"
    yield Finding("guards", not wrong, text)


def sale_faults(sale: SaleCompleted) -> Iterator[str]:
    """Yield what does not add up within one sale."""
    lines, tenders = sale.lines, sale.tenders
    if sale.total != sum(line.gross for line in lines):
        yield "the lines do not add up to the total"
    if sale.total + sale.rounding != sum(x.amount for x in tenders):
        yield "the tenders do not add up to total and rounding"
    if any(x.amount != x.tendered - x.change - x.tip for x in tenders):
        yield "a tender is not what was given less change and tip"
    if (sale.net, sale.tax) != (sum(line.net for line in lines), sum(line.tax for line in lines)):
        yield "net or tax is not the sum of the lines"
    if sale.net + sale.tax != sale.total:
        yield "net and tax are not the total"
    if any(line.net + line.tax != line.gross or line.tax != sum(x.amount for x in line.taxes) for line in lines):
        yield "a line's taxes do not add up"
    if sale.tax != sum(x.amount for x in sale.taxes):
        yield "the tax summary is not the tax"


def _sales(app: App) -> list[Finding]:
    faults: list[str] = []
    numbers: dict[str, list[int]] = defaultdict(list)
    sold: dict[tuple[str, str], SaleLine] = {}
    back: Counter[tuple[str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    count = 0
    for entry in app.raw_journal.scan():
        # the kind first: a plugin whose up-caster fails is no fault of the sales
        if entry.kind != SaleCompleted.kind or not isinstance(sale := entry.fact, SaleCompleted):
            continue
        count += 1
        faults += [f"{sale.number}: {fault}" for fault in sale_faults(sale)]
        numbers[entry.stream].append(int(sale.number.rpartition("-")[2]))
        for line in sale.lines:
            sold[(sale.sale, line.line)] = line
            if line.returns is not None:
                key = (line.returns.sale, line.returns.line)
                back[key] -= line.qty
                money[key] -= line.gross
    over = [k for k, qty in back.items() if k in sold and (qty > sold[k].qty or abs(money[k]) > abs(sold[k].gross))]
    gaps = [s for s, found in numbers.items() if found != list(range(1, len(found) + 1))]
    return [
        Finding("sales", not faults, faults[0] if faults else f"sales and returns that add up: {count}"),
        Finding("receipt numbers", not gaps, f"gaps in {gaps}" if gaps else "gapless"),
        Finding("returns", not over, f"more came back than was sold: {over[0]}" if over else "never above the sale"),
    ]


def _payments(app: App) -> Iterator[Finding]:
    """Nothing approved is forgotten: each approved attempt belongs to a cart that is still open or held."""
    register = app.register
    carts = {c.id for c in (register.cart, *register.held_carts.values()) if c is not None} if register else None
    rows = app.raw_journal.open_attempts()
    unknown = [row[0] for row in rows if row[2] in {"sent", "unknown"}]
    lost = [row[0] for row in rows if row[2] in {"approved", "refused"} and carts is not None
            and row[3]["attempt"]["sale"] not in carts]  # fmt: skip
    text = f"of unknown outcome: {len(unknown)}, approved without a sale: {len(lost)}"
    wrong = bool(unknown or lost)
    yield Finding("payments", not wrong, text if wrong else "every attempt is settled or on an open cart")


def _plugins(app: App) -> Iterator[Finding]:
    for plugin in app.plugins():
        if plugin.id in switched_on(app) and plugin.status in {"error", "blocked", "suspended", "missing"}:
            yield Finding(f"plugin {plugin.id}", False, f"{plugin.status}: {plugin.reason}")


def _projections(app: App) -> Iterator[Finding]:
    with rebuilding(app) as built:
        for name, projection in app.projector.projections.items():
            whose = f"plugin {projection.plugin}: " if projection.plugin else ""
            try:
                different = built.compare(name).different
            except GenesisError as error:
                yield Finding(f"projection {name}", False, f"{whose}{error}")
                continue
            text = "rebuilt, identical"
            if different:
                text = (f"{whose}{', '.join(different)} is not what the journal says: make it again with "
                        f"`genesis projection rebuild {name}`; where it differs again, mend the plugin")  # fmt: skip
            yield Finding(f"projection {name}", not different, text)
