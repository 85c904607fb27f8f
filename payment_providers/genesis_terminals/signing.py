"""The slip that a customer signs: on paper as soon as a terminal asks for a signature, before the sale is recorded."""

from __future__ import annotations

from genesis import Entry, Fact, Pos, Row, StoreSettings, UserError, exponent, exporter_of, plain, slip_rows

SECONDS = 30.0


def print_slip(pos: Pos, entry: Entry) -> list[Fact] | None:
    """Print what has to be signed; raises where the printer cannot, so that it is tried again for a while."""
    fact = entry.fact
    details = getattr(fact, "details", {})
    if details.get("signature") != "asked":
        return None
    if not pos.devices.of("receipt_printer"):
        return []
    data = exporter_of(pos, pos.devices.medium, "printer").write(slip(pos, fact))
    for run in (lambda printer: printer.status(), lambda printer: printer.write(data)):
        done = pos.devices.ask("receipt_printer", run, SECONDS).wait()
        if not done.ok or not getattr(done.value, "ok", True):
            raise UserError(f"the slip to sign was not printed: {done.error or done.value.text}", "", "printer")
    return []


def slip(pos: Pos, fact: object) -> list[Row]:
    """Return the rows: what was charged, by which card, and the line to sign on."""
    amount, currency = getattr(fact, "amount", 0), getattr(fact, "currency", "")
    rows = [row for row in slip_rows(getattr(fact, "details", {})) if row[0] != "Signature"]
    return [
        ("title", pos.settings(StoreSettings).name, ""),
        ("centre", "Card payment", ""),
        ("total", currency, plain(amount, exponent(currency))),
        *(("small", label, text) for label, text in rows),
        ("text", "", ""), ("text", "", ""), ("rule", "", ""),
        ("small", "Signature", ""),
    ]  # fmt: skip
