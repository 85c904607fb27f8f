"""Closing a terminal: its totals beside those of the receipts since its last close."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from genesis import Confirm, Done, FieldSpec, Money, Pos, Report, ReportSection, Row, UserError, exponent, plain
from genesis_external_card.models import BATCHES, BatchClosed, batch, taken

NUMBER = re.compile(r"[A-Za-z0-9/._ -]{1,20}", re.ASCII)


def unclosed(pos: Pos) -> list[Any]:
    """Return what each terminal of this register took since its last close."""
    pos.journal.wait(pos.journal.raw.pos(), BATCHES.name)
    here = select(taken).where(taken.c.register == pos.shifts.register, taken.c.payments != 0)
    return pos.db.all(here.order_by(taken.c.terminal))


def sections(pos: Pos) -> list[ReportSection]:
    """Return what the report of a shift says: what is not closed at its terminal yet."""
    rows = tuple((f"{row.terminal or 'Card terminal'} ({row.payments})", plain(row.amount, exponent(row.currency)))
                 for row in unclosed(pos))  # fmt: skip
    return [ReportSection(title="Card terminals to close", rows=rows, todo=True)] if rows else []


def close(pos: Pos, terminals: tuple[str, ...]) -> Done:
    """Close a terminal: ask for the number and the total of its own slip, and record both totals."""
    answers, currency = pos.hooks.answers, pos.currency
    if "total" not in answers:
        raise Confirm("Close the batch at the terminal", "Then type what its slip says", fields=_fields(terminals))
    terminal = answers.get("terminal", "")
    number = answers.get("number", "").strip()
    if not NUMBER.fullmatch(number):
        raise UserError(f"number: {number[:20]!r} is no number of a batch", "type it as the slip has it", "number")
    told = Money.parse(answers["total"], currency, "total").minor
    row = next((row for row in unclosed(pos) if row.terminal == terminal), None)
    amount, payments = (row.amount, row.payments) if row else (0, 0)
    reason = answers.get("reason", "").strip()[:200]
    if told != amount and not reason:
        short = plain(told - amount, exponent(currency))
        raise Confirm(f"The terminal differs by {short}", "Compare its slips with the receipts; say why, or go back",
                      fields=(FieldSpec(name="reason", label="Reason", required=True),))  # fmt: skip
    fact = BatchClosed(register=pos.shifts.register, terminal=terminal, number=number, payments=payments, amount=amount,
                       told=told, currency=currency, reason=reason)  # fmt: skip
    pos.journal.append(fact)
    return Done(text=f"Batch {number} is closed", document=rows_of(fact))


def _fields(terminals: tuple[str, ...]) -> tuple[FieldSpec, ...]:
    which = FieldSpec(name="terminal", label="Terminal", kind="choice", choices=terminals, required=True)
    return (
        *((which,) if terminals else ()),
        FieldSpec(name="number", label="Number of the batch", required=True, half=True),
        FieldSpec(name="total", label="Total on its slip", kind="money", required=True, half=True),
    )


def rows_of(fact: BatchClosed) -> tuple[Row, ...]:
    """Return a close as rows for the screen and paper."""
    digits = exponent(fact.currency)
    return (
        ("title", f"Batch {fact.number}", ""),
        ("text", fact.terminal or "Card terminal", fact.register),
        ("rule", "", ""),
        ("text", "Payments", str(fact.payments)),
        ("text", "Receipts", plain(fact.amount, digits)),
        ("text", "Terminal", plain(fact.told, digits)),
        ("bold", "Difference", plain(fact.told - fact.amount, digits)),
        *((("small", fact.reason, ""),) if fact.reason else ()),
    )


def report() -> Report:
    """Return the report of closes."""
    return Report(
        id="card_batches", title="Card terminals closed", run=_report,
        columns=("Closed", "Register", "Terminal", "Terminal batch", "Payments", "Receipts", "Its total", "Difference",
                 "Reason"),
    )  # fmt: skip


def _report(pos: Pos, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    since, until = parameters.get("since", ""), parameters.get("until", "") or "9999"
    found = pos.db.all(select(batch).where(batch.c.at.between(since, until + "~")).order_by(batch.c.at))
    return [(row.at[:16].replace("T", " "), row.register, row.terminal, row.number, str(row.payments),
             plain(row.amount, exponent(row.currency)), plain(row.told, exponent(row.currency)),
             plain(row.told - row.amount, exponent(row.currency)), row.reason) for row in found]  # fmt: skip
