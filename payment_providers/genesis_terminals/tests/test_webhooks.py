"""A real server on loopback: what is verified is recorded once, and nothing else gets in."""

from __future__ import annotations

import http.client
import re
import shlex
import socket
from pathlib import Path

import pytest

from genesis import Job, Route, UserError, hookimpl
from genesis.cli.main import main
from genesis.hooks.platform import health
from genesis.testkit.stores import as_plugin
from genesis_terminals import webhooks
from genesis_terminals.models import SIGNED, Event, TerminalSettings, Told


class Bank:
    """Takes a call whose body begins with "ours", and tells one event a word of the rest."""

    @hookimpl
    def api_routes(self):
        return [Route(method="POST", path="/events", permission=SIGNED, handler=self.heard),
                Route(method="POST", path="/orders", permission="bank.order", handler=self.never)]  # fmt: skip

    def heard(self, headers, body):
        if headers.get("x-broken"):
            raise RuntimeError("the disk is full")
        if not body.startswith(b"ours"):
            raise UserError("not ours", "sign it", "signature")
        return [Event(id=word, what="paid", about="pi_1") for word in body.decode().split()[1:]]

    def never(self, headers, body):
        raise AssertionError("nobody who is not signed in orders anything")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as line:
        return line.getsockname()[1]


@pytest.fixture
def app(store):
    app = store("cash", "terminals", extra=as_plugin(Bank(), "bank"))
    app.settings.change("terminals", {"webhook_port": free_port()})
    app.restart()
    return app


def port(app):
    return app.settings.get(TerminalSettings).webhook_port


def call(app, body=b"", path="/x/bank/events", method="POST", **headers):
    line = http.client.HTTPConnection("127.0.0.1", port(app), timeout=5)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    line.close()
    return answer.status


def heard(app):
    return [e.fact for e in app.raw_journal.scan() if e.kind == "terminals.told"]


def test_what_is_verified_is_a_fact_once_in_any_order_and_after_a_restart(app, stores):
    assert [call(app, body) for body in (b"ours b", b"ours a b", b"ours a")] == [200, 200, 200]
    assert [fact.event for fact in heard(app)] == ["b", "a"]
    assert heard(app)[0] == Told(plugin="bank", event="b", what="paid", about="pi_1")
    app.close()
    again = stores.open(app, extra=as_plugin(Bank(), "bank"))
    assert call(again, b"ours a c") == 200
    assert [fact.event for fact in heard(again)] == ["b", "a", "c"]


def test_what_is_new_has_the_providers_asked_and_what_was_told_before_does_not(app, monkeypatch):
    ran = []
    app.jobs._jobs = [Job(id="payments", every=3_600, run=ran.append)]
    app.jobs._due = {"payments": float("inf")}
    call(app, b"ours a")
    app.jobs.run_due()
    assert len(ran) == 1
    call(app, b"ours a")
    app.jobs.run_due()
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("body", "path", "headers", "status"),
    [
        (b"forged a", "/x/bank/events", {}, 400),
        (b"ours a", "/x/bank/orders", {}, 404),
        (b"ours a", "/x/nobody/events", {}, 404),
        (b"ours a", "/", {}, 404),
        (b"ours " + b"a" * 300, "/x/bank/events", {"Content-Length": "999999999"}, 413),
        (b"ours a", "/x/bank/events", {"Content-Length": "-1"}, 411),
        (b"ours a", "/x/bank/events", {"X-Broken": "1"}, 500),
    ],
)
def test_nothing_else_gets_in(app, body, path, headers, status):
    assert call(app, body, path, **headers) == status
    assert heard(app) == []


def test_a_call_that_is_cut_off_is_nothing_and_the_next_is_heard(app):
    with socket.create_connection(("127.0.0.1", port(app))) as line:
        line.sendall(b"POST /x/bank/events HTTP/1.1\r\nContent-Length: 99\r\n\r\nours a")
    with socket.create_connection(("127.0.0.1", port(app))) as line:
        line.sendall(b"\x16\x03\x01garbage\r\n\r\n")
    assert call(app, method="GET") == 501
    assert call(app, b"ours b") == 200
    assert [fact.event for fact in heard(app)] == ["b"]


def test_nothing_listens_unless_the_store_asked_nor_outside_the_register(store, stores):
    silent = store("cash", "terminals", extra=as_plugin(Bank(), "bank"))
    assert silent.hooks.each(health)() == []
    silent.settings.change("terminals", {"webhook_port": free_port()})
    silent.close()
    office = stores.open(silent, extra=as_plugin(Bank(), "bank"), register=False)
    with pytest.raises(ConnectionRefusedError):
        call(office, b"ours a")


def test_it_listens_on_this_machine_alone_and_stops_with_the_house(app):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port(app)), timeout=1)
    wanted = port(app)
    app.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", wanted), timeout=1)


def test_a_port_that_is_taken_is_said_and_the_till_opens_all_the_same(store):
    app = store("cash", "terminals", extra=as_plugin(Bank(), "bank"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        app.settings.change("terminals", {"webhook_port": taken.getsockname()[1]})
        app.restart()
        (said,) = app.hooks.each(health)()
    assert not said.ok
    assert re.search(r"port \d+ cannot be listened on", said.text)
    assert app.register is not None


def test_every_command_of_the_readme_runs(store):
    text = (Path(webhooks.__file__).parent / "README.md").read_text(encoding="utf-8")
    app = store("cash", "terminals")
    app.close()
    for line in text.partition("```sh\n")[2].partition("```")[0].splitlines():
        assert main([*shlex.split(line)[1:], "--home", str(app.home.folder)]) == 0
