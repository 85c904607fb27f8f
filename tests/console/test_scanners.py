"""Codes of scanners on the device desk reach the text register, one answered line each."""

from __future__ import annotations

import os
import threading
import tty

from genesis.plugin.app import App
from genesis.plugin.home import open_home
from tests.console.terminal import COFFEE, ESPRESSO, Console


def test_a_scanner_at_a_serial_port_is_answered_a_line_a_code_between_what_is_typed(home, genesis, tmp_path):
    near, far = os.openpty()
    for end in (near, far):
        tty.setraw(end)
    genesis("plugin", "enable", "scanner_serial")
    genesis("settings", "scanner_serial", f"port={os.ttyname(far)}")
    typed, keyboard = os.pipe()
    with App(open_home(home), register=True, projector="thread") as app, os.fdopen(typed, "rb") as source:
        console = Console(app)
        running = threading.Thread(target=console.till.run, args=(source,), daemon=True)
        running.start()

        tick = threading.Event()

        def until(found, *, scanned=b""):
            while not found(console.out.getvalue().splitlines()):  # the suite's own limit ends a wait in vain
                os.write(near, scanned)
                tick.wait(0.05)

        until(lambda lines: any(line.startswith("Refused: ") and "hello" in line for line in lines), scanned=b"hello\r")
        os.write(near, f"{COFFEE}\rcancel\r".encode())
        until(lambda lines: "cancel" in lines[-1])
        os.write(keyboard, f"{ESPRESSO}\n".encode())
        until(lambda lines: "Total: 5.60" in lines[-1])
        app.restart()
        until(lambda lines: any("Total: 9.00" in line for line in lines), scanned=f"{COFFEE}\r".encode())
        os.write(keyboard, b"quit\n")
        running.join(20)
        assert not running.is_alive()
        lines = console.out.getvalue().splitlines()
        assert [line for line in lines if "Flat white" in line][0].endswith("Total: 3.40")
        assert [line for line in lines if line.startswith("Refused: ") and "cancel" in line]
        assert app.register.cart.lines[0].item.name == "Flat white"
    for end in (near, far, keyboard):
        os.close(end)
