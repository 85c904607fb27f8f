"""Printing each receipt once at most by itself, and losing none silently: what is not on paper is a fact."""

from __future__ import annotations

from datetime import datetime, timedelta

from genesis import (
    Entry,
    Fact,
    GuardRefused,
    Once,
    Pos,
    SaleCompleted,
    UserError,
    exporter_of,
    find_sale,
    receipt_rows,
)
from genesis_printer_escpos.models import PrinterSettings, PrintMissed, PrintStarted, PrintUnknown

KINDS = ("sale.completed", "receipt.reprinted")
UNWANTED = {"none", "email"}  # how a receipt is handed over that nobody prints


def print_entry(pos: Pos, entry: Entry) -> list[Fact]:
    """Print the receipt of a sale, or its copy; raise where nothing was sent, so that it is tried again.

    What cannot be sent for as long as the settings say, or was left by a register that was off, is not sent any more.
    """
    printer = pos.devices.of("receipt_printer")
    sale = entry if isinstance(entry.fact, SaleCompleted) else find_sale(pos, getattr(entry.fact, "of", ""))
    if not printer or not isinstance(sale.fact, SaleCompleted) or (sale is entry and _unwanted(sale.fact)):
        return []
    settings, ref, number = pos.settings(PrinterSettings), str(entry.ref), sale.fact.number
    if pos.clock.now() - datetime.fromisoformat(entry.at) > timedelta(minutes=settings.minutes):
        known = next((device.text for device in pos.devices.all() if device.id == printer), "")
        return [PrintMissed(of=ref, number=number, cause=known[:200] or "the printer was not ready in time")]
    rows = receipt_rows(sale.fact, sale, getattr(entry.fact, "copy", 0))
    data = exporter_of(pos, pos.devices.medium, "printer").write(rows)
    ready = pos.devices.ask("receipt_printer", lambda printer: printer.status(), patience(settings, b"")).wait()
    if not ready.ok or not ready.value.ok:
        raise UserError(f"the receipt was not printed: {ready.error or ready.value.text}", "", "printer")
    try:
        pos.journal.append(PrintStarted(of=ref), guards=[Once("printer_escpos", ref)], cause=entry.ref)
    except GuardRefused:
        return [PrintUnknown(of=ref, number=number, cause="the register stopped while it was printing")]
    done = pos.devices.ask("receipt_printer", lambda printer: printer.write(data), patience(settings, data)).wait()
    return [] if done.ok else [PrintUnknown(of=ref, number=number, cause=done.error[:200])]


def _unwanted(sale: SaleCompleted) -> bool:
    return sale.sections.get("receipts", {}).get("medium") in UNWANTED


def patience(settings: PrinterSettings, data: bytes) -> float:
    """Return how many seconds a job may take: two answers, and the time that its bytes need on a serial line."""
    return 2.0 * settings.seconds + 10 * len(data) / settings.baud
