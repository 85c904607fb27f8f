"""A small server on loopback: hands calls to the plugin they are for, records what it verified, and has it asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from genesis import Guard, GuardRefused, Once, Pos, Route, UserError
from genesis.hooks.platform import api_routes
from genesis_terminals.models import HEARD, SIGNED, Event, TerminalSettings, Told

MOST = 256 * 1024  # bytes of a call
SECONDS = 5.0  # that a caller may take
Handler = Callable[[Mapping[str, str], bytes], Sequence[Event]]


class Desk:
    """Listens while the house of a register is open, where the store set a port."""

    def __init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.fault = ""

    @property
    def port(self) -> int:
        """The port it listens on, 0 while it does not."""
        return self._server.server_address[1] if self._server else 0

    def open(self, pos: Pos) -> None:
        """Begin to listen; a port that is taken is said by `fault`, and nothing else stops."""
        self.fault, wanted = "", pos.settings(TerminalSettings).webhook_port
        if not wanted or not _is_register(pos):
            return
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", wanted), _answering(pos))
        except OSError as error:
            self.fault = f"port {wanted} cannot be listened on: {error.strerror}"
            pos.log.warning("webhooks: %s", self.fault)
            return
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(SECONDS)
        self._server = self._thread = None


def receive(pos: Pos, plugin: str, handler: Handler, headers: Mapping[str, str], body: bytes) -> int:
    """Record what a call tells, each event once, and have the providers asked; returns how many were new."""
    new = 0
    for event in handler(headers, body):
        fact = Told(plugin=plugin, event=event.id, what=event.what, about=event.about)
        once = Once(HEARD, f"{plugin} {event.id}")
        new += _recorded(pos, fact, [once, *event.guards]) or (bool(event.guards) and _recorded(pos, fact, [once]))
    if new:
        pos.ask_payments()
    return new


def _recorded(pos: Pos, fact: Told, guards: Sequence[Guard]) -> bool:
    try:
        pos.journal.append(fact, guards=guards)
    except GuardRefused:
        return False  # told before
    return True


def routes(pos: Pos) -> dict[str, tuple[str, Route]]:
    """Return path -> (plugin, route) of everything that is heard here."""
    offered = pos.hooks.authored(api_routes)()
    return {f"/x/{plugin}{route.path}": (plugin, route) for plugin, found in offered for route in found
            if (route.method, route.permission) == ("POST", SIGNED)}  # fmt: skip


def _is_register(pos: Pos) -> bool:
    try:
        return pos.shifts is not None
    except UserError:
        return False


def _answering(pos: Pos) -> type[BaseHTTPRequestHandler]:
    """Return what answers one caller; the status is all that anybody is told."""

    class Answering(BaseHTTPRequestHandler):
        timeout = SECONDS

        def do_POST(self) -> None:
            status = _status(pos, self)
            self.send_response(status)
            self.send_header("Content-Length", "10" if status == 200 else "0")
            self.end_headers()
            if status == 200:
                self.wfile.write(b"[accepted]")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what a stranger sends does not belong in a log."""

    return Answering


def _status(pos: Pos, call: BaseHTTPRequestHandler) -> int:
    found = routes(pos).get(call.path.partition("?")[0])
    if found is None:
        return 404
    length = call.headers.get("Content-Length", "")
    if not length.isdigit() or not length.isascii():
        return 411
    if int(length) > MOST:
        return 413
    plugin, route = found
    try:
        body = call.rfile.read(int(length))
        if len(body) < int(length):
            return 400
        receive(pos, plugin, route.handler, {name.lower(): text for name, text in call.headers.items()}, body)
    except (UserError, msgspec.MsgspecError) as error:
        pos.log.warning("webhook of %s refused: %s", plugin, error)
        return 400
    except Exception:  # it was not recorded: the service sends it again
        pos.log.exception("a webhook of %s could not be recorded", plugin)
        return 500
    return 200
