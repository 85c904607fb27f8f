"""A print queue as a device: what CUPS is asked through its own commands, and what its answers mean."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable

import msgspec

from genesis import DeviceKind, DeviceStatus, UserError
from genesis_printer_cups.models import CupsSettings

COMMANDS = ("lp", "lpstat")
ANSWER = 5.0  # seconds in which CUPS itself answers
LOOK = 0.1  # seconds between two looks at a job
_JOB = re.compile(r"request id is (\S+) ")


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """How a print queue is. why: what it says of itself; trouble: the printer says that something is wrong."""

    enabled: bool
    accepts: bool
    why: str
    trouble: bool


class CupsPrinter:
    """One print queue; a job counts as printed when CUPS has done with it and the printer names no fault."""

    id: str = "printer_cups"
    title: str = "System printer"
    kind: DeviceKind = "printer"
    medium = "pdf"

    def __init__(self, settings: CupsSettings, probe: Callable[[], bytes]) -> None:
        self._settings, self._probe = settings, probe

    def open(self) -> None:
        """Look whether CUPS and the queue are there."""
        if not all(map(shutil.which, COMMANDS)):
            raise UserError("CUPS is not installed", "install it with: apt-get install cups cups-client", "queue")
        self._queue()

    def close(self) -> None:
        """Nothing to let go of."""

    def status(self) -> DeviceStatus:
        """Ask whether the queue prints."""
        queue, name = self._queue(), self._settings.queue
        if not queue.enabled:
            return DeviceStatus(ok=False, text=f"its queue is stopped ({queue.why}): type cupsenable {name}")
        if not queue.accepts:
            return DeviceStatus(ok=False, text=f"its queue takes nothing: type cupsaccept {name}")
        return DeviceStatus(ok=True, text=queue.why if queue.trouble and queue.why else "ready")

    def test(self) -> DeviceStatus:
        """Print a page, where the queue prints."""
        found = self.status()
        if found.ok:
            self.write(self._probe())
            return DeviceStatus(ok=True, text="a page was printed")
        return found

    def write(self, data: bytes) -> None:
        """Print a PDF, and wait until CUPS has done with it."""
        if not data.startswith(b"%PDF-"):
            raise UserError("it prints documents and takes no commands", "use a receipt printer for that", "printer")
        done = self._run("lp", "-d", self._settings.queue, "-t", "Genesis", "-", given=data)
        job = _JOB.search(done.stdout.decode(errors="replace"))
        if done.returncode or job is None:
            raise UserError(f"CUPS did not take it: {_said(done)}", "see to the print queue", "printer")
        end = time.monotonic() + self._settings.seconds
        while self._waits(job[1]):
            queue = self._queue()
            if time.monotonic() > end or not queue.enabled:
                what = f"CUPS still has it ({queue.why or 'it is printing'})"
                raise UserError(what, "see to the printer: it prints it by itself then", "printer")
            time.sleep(LOOK)
        queue = self._queue()
        if queue.trouble or not queue.enabled:
            raise UserError(f"the printer has a fault ({queue.why})", "look whether it is on paper", "printer")

    def sensor(self) -> bool:
        """No drawer hangs on it."""
        raise UserError("no drawer hangs on a system printer", "hang it on a receipt printer", "printer")

    def _waits(self, job: str) -> bool:
        listed = self._run("lpstat", "-W", "not-completed", "-o", self._settings.queue)
        if listed.returncode:
            raise ConnectionError(_said(listed))
        return any(line.split()[:1] == [job] for line in listed.stdout.decode(errors="replace").splitlines())

    def _queue(self) -> Queue:
        """Ask how the queue is; ConnectionError with what to do where CUPS or the queue is not there."""
        name = self._settings.queue
        asked = self._run("lpstat", "-a", name, "-l", "-p", name)
        if asked.returncode:  # which it says too where nobody answers
            if b"not" in self._run("lpstat", "-r").stdout.split():
                raise ConnectionError("CUPS does not answer: type systemctl start cups")
            raise ConnectionError(f"there is no print queue {name}: type lpstat -e to see which there are")
        return read_queue(asked.stdout.decode(errors="replace"))

    def _run(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        place = {"CUPS_SERVER": self._settings.server} if self._settings.server else {}
        known = os.environ | place | {"LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603  the settings let only names through
                words, input=given, capture_output=True, env=known, timeout=ANSWER, check=False
            )
        except subprocess.TimeoutExpired:
            raise ConnectionError("CUPS does not answer in time: look at the print server") from None


def read_queue(told: str) -> Queue:
    """Return what `lpstat -a QUEUE -l -p QUEUE` tells, in its own English words."""
    accepts, enabled, why, trouble = False, False, "", False
    head = False
    for line in told.splitlines():
        if line.startswith("printer "):
            enabled, head = line.split()[2:3] != ["disabled"], True
        elif not line.startswith("\t"):
            accepts = accepts or line.split()[1:2] == ["accepting"]
        elif head:  # the line under the state of the printer says why, or begins with what else is told
            why, head = "" if line.strip().endswith(":") else line.strip(), False
        elif line.strip().startswith("Alerts:"):
            trouble = "-error" in line
    return Queue(enabled=enabled, accepts=accepts, why=why, trouble=trouble)


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("lpstat: ").removeprefix("lp: ")
