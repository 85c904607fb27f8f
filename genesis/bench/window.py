"""The shell in a real window: measured in a process of its own, which this module is when it is run."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis.bench.raw import p95, p99
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13

if TYPE_CHECKING:
    from genesis.plugin.app import App
    from genesis.shell.app import Shell

KEYS = ("F4", "Escape", "Down", "Up", "F6", "Escape", "t", "e", "a", "BackSpace", "BackSpace", "BackSpace")
REST = 5.0  # seconds
SALES = 300  # 2,000 with --full


@contextmanager
def display() -> Iterator[dict[str, str] | None]:
    """Give the environment of a display: the one there is, else one of Xvfb; None without either."""
    if os.environ.get("DISPLAY"):
        yield dict(os.environ)
        return
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        yield None
        return
    read, write = os.pipe()
    arguments = [xvfb, "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(arguments, pass_fds=[write], stderr=subprocess.DEVNULL)  # noqa: S603
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield os.environ | {"DISPLAY": f":{pipe.readline().strip()}"}
    finally:
        server.terminate()
        server.wait()


@names(
    "shell_paint", "shell_key", "shell_scan", "shell_table", "shell_theme", "shell_idle", "shell_memory", "shell_growth"
)
def shell(bench: Bench) -> Iterator[Row]:
    """First paint, key to paint, scan to line, a long table, a theme, rest and memory of the cashier's window."""
    folder = bench.home.folder
    bench.let_go()  # a register has one process
    sales = 2_000 if bench.size > 100_000 else SALES
    with display() as environment:
        if environment is None:
            bench.say("no display and no Xvfb: the rows of the shell are not measured")
            return
        command = [sys.executable, "-m", __name__, str(folder), str(bench.size), str(sales), str(time.time())]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    yield Row("shell_paint", found["paint"], "s", target=1.5)
    yield Row("shell_key", found["key"], "ms", target=50.0)
    yield Row("shell_scan", found["scan"], "ms", target=50.0)
    yield Row("shell_table", found["table"], "ms", target=150.0)
    yield Row("shell_theme", found["theme"], "ms", target=300.0)
    yield Row("shell_idle", found["idle"], "%", target=0.5)
    yield Row("shell_memory", found["memory"], "MB", target=200.0)
    if sales > SALES:  # before that the caches of the database are still filling
        yield Row("shell_growth", found["growth"], "KB/sale", target=1.0)


MEASURES: list[Measure] = [shell]


class Watched:
    """The window that is measured."""

    def __init__(self, app: App, window: Shell) -> None:
        self.app, self.window = app, window.window
        self.root = self.window.root

    def until(self, seen: Any) -> None:
        """Let the window work until something is there."""
        while not seen():
            self.root.update()
        self.root.update()

    def took(self, act: Any, seen: Any = lambda: True) -> float:
        """Return the milliseconds from an act until the window shows what came of it."""
        began = time.perf_counter()
        act()
        self.until(seen)
        return (time.perf_counter() - began) * 1000

    def rest(self) -> None:
        """Do nothing for a while."""
        self.root.after(int(REST * 1000), self.root.quit)
        self.root.mainloop()

    def key(self, name: str) -> None:
        """Press a key."""
        (self.root.focus_get() or self.root).event_generate(f"<Key-{name}>")

    def sell(self, codes: list[str]) -> list[float]:
        """Scan and take cash by keys; returns the time of each scan."""
        desk, found = self.window.desk, []
        for count, code in enumerate(codes, 1):
            found.append(self.took(lambda code=code: desk.scan(code),
                                   lambda count=count: len(self.window.cashier.sale.lines) == count))  # fmt: skip
        desk.key("F12")
        desk.key("Return")
        self.until(lambda: desk.screen == "receipt")
        desk.key("Return")
        self.until(lambda: desk.screen == "sell")
        return found


def _resident() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1024


def _measure(folder: Path, size: int, sales: int, began: float) -> dict[str, float]:
    from genesis.plugin.app import App
    from genesis.plugin.home import open_home
    from genesis.shell.app import Shell
    from genesis.shell.preferences import PreferencesFile

    with App(open_home(folder), register=True, projector="thread") as app:
        shell = Shell(app, PreferencesFile(None), computer="en_US")
        one = Watched(app, shell)
        one.until(lambda: "sell" in one.window.views and one.window.views["sell"].panes[0].hots)
        found = {"paint": time.time() - began}
        one.root.focus_force()
        one.until(lambda: one.root.focus_get() is not None)
        one.sell([ean13(1)])
        one.window.desk.scan(ean13(2))
        found["key"] = p95(sorted(one.took(lambda name=name: one.key(name)) for _ in range(20) for name in KEYS))
        one.window.desk.till.cancel()
        one.window.cashier.refresh()
        one.until(lambda: not one.window.cashier.sale.lines)
        scans: list[float] = []
        start = 0.0
        for number in range(sales):
            scans += one.sell([ean13((number * 37 + line * 101) % size) for line in range(10 if number < 50 else 2)])
            start = _resident() if number == sales // 3 else start
        found |= {"scan": p99(sorted(scans)), "memory": _resident() / 1024}
        found["growth"] = max(_resident() - start, 0.0) / (sales - sales // 3)
        found["table"] = _table(one)
        found["theme"] = max(one.took(one.window.next_look) for _ in range(3))
        one.window.go("sell")
        one.rest()  # what the sales left to do is done
        used = time.process_time()
        one.rest()
        found["idle"] = 100 * (time.process_time() - used) / REST
        shell.close()
    return found


def _table(one: Watched) -> float:
    """Return the longest of three openings of the page of all products."""
    from genesis.shell.vm.listpage import ListPageVM

    page = one.window.desk.screens["catalog.products"]
    if not isinstance(page, ListPageVM):
        raise TypeError("the products are not a list page")
    found = []
    for _ in range(3):
        found.append(one.took(lambda: one.window.go("catalog.products"), lambda: page.row(0) is not None))
        one.window.go("sell")
    return max(found)


if __name__ == "__main__":
    answer = _measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    sys.stdout.write(json.dumps(answer))
