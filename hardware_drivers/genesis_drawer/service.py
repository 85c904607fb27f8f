"""The pulse, and opening the drawer once at most, soon or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from genesis import DeviceKind, DeviceStatus, Entry, Fact, GuardRefused, Once, Pos, ShiftOpened, UserError
from genesis_drawer.models import DrawerKicked, DrawerSettings, DrawerStuck

SECONDS = 3.0
# A sale that moves cash and somebody's hand are drawer.opened; a float that was counted is put in.
KINDS = ("drawer.opened", "cash.moved", "shift.opened", "shift.closed")
LATE = timedelta(seconds=10)  # a drawer that opens by itself later is a risk
PRINTER: Literal["receipt_printer"] = "receipt_printer"


def pulse(settings: DrawerSettings) -> bytes:
    """Return ESC p m t1 t2 (Epson's reference: m 0 is pin 2, 1 is pin 5; times count 2 ms)."""
    return bytes((0x1B, 0x70, 0 if settings.pin == "2" else 1, settings.on_ms // 2, settings.off_ms // 2))


class PrinterDrawer:
    """A drawer on the connector of whatever prints receipts here."""

    id: str = "drawer"
    title: str = "Cash drawer"
    kind: DeviceKind = "drawer"

    def __init__(self, pos: Pos, settings: DrawerSettings) -> None:
        self._pos, self._settings = pos, settings

    def open(self) -> None:
        """Connect: there must be a printer to hang on."""
        if not self._pos.devices.of(PRINTER):
            raise UserError("no receipt printer is set up", "choose one under Devices")

    def close(self) -> None:
        """Nothing to let go of."""

    def status(self) -> DeviceStatus:
        """Say whether it is open, where it has a sensor."""
        ready = self._ask(lambda printer: printer.status())
        if not ready.ok:
            return DeviceStatus(ok=False, text=f"the printer it hangs on: {ready.text}")
        if self._settings.open_is == "unknown":
            return DeviceStatus(ok=True, text="ready; whether it is open is not known")
        high = bool(self._ask(lambda printer: printer.sensor()))
        return DeviceStatus(ok=True, text="open" if high == (self._settings.open_is == "high") else "closed")

    def kick(self) -> None:
        """Open it; returns once the printer has the pulse."""
        self._ask(lambda printer: printer.write(pulse(self._settings)))

    def _ask(self, question: Any) -> Any:
        outcome = self._pos.devices.ask(PRINTER, question, SECONDS).wait()
        if not outcome.ok:
            raise UserError(f"the printer it hangs on: {outcome.error}", "look at the printer, or use the key")
        return outcome.value


def open_drawer(pos: Pos, entry: Entry) -> list[Fact] | None:
    """Open the drawer for a recorded movement of cash: once at most, and not when that was a while ago."""
    if isinstance(entry.fact, ShiftOpened) and not entry.fact.counted:
        return None  # the first sale opened it, and opens the drawer by itself
    late = pos.clock.now() - datetime.fromisoformat(entry.at) > LATE
    if late or not pos.devices.of("drawer"):
        return []
    ref = str(entry.ref)
    try:
        pos.journal.append(DrawerKicked(of=ref), guards=[Once("drawer", ref)], cause=entry.ref)
    except GuardRefused:
        return [DrawerStuck(of=ref, cause="the register stopped while it was being opened")]
    done = pos.devices.ask("drawer", lambda drawer: drawer.kick(), 2 * SECONDS).wait()
    return [] if done.ok else [DrawerStuck(of=ref, cause=done.error[:200])]
