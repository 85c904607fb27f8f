"""The kernel's own figures: where each sale is, and what each shift took, kept as running totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from genesis.db import tables as t
from genesis.hooks import reporting as specs
from genesis.hooks.values import ReportSection
from genesis.kernel.facts import CashMoved, ReceiptReprinted, SaleCompleted, ShiftClosed, ShiftOpened
from genesis.kernel.money import exponent, plain
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
        row = db.one(select(t.sale).where(t.sale.c.sale == fact.sale))
        if row is not None:
            db.upsert(t.sale, [dict(row._mapping) | {"copies": max(row.copies, fact.copy)}])  # noqa: SLF001


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
    if fact.rounding:
        rows.append(("rounding", 1, fact.rounding))
    rows += [("discounts", 1, amount) for _, amount in fact.discounts]
    rows += [(f"tax:{tax.title}", 0, tax.amount) for tax in fact.taxes]
    for tender in fact.tenders:
        rows.append((f"tender:{tender.method}", 1, tender.amount))
        if tender.cash:
            rows.append(("cash", 1, tender.amount))
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
        _add(db, fact.shift, [("float", 1, fact.opening_float)])


def _closed(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, ShiftClosed):
        row = db.one(select(t.shift).where(t.shift.c.shift == fact.shift))
        opened = row.opened if row is not None else ""
        db.upsert(t.shift, [{"shift": fact.shift, "register": fact.register, "currency": fact.currency,
                             "opened": opened, "closed": entry.at}])  # fmt: skip


def _moved(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, CashMoved):
        _add(db, fact.shift, [(fact.reason_kind, 1, fact.amount)])


def kernel_projections() -> list[Projection]:
    """Return the kernel's own projections."""
    return [
        Projection(name=SALES, tables=(t.sale,), rank=0,
                   handlers={"sale.completed": _sale_kept, "receipt.reprinted": _reprinted}),
        Projection(name=TILL, tables=(t.shift, t.till), rank=1,
                   handlers={"sale.completed": _sold, "shift.opened": _opened, "shift.closed": _closed,
                             "cash.moved": _moved}),
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


def expected_cash(figures: dict[str, tuple[int, int]]) -> int:
    """Return float + cash taken (net of change and refunds) + paid in - paid out - drops."""
    return sum(figures.get(key, (0, 0))[1] for key in ("float", "cash", "paid_in", "paid_out", "drop"))


def x_report(pos: Pos, shift: str, currency: str) -> list[ReportSection]:
    """Return the X report of a shift: the kernel's figures and the sections of plugins."""
    figures = shift_figures(pos, shift)
    digits = exponent(currency)

    def row(key: str, label: str) -> tuple[str, str]:
        return label, plain(figures.get(key, (0, 0))[1], digits)

    counted = figures.get("documents", (0, 0))[0]
    sections = [
        ReportSection(title="Sales", rows=(("Receipts", str(counted)), row("sales", "Sales"),
                                           row("returns", "Returns"), row("discounts", "Discounts"),
                                           row("net", "Net"), row("tax", "Tax"), row("rounding", "Rounding"))),
        ReportSection(title="Tax", rows=tuple((k[4:], plain(v[1], digits)) for k, v in sorted(figures.items())
                                              if k.startswith("tax:"))),
        ReportSection(title="Tenders", rows=tuple((k[7:], plain(v[1], digits)) for k, v in sorted(figures.items())
                                                  if k.startswith("tender:"))),
        ReportSection(title="Cash", rows=(row("float", "Float"), row("cash", "Cash sales and refunds"),
                                          row("paid_in", "Paid in"), row("paid_out", "Paid out"),
                                          row("drop", "Drops"),
                                          ("Expected", plain(expected_cash(figures), digits)))),
    ]  # fmt: skip
    for _, more in pos.hooks.authored(specs.closing_sections)(shift=shift):
        sections += more
    return [section for section in sections if section.rows]
