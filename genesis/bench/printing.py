"""What happens around a receipt and a camera: paper begins soon after the money, and no picture takes long."""

from __future__ import annotations

import importlib
import io
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from genesis.bench.appending import ring_up
from genesis.bench.raw import p50, p95, p99, times
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13, products, register_of
from genesis.hooks.given import exporter_of
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import Row as ReceiptRow
from genesis.plugin.app import App
from genesis.plugin.state import record

PRINTER = "printer_escpos"
SALES = 100
LINES = 30
PATIENCE = 20.0  # seconds for one receipt


class Paper:
    """A printer on this computer that says when the first byte of each job came, and confirms whatever is asked."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        self.began: queue.Queue[float] = queue.Queue()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._talk(self._door.accept()[0])

    def _talk(self, line: socket.socket) -> None:
        with line:
            while data := line.recv(65_536):
                if data.startswith(b"\x1b@"):  # the first thing of a job
                    self.began.put(time.perf_counter())
                if data.endswith(b"\x1dr\x01"):
                    line.sendall(b"\x00")
                elif data[:2] == b"\x10\x04":
                    line.sendall(b"\x12")

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@names("tender_to_print_p99", "receipt_encode", "receipt_pdf")
def printing(bench: Bench) -> Iterator[Row]:
    """Cash given to the first byte of the receipt at the printer, in a till with all its threads; its bytes and PDF."""
    home, paper = bench.new_home("printing"), Paper()
    with App(home) as app:
        app.pos.records("catalog_product").load(products(1_000), source="bench")
        record(app, PRINTER, enabled=True, why="bench", since={})
        app.restart()
        app.settings.change(PRINTER, {"address": paper.address})
    till = bench.open(home, register=True, projector="thread")
    register, found = register_of(till), []
    for number in range(SALES + 1):
        for line in range(5):
            register.scan(ean13((number * 5 + line) % 1_000))
        began = time.perf_counter()
        register.pay("cash")
        try:
            found.append((paper.began.get(timeout=PATIENCE) - began) * 1000)
        except queue.Empty:
            raise GenesisError(f"the receipt did not come to the printer: {till.reactor.errors}") from None
    rows = _receipt(till)
    writers = {medium: exporter_of(till.pos, medium, "receipt").write for medium in ("escpos", "pdf")}
    spent = {medium: p50(times(40, partial(write, rows))) for medium, write in writers.items()}
    bench.let_go()
    paper.close()
    yield Row("tender_to_print_p99", p99(sorted(found[1:])), "ms", target=100.0)  # the first one loads the library
    yield Row("receipt_encode", spent["escpos"], "ms", target=5.0)
    yield Row("receipt_pdf", spent["pdf"], "ms", target=50.0)


def _receipt(app: App) -> list[ReceiptRow]:
    """Return the rows of a receipt of 30 lines."""
    ring_up(app, 1, lines=LINES, spread=1_000)
    last = register_of(app).last_sale()
    if last is None:
        raise GenesisError("nothing was sold to print")
    return register_of(app).document(last)


@names("frame_decode_p95")
def decoding(bench: Bench) -> Iterator[Row]:
    """A frame of a camera, 640 by 480, with a code in it: found or not, it must not take long."""
    try:
        pictures, zxing = importlib.import_module("genesis_barcodes.pictures"), importlib.import_module("zxingcpp")
    except ImportError:
        bench.say("frame_decode_p95: left out, as the extra barcodes is not installed")
        return
    from PIL import Image

    frames = []
    for number in range(20):
        made = zxing.create_barcode(ean13(number), zxing.BarcodeFormat.EAN13)
        bars = (
            Image.fromarray(zxing.write_barcode_to_image(made, scale=2))
            .convert("L")
            .rotate(number, expand=True, fillcolor=255)
        )
        frame, file = Image.new("L", (640, 480), 255), io.BytesIO()
        frame.paste(bars, (100 + number, 80))
        frame.save(file, "JPEG", quality=70)
        frames.append(file.getvalue())
    spent = []
    for frame_bytes in frames * 5:
        began = time.perf_counter()
        found = pictures.codes_in_frame(frame_bytes)
        spent.append((time.perf_counter() - began) * 1000)
        if not found:
            raise GenesisError("a code in a frame was not found")
    yield Row("frame_decode_p95", p95(sorted(spent)), "ms", target=60.0)


MEASURES: list[Measure] = [printing, decoding]
