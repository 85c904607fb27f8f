"""Work on a timer, in a worker thread, never on the way of a sale."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from genesis.kernel.errors import RAISED, Closing

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do every so many seconds; `run` gets pos and must let go within its own time limit.

    at_start: also as soon as the house is open.
    """

    id: str
    every: float
    run: Callable[[Any], None]
    at_start: bool = False


class JobRunner:
    """Runs the jobs of one process one after the other; a failing job is logged and tried again next time."""

    def __init__(self, pos: Pos, jobs: Sequence[Job]) -> None:
        self._pos, self._jobs = pos, list(jobs)
        self._stop, self._wake = threading.Event(), threading.Event()
        self._due = {job.id: time.monotonic() + (0 if job.at_start else job.every) for job in self._jobs}
        self.errors: dict[str, str] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, where there is anything to do."""
        if self._jobs:
            self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
            self._thread.start()

    def soon(self, job: str) -> None:
        """Make a job due now."""
        self._due[job] = 0
        self._wake.set()

    def run_due(self) -> None:
        """Run what is due now."""
        for job in self._jobs:
            if time.monotonic() >= self._due[job.id]:
                self._due[job.id] = time.monotonic() + job.every
                try:
                    job.run(self._pos)
                    self.errors.pop(job.id, None)
                except Closing:
                    return
                except RAISED as error:  # a job must not end the others
                    self.errors[job.id] = str(error)
                    self._pos.log.exception("job %s failed", job.id)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(max(0.05, min(self._due.values()) - time.monotonic()))
            self._wake.clear()
            if not self._stop.is_set():
                self.run_due()

    def stop(self, timeout: float = 5) -> None:
        """End after the job that is running."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout)
