"""A label printer that hangs: its own worker waits, nobody else does."""

from __future__ import annotations

import threading

from genesis import DeviceStatus, Exporter, hookimpl


class HangingPrinter:
    id, title, kind = "labels", "Label printer", "label_printer"

    def __init__(self):
        self.let_go = threading.Event()
        self.printed: list[bytes] = []

    def open(self):
        self.let_go.clear()

    def close(self):
        self.let_go.set()

    def status(self):
        return DeviceStatus(ok=not self.let_go.is_set(), text="hanging")

    def write(self, data):
        self.let_go.wait(60)
        self.printed.append(data)


class LabelPlugin:
    def __init__(self):
        self.printer = HangingPrinter()

    @hookimpl
    def shutdown(self, pos):
        self.printer.let_go.set()

    @hookimpl
    def device_drivers(self, pos):
        return [self.printer]

    @hookimpl
    def exporters(self):
        return [Exporter(id="labels", title="Labels", medium="label", suffix=".lbl",
                         write=lambda rows: b"\n".join(left.encode() for _, left, _ in rows))]  # fmt: skip

    @hookimpl
    def cart_changed(self, pos, cart, priced, change):
        if change == "done":
            pos.devices.ask("label_printer", lambda printer: printer.write(b"label"))


plugin = LabelPlugin()
