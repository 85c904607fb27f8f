"""Work beside the window: results come back on its thread, and not at all to a screen that is gone."""

from __future__ import annotations

import queue
import tkinter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from genesis.shell.garbage import Garbage

DRAIN = 15  # ms between looks into the queue while work is under way


class Tasks:
    """Runs work in threads; `done` and `failed` are called on the thread of the window.

    Where there are threads, garbage is collected on that of the window alone. No other timer runs while nothing is
    under way.
    """

    def __init__(self, root: tkinter.Misc, workers: int = 4) -> None:
        self._root, self._garbage = root, Garbage(root)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="genesis-shell")
        self._results: queue.SimpleQueue[tuple[int, Callable[[Any], None], Any]] = queue.SimpleQueue()
        self._under_way = 0
        self._generation = 0
        self._timer = ""

    def submit(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Run `work` in a worker."""
        generation = self._generation
        self._under_way += 1

        def run() -> None:
            try:
                result, then = work(), done
            except BaseException as error:  # noqa: BLE001 - carried to the thread of the window
                result, then = error, failed
            self._results.put((generation, then, result))

        self._pool.submit(run)
        if not self._timer:
            self._timer = self._root.after(DRAIN, self._drain)

    def later(self, ms: int, run: Callable[[], object]) -> None:
        """Run something on the thread of the window after a while, unless its screen is gone by then."""
        generation = self._generation
        self._root.after(ms, lambda: run() if generation == self._generation else None)

    def drop(self) -> None:
        """Forget the results of everything submitted so far: its screen is gone."""
        self._generation += 1

    def close(self) -> None:
        """Stop; work that is under way ends unheard, and what was to happen later does not."""
        for timer in self._root.tk.splitlist(self._root.tk.call("after", "info")):
            self._root.tk.call("after", "cancel", timer)  # its command goes with its widget
        self._timer = ""
        self._garbage.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _drain(self) -> None:
        self._timer = ""
        try:
            while True:
                generation, then, result = self._results.get_nowait()
                self._under_way -= 1
                if generation == self._generation:
                    then(result)
        except queue.Empty:
            pass
        finally:  # also when `then` failed: the others still wait for their turn
            if self._under_way and not self._timer:
                self._timer = self._root.after(DRAIN, self._drain)
