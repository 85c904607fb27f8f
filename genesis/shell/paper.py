"""What is shown as a document on the receipt printer of this register, if it has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.hooks.given import exporter_of
from genesis.kernel.errors import UserError
from genesis.kernel.facts import Row

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

SECONDS = 30.0  # a long report takes its time on a slow line
Print = Callable[[Sequence[Row]], None]


def printer_of(pos: Pos | None) -> Print | None:
    """Return what prints rows at this register (it waits: for a worker), None where nothing does."""
    return partial(put, pos, "printer") if pos is not None and pos.devices.of("receipt_printer") else None


def put(pos: Pos, field: str, rows: Sequence[Row], seconds: float = SECONDS) -> None:
    """Print rows, and wait until the printer says so; UserError, at a field, where it did not."""
    data = exporter_of(pos, pos.devices.medium, field).write(rows)
    for run in (lambda printer: printer.status(), lambda printer: printer.write(data)):
        done = pos.devices.ask("receipt_printer", run, seconds).wait()
        wrong = done.error or ("" if getattr(done.value, "ok", True) else done.value.text)
        if wrong:
            raise UserError(f"this was not printed: {wrong}", "check cable, power and address", field)
