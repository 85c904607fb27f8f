"""A service on this machine whose lines can be cut at any byte: what fakes of payment services stand on."""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
from contextlib import nullcontext, suppress
from typing import Any
from urllib.parse import urlsplit

Reply = tuple[int, bytes]


class Counterpart:
    """Speaks HTTP/1.1, one request a line. answer() is what it does; it is called for one request at a time.

    faults: what happens to the next request whose name (see `called`) contains a text: "cut request" or "cut reply" with
    the byte, "before 500" or "after 503" (nothing done, or done and not told), "silent" (done, no answer until the
    caller gives up), "twice" (done twice), "on the way" (the line is cut, and it comes when `deliver` is called). dead: the caller's process is gone, nothing of it arrives any more.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.faults: list[tuple[str, str, int]] = []
        self.on_the_way: list[tuple[str, str, dict[str, str], bytes]] = []
        self.seen: list[str] = []
        self.dead = False
        self.countdown = -1  # requests until `dead`, -1: never
        self.dies = "before"  # or "after" that request was done
        self.sizes: list[tuple[int, int]] = []  # bytes of the last requests and replies
        self._turn = threading.RLock()
        self.patient = False  # answers may take their time, beside others; then answer() takes its turns by itself
        self._quiet = threading.Event()
        self._lines: set[socket.socket] = set()
        self._calls = threading.Condition()
        self._coming = 0  # lines whose request has not been begun
        self._mine = threading.local()
        self._came: tuple[str, int] = ("", 0)  # who called last
        self._context = context
        self._server = self._line()(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Do what is asked; returns status and body."""
        raise NotImplementedError

    def called(self, method: str, target: str, body: bytes) -> str:
        """Return the name of a request: "METHOD /path"."""
        return f"{method} {urlsplit(target).path}"

    def deliver(self) -> None:
        """Let what was on its way arrive; nobody hears the answers."""
        while self.on_the_way:
            self.answer(*self.on_the_way.pop(0))

    def stop(self) -> None:
        """End; lines that are kept silent are let go. A second time is harmless."""
        if self._quiet.is_set():
            return
        self._quiet.set()
        self._server.shutdown()
        self._server.server_close()

    def kill(self) -> None:
        """The caller's process dies: its lines are cut, and nothing that it still sends arrives.

        What came before is begun or cut when this returns: a new process finds nothing of the old one on its way.
        """
        self.dead = True
        for line in list(self._lines):
            with suppress(OSError):  # it is over already
                line.shutdown(socket.SHUT_RDWR)
        with socket.create_connection(("127.0.0.1", self.port)) as last:  # lines are taken in their order
            name = last.getsockname()
        with self._calls:
            assert self._calls.wait_for(lambda: self._came == name and not self._coming, 10), "a request hangs"

    def begun(self) -> None:
        """Say that the request of this thread is begun: what is asked about it from now on is answered so."""
        with self._calls:
            self._coming -= not getattr(self._mine, "begun", False)
            self._mine.begun = True
            self._calls.notify_all()

    def _line(self) -> type[socketserver.ThreadingTCPServer]:
        fake = self

        class Line(socketserver.ThreadingTCPServer):
            def process_request(self, request: Any, client_address: Any) -> None:
                with fake._calls:
                    fake._coming += 1
                    fake._came = client_address
                super().process_request(request, client_address)

        return Line

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        fake = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line = self.request
                try:
                    if fake._context is not None:
                        line = fake._context.wrap_socket(line, server_side=True)
                    fake._lines.add(line)
                    fake._serve(line)
                except OSError:
                    pass  # the other side went away
                finally:
                    fake._lines.discard(line)
                    line.close()
                    fake.begun()

        return Handler

    def _serve(self, line: socket.socket) -> None:
        data = _read(line)
        if data is None:
            return
        head, _, body = data.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rest)}
        method, target, _ = first.split(" ")
        with self._turn:
            what, at = self._fate(self.called(method, target, body))
            if self.dead or (what == "cut request" and at < len(data)):
                _cut(line)
                return
            if what == "on the way":
                self.on_the_way.append((method, target, headers, body))
                _cut(line)
                return
        with nullcontext() if self.patient else self._turn:
            if what.startswith("before "):
                reply: Reply = (int(what.split()[1]), b'{"error": {"type": "api_error", "message": "try later"}}')
            else:
                reply = self.answer(method, target, headers, body)
                if what == "twice":
                    reply = self.answer(method, target, headers, body)
            if self.countdown == 0:
                self.dead = True
        if what.startswith("after "):
            reply = (int(what.split()[1]), b"lost")
        if what == "silent":
            self.begun()
            self._quiet.wait()
        if self.dead:
            _cut(line)
            return
        whole = _spelt(reply)
        self.sizes.append((len(data), len(whole)))
        line.sendall(whole[:at] if what == "cut reply" else whole)
        line.close()

    def _fate(self, name: str) -> tuple[str, int]:
        self.seen.append(name)
        if self.countdown > 0:
            self.countdown -= 1
        if self.countdown == 0 and self.dies == "before":
            self.dead = True
        for fault in self.faults:
            if fault[0] in name:
                self.faults.remove(fault)
                return fault[1], fault[2]
        return "", 0


def _read(line: socket.socket) -> bytes | None:
    """Return one whole request; None where the line ended before."""
    data, size = b"", None
    while size is None or len(data) < size:
        more = line.recv(65536)
        if not more:
            return None
        data += more
        if size is None and b"\r\n\r\n" in data:
            head = data[: data.index(b"\r\n\r\n")].decode().lower()
            lengths = [row.partition(":")[2] for row in head.split("\r\n") if row.startswith("content-length:")]
            size = len(head) + 4 + int(lengths[0] if lengths else 0)
    return data


def _spelt(reply: Reply) -> bytes:
    head = f"HTTP/1.1 {reply[0]} X\r\nContent-Type: application/json\r\nContent-Length: {len(reply[1])}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + reply[1]


def _cut(line: Any) -> None:
    """Cut a line at once, as a pulled cable or a killed process does."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
