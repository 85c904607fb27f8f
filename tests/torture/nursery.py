"""A process that has everything imported and forks a child for every order, so that a till starts in no time."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds without an answer after which a child counts as hanging
Order = dict[str, Any]


class Child:
    """A forked child: lines go in, what it says comes out."""

    def __init__(self, nursery: Nursery, order: Order) -> None:
        self._nursery = nursery
        self._errors = tempfile.TemporaryFile()
        mine_in, self._in = os.pipe()
        self._out, mine_out = os.pipe()
        self.pid = nursery.fork(order, [mine_in, mine_out, self._errors.fileno()])
        os.close(mine_in)
        os.close(mine_out)
        self._rest = b""
        self.errors = ""  # what it wrote to standard error, once it has ended
        self.doom: float | None = None  # when to kill it, by time.monotonic()
        self.said = 0  # bytes

    def write(self, line: str) -> None:
        """Give it a line; nothing happens where it is gone."""
        with suppress(BrokenPipeError):
            os.write(self._in, line.encode() + b"\n")

    def read(self) -> str | None:
        """Return its next line, None when it has ended; kills it when its time has come."""
        while b"\n" not in self._rest:
            wait = PATIENCE if self.doom is None else max(0.0, self.doom - time.monotonic())
            ready, _, _ = select.select([self._out], [], [], wait)
            if not ready:
                self.kill()
                if self.doom is None:
                    self.end()
                    raise AssertionError(f"no answer for {PATIENCE} s; {self.errors}")
                self.doom = None
                continue
            more = os.read(self._out, 65536)
            if not more:
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        self.said += len(line) + 1
        return line.decode()

    def kill(self) -> None:
        """End it with SIGKILL."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Close its input, wait for its end and return its exit code (minus the signal, where one ended it)."""
        os.close(self._in)
        while self.read() is not None:
            pass
        os.close(self._out)
        code = self._nursery.wait(self.pid)
        with self._errors as file:
            file.seek(0)
            self.errors = file.read().decode(errors="replace")
        return code


class Nursery:
    """Starts the process and gives it orders.

    shim: the library to preload. store: one that nobody needs afterwards, to get warm with.
    """

    def __init__(self, shim: Path, store: Path) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {k: v for k, v in os.environ.items() if k not in {"GENESIS_HOME", "GENESIS_KEYS"}}
        environment["LD_PRELOAD"] = str(shim)
        command = [sys.executable, "-m", "tests.torture.nursery", str(theirs.fileno()), str(store)]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment, cwd=ROOT)
        theirs.close()

    def fork(self, order: Order, fds: list[int]) -> int:
        """Start a child with these as its standard input, output and error; returns its process id."""
        socket.send_fds(self._socket, [json.dumps(order).encode()], fds)
        return int(self._answer())

    def wait(self, pid: int) -> int:
        """Return the exit code of a child once it has ended."""
        self._socket.send(json.dumps({"wait": pid}).encode())
        return int(self._answer())

    def _answer(self) -> bytes:
        answer = self._socket.recv(64)
        if not answer:
            raise AssertionError("the nursery has ended; see its error above")
        return answer

    def ask(self, order: Order) -> Any:
        """Let a child do something and return the JSON value it answers with."""
        child = Child(self, order)
        line = child.read()
        code = child.end()
        if line is None or code:
            raise AssertionError(f"{order} ended with {code}: {child.errors}")
        return json.loads(line)

    def close(self) -> None:
        """Let the process end."""
        self._socket.close()
        self._process.wait(30)


def _serve(orders: socket.socket) -> None:
    while True:
        message, fds, _, _ = socket.recv_fds(orders, 65536, 3)
        if not message:
            return
        order = json.loads(message)
        if "wait" in order:
            status = os.waitpid(order["wait"], 0)[1]
            orders.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if not pid:
            orders.close()
            _be(order, fds)
        for fd in fds:
            os.close(fd)
        orders.send(str(pid).encode())


def _be(order: Order, fds: list[int]) -> None:
    """Be the child: never returns."""
    from tests.torture import child

    for target, fd in enumerate(fds):
        os.dup2(fd, target)
        os.close(fd)
    code = 70
    try:
        code = child.run(order)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _begin(fd: int, store: str) -> None:
    from tests.torture import child

    child.warm(store)
    if threading.active_count() != 1:
        raise RuntimeError("a thread runs here: a fork would lose it")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=fd) as orders:
        _serve(orders)


if __name__ == "__main__":
    _begin(int(sys.argv[1]), sys.argv[2])
