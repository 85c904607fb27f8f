"""The kernel's own figures: where each sale is, and what each shift took, kept as running totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from genesis.db import tables as t
from genesis.hooks import reporting as specs
from genesis.hooks.values import ReportSection
from genesis.kernel.facts import CashMoved, DrawerOpened, ReceiptReprinted, SaleCompleted, ShiftClosed, ShiftOpened
from genesis.kernel.money import exponent, plain
from genesis.kernel.payment import OPEN_ENDS
from genesis.kernel.projections import Projection, ViewDb

if TYPE_CHECKING:
    from genesis.kernel.entries import Entry
    from genesis.kernel.pos import Pos

SALES = "kernel_sales"
TILL = "kernel_till"
_by_number = select(t.sale.c.stream, t.sale.c.seq).where(t.sale.c.number == bindparam("number"))
_copies = select(t.sale.c.copies).where(t.sale.c.sale == bindparam("sale"))
_latest = (
    select(t.sale.c.stream, t.sale.c.seq)
    .where(t.sale.c.register == bindparam("register"))
    .order_by(t.sale.c.at.desc(), t.sale.c.seq.desc())
    .limit(1)
)
_figures = select(t.till.c.key, t.till.c.count, t.till.c.amount).where(t.till.c.shift == bindparam("shift"))


def _sale_kept(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, SaleCompleted):
        db.add(t.sale, [{
            "sale": fact.sale, "number": fact.number, "stream": entry.stream, "seq": entry.seq, "at": entry.at,
            "day": fact.business_day, "shift": fact.shift, "register": fact.register, "actor": fact.actor,
            "mode": fact.mode, "currency": fact.currency, "total": fact.total, "copies": 0,
        }], ("copies",))  # fmt: skip


def _reprinted(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, ReceiptReprinted):
        for row in db.find(t.sale, [{"sale": fact.sale}]):
            db.upsert(t.sale, [row | {"copies": max(row["copies"], fact.copy)}])


def _sold(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    sold = [line for line in fact.lines if line.returns is None and line.qty >= 0]
    back = [line for line in fact.lines if line.returns is not None or line.qty < 0]
    rows = [("documents", 1, fact.total), ("net", 0, fact.net), ("tax", 0, fact.tax)]
    if sold:
        rows.append(("sales", 1, sum(line.gross for line in sold)))
    if back:
        rows.append(("returns", 1, sum(line.gross for line in back)))
    rows.append((f"cashier:{fact.actor}", 1, fact.total))
    if fact.rounding:
        rows.append(("rounding", 1, fact.rounding))
    rows += [("discounts", 1, amount) for _, amount in fact.discounts]
    rows += [(f"tax:{tax.title}", 0, tax.amount) for tax in fact.taxes]
    for tender in fact.tenders:
        rows.append((f"tender:{tender.method}", 1, tender.amount))
        if tender.currency:
            rows += [(f"cash:{tender.currency}", 1, tender.given), ("cash", 0, -tender.change)]
        elif tender.cash:
            rows.append(("cash", 1, tender.tendered - tender.change))
        if tender.tip:
            rows += [(f"tip:{tender.method}", 1, tender.tip), (f"tipped:{fact.actor}", 1, tender.tip)]
    _add(db, fact.shift, rows)


def _add(db: ViewDb, shift: str, rows: list[tuple[str, int, int]]) -> None:
    merged: dict[str, list[int]] = {}
    for key, count, amount in rows:
        slot = merged.setdefault(key, [0, 0])
        slot[0] += count
        slot[1] += amount
    db.add(t.till, [{"shift": shift, "key": k, "count": c, "amount": a} for k, (c, a) in merged.items()],
           ("count", "amount"))  # fmt: skip


def _opened(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, ShiftOpened):
        db.upsert(t.shift, [{"shift": fact.shift, "register": fact.register, "currency": fact.currency,
                             "opened": entry.at, "closed": ""}])  # fmt: skip
        floats = [(f"float:{currency}", 1, amount) for currency, amount in fact.floats.items()]
        _add(db, fact.shift, [("float", 1, fact.opening_float), *floats])


def _closed(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, ShiftClosed):
        opened = next((row["opened"] for row in db.find(t.shift, [{"shift": fact.shift}])), "")
        db.upsert(t.shift, [{"shift": fact.shift, "register": fact.register, "currency": fact.currency,
                             "opened": opened, "closed": entry.at}])  # fmt: skip


def _moved(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, CashMoved):
        home = next((row["currency"] for row in db.find(t.shift, [{"shift": fact.shift}])), fact.currency)
        key = fact.reason_kind if fact.currency == home else f"{fact.reason_kind}:{fact.currency}"
        _add(db, fact.shift, [(key, 1, fact.amount)] + [("tips_out", 1, fact.amount)] * (fact.reason == TIPS))


def _watched(key: str) -> Callable[[ViewDb, Entry], None]:
    """Return a handler that counts what did not become a sale, in the shift it happened in."""

    def count(db: ViewDb, entry: Entry) -> None:
        fact: Any = entry.fact
        if fact.shift and not (isinstance(fact, DrawerOpened) and fact.sale):
            amount = getattr(fact, "amount", 0) or getattr(fact, "total", 0)
            _add(db, fact.shift, [(key, 1, amount)])

    return count


WATCHED = {"line.voided": "voids", "cart.cancelled": "cancelled", "price.overridden": "overrides",
           "receipt.reprinted": "reprints", "drawer.opened": "no_sale"}  # fmt: skip


def kernel_projections() -> list[Projection]:
    """Return the kernel's own projections."""
    return [
        Projection(name=SALES, tables=(t.sale,), rank=0,
                   handlers={"sale.completed": _sale_kept, "receipt.reprinted": _reprinted}),
        Projection(name=TILL, tables=(t.shift, t.till), rank=1, version=3,
                   handlers={"sale.completed": _sold, "shift.opened": _opened, "shift.closed": _closed,
                             "cash.moved": _moved} | {kind: _watched(key) for kind, key in WATCHED.items()}),
    ]  # fmt: skip


# -- reading -----------------------------------------------------------------------------------------------


def sale_place(pos: Pos, number: str) -> tuple[str, int] | None:
    """Return (stream, seq) of the sale with this receipt number."""
    rows = pos.db.fast(_by_number, {"number": number})
    return (rows[0][0], rows[0][1]) if rows else None


def latest_sale(pos: Pos, register: str) -> tuple[str, int] | None:
    """Return (stream, seq) of a register's last sale."""
    rows = pos.db.fast(_latest, {"register": register})
    return (rows[0][0], rows[0][1]) if rows else None


def copies(pos: Pos, sale: str) -> int:
    """Return how many copies of a receipt were made."""
    rows = pos.db.fast(_copies, {"sale": sale})
    return int(rows[0][0]) if rows else 0


def shift_figures(pos: Pos, shift: str) -> dict[str, tuple[int, int]]:
    """Return the running figures of a shift: key -> (count, amount)."""
    return {key: (count, amount) for key, count, amount in pos.db.fast(_figures, {"shift": shift})}


TIPS = "tips"  # the reason for which tips are paid out of the drawer
CASH = (("float", "Float"), ("cash", "Cash sales and refunds"), ("paid_in", "Paid in"), ("paid_out", "Paid out"),
        ("drop", "Drops"))  # fmt: skip


def expected_cash(figures: Mapping[str, Sequence[int]], currency: str = "") -> int:
    """Return float + cash taken (net of change and refunds) + paid in - paid out - drops; of foreign cash by name."""
    return sum(figures.get(f"{key}:{currency}".rstrip(":"), (0, 0))[1] for key, _ in CASH)


def foreign_cash(figures: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the currencies of the foreign cash that was in a drawer during a shift."""
    parts = (key.partition(":") for key in figures)
    return sorted({currency for kind, _, currency in parts if currency and kind in dict(CASH)})


NOT_SOLD = (("voids", "Lines voided"), ("cancelled", "Sales given up"), ("overrides", "Prices overridden"),
            ("reprints", "Copies"), ("no_sale", "Drawer opened without a sale"))  # fmt: skip


def _unresolved(pos: Pos, digits: int) -> tuple[tuple[str, str], ...]:
    """Return the payments of which nobody knows the end: they stand first, and hold no close up."""
    rows = [
        (body.get("attempt", body), ": to be given back by hand" if state == "refused" else "")
        for _, _, state, body in pos.journal.raw.open_attempts()
        if state in OPEN_ENDS
    ]
    return tuple((f"{row['method']} {row['id'][-6:]}{what}", plain(row["amount"], digits)) for row, what in rows)


def sections_of(figures: Mapping[str, Sequence[int]], currency: str) -> list[ReportSection]:
    """Return the figures of a shift (key -> count, amount) as the sections of an X or Z report; Cash is the last."""
    digits = exponent(currency)

    def row(key: str, label: str) -> tuple[str, str]:
        return label, plain(figures.get(key, (0, 0))[1], digits)

    def count(key: str, label: str) -> tuple[str, str]:
        return label, str(figures.get(key, (0, 0))[0])

    def each(kind: str) -> tuple[tuple[str, str], ...]:
        found = [(key.partition(":")[2], value) for key, value in sorted(figures.items()) if key.startswith(kind + ":")]
        return tuple(
            (f"{name} ({number})" if number else name, plain(amount, digits)) for name, (number, amount) in found
        )

    return [
        ReportSection(title="Sales", rows=(count("documents", "Receipts"), row("sales", "Sales"),
                                           row("returns", "Returns"), row("discounts", "Discounts"),
                                           row("net", "Net"), row("tax", "Tax"), row("rounding", "Rounding"))),
        ReportSection(title="Tax", rows=each("tax")),
        ReportSection(title="Tenders", rows=each("tender")),
        ReportSection(title="Cashiers", rows=each("cashier")),
        ReportSection(title="Tips", rows=(*each("tip"), *each("tipped"),
                                          *((row("tips_out", "Tips paid out"),) if "tips_out" in figures else ()))),
        ReportSection(title="Not sold", rows=tuple(count(key, label) for key, label in NOT_SOLD if key in figures)),
        *(_cash(figures, currency) for currency in foreign_cash(figures)),
        ReportSection(title="Cash", rows=(*(row(key, label) for key, label in CASH),
                                          ("Expected", plain(expected_cash(figures), digits)))),
    ]  # fmt: skip


def _cash(figures: Mapping[str, Sequence[int]], currency: str) -> ReportSection:
    """Return the section of foreign cash, in its own currency."""
    digits = exponent(currency)
    rows = [(label, plain(figures.get(f"{key}:{currency}", (0, 0))[1], digits)) for key, label in CASH]
    expected = ("Expected", plain(expected_cash(figures, currency), digits))
    return ReportSection(title=f"Cash {currency}", rows=(*rows, expected))


def x_report(pos: Pos, shift: str, currency: str) -> list[ReportSection]:
    """Return the X report of a shift: the kernel's figures and the sections of plugins."""
    unresolved = _unresolved(pos, exponent(currency))
    sections = [ReportSection(title="Not known to be paid or not", rows=unresolved)]
    sections += sections_of(shift_figures(pos, shift), currency)
    for _, more in pos.hooks.authored(specs.closing_sections)(shift=shift):
        sections += more
    return [section for section in sections if section.rows]
