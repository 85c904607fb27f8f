"""The count on a tag: written after each payment, never back; clones with an older one are refused."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from typing import Any

import pytest

from genesis import DeviceStatus, Refused, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_tap import counting, office, pages, service, tags
from genesis_tap.tests.deeds import GOODS, KEY, ON, OTHER, UID, Goods, holds, prepared, tag_of, tap, top_up


class Writer:
    """A reader that writes, without a device: which texts it was told, and what becomes of each (a list, the last stays).

    The drivers have tests of their own with real tags; here it is about what the journal promises.
    """

    id, title, kind = "writer", "Writer", "card_reader"

    def __init__(self) -> None:
        self.lies, self.text, self.ends = UID, "", ["written"]

    def open(self) -> None: ...
    def close(self) -> None: ...

    def status(self) -> DeviceStatus:
        return DeviceStatus(ok=True, text="")

    def listen(self, _on_code: Any, stop: Any) -> None:
        stop.wait()

    def held(self) -> str:
        return self.lies

    def write(self, uid: str, text: str) -> None:
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if uid != self.lies or end == "gone":
            raise UserError("no tag lies at the reader", "", "tag")
        self.text = text
        if end == "unseen":
            raise UserError("the tag was taken away too soon", "", "tag")


@pytest.fixture
def written(both: Any) -> Any:
    """A store with a reader that writes."""
    writer = Writer()

    class Brings(Goods):
        @hookimpl
        def device_drivers(self) -> list[Any]:
            return [writer]

    app = both.new(*ON, extra=as_plugin(Brings(), "goods"))
    app.settings.change("tap", {"key": {"env": "GENESIS_TAP_KEY"}})
    return app, writer


def code_on(writer: Writer) -> str:
    return f"UID:{writer.lies}{writer.text}"


def paid(app: Any, code: str, cents: int = 100) -> Any:
    app.register.scan(str(cents))
    sale = tap(app, code).sale
    app.reactor.run_due()
    return sale


def test_each_payment_writes_the_next_count_and_a_clone_with_an_older_one_is_refused_and_recorded(written: Any) -> None:
    app, writer = written
    assert "is written" in office.prepare_here(app.pos)
    first = code_on(writer)
    top_up(app, first, 2000)
    paid(app, first)
    second = code_on(writer)
    assert [c.split(".")[2] for c in (first, second)] == ["000001", "000002"]
    app.register.scan("100")
    with pytest.raises(Refused, match="is a copy"):
        tap(app, first)  # the clone was made before
    with pytest.raises(Refused, match="is a copy"):
        app.register.resolve(first)
    assert (holds(app, second), len(app.register.cart.tenders)) == (1900, 0)
    tap(app, second)
    [row] = pages.REPORTS[2].run(app.pos, {})
    assert row == ("2026-03-02", tag_of(first), UID, "copy")


def test_one_step_behind_is_taken_where_the_last_writing_is_not_known_and_is_written_again(written: Any) -> None:
    app, writer = written
    office.prepare_here(app.pos)
    code = code_on(writer)
    top_up(app, code, 2000)
    writer.ends = ["gone"]
    paid(app, code)
    assert code_on(writer) == code
    paid(app, code)  # nothing is known to have been written
    writer.ends = ["unseen"]
    paid(app, code)
    ahead = code_on(writer)  # it was written all the same
    assert (ahead.split(".")[2], app.raw_journal.balance(service.COUNT, tag_of(code))) == ("000002", 1)
    paid(app, ahead)
    assert app.raw_journal.balance(service.COUNT, tag_of(code)) == 2  # seen, so known
    app.register.scan("100")
    with pytest.raises(Refused, match="is a copy"):
        tap(app, code)
    writer.ends = ["written"]
    tap(app, ahead)
    app.reactor.run_due()
    assert (code_on(writer).split(".")[2], holds(app, code)) == ("000003", 1500)


def test_original_and_clone_in_two_open_sales_pay_once_and_a_late_writing_never_goes_back(written: Any) -> None:
    app, writer = written
    office.prepare_here(app.pos)
    code = code_on(writer)
    top_up(app, code, 2000)
    app.register.scan("300")
    tap(app, code, 100)
    assert counting.write_next(app.pos, tag_of(code), 1) == ""  # another register, where the original paid
    with pytest.raises(UserError, match="written on this tag since"):
        app.register.pay("cash")
    assert holds(app, code) == 2000
    app.register.take_back(app.register.cart.tenders[0].id)
    app.register.pay("cash")
    sale = paid(app, code_on(writer))
    assert holds(app, code) == 1900
    now = writer.text
    entry = app.register.find_sale(sale.number)
    counting.count_on(app.pos, entry)  # once more, as after a crash
    assert writer.text == now


def on_felica(text: str) -> str:
    """Return the blocks of a type 3 tag that holds a text, in hexadecimal."""
    held = b"\x02en" + text.encode()
    message = b"\xd1\x01" + bytes([len(held)]) + b"T" + held
    head = bytes.fromhex("100101ffff0000000000") + b"\x01" + len(message).to_bytes(3, "big")
    return (head + sum(head).to_bytes(2, "big") + message + bytes(-len(message) % 16)).hex()


def test_a_tag_at_the_nfc_reader_of_another_process_is_topped_up_pays_and_carries_the_next_count(store: Any) -> None:
    try:
        import nfc  # noqa: F401
    except (ImportError, OSError) as error:
        said = f"NO NFC: {error}"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    from genesis_nfc.tests import counterpart

    app = store(*ON, "nfc", projector="thread", extra=GOODS)
    app.settings.change("tap", {"key": {"env": "GENESIS_TAP_KEY"}})
    code = prepared(app, OTHER)
    memory = on_felica(code.partition(OTHER)[2])
    field = subprocess.Popen([sys.executable, counterpart.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)  # fmt: skip
    try:
        assert field.stdin is not None
        assert field.stdout is not None
        app.settings.change("nfc", {"reader": f"udp:127.0.0.1:{int(field.stdout.readline())}", "text": True})
        app.restart()
        codes: queue.Queue[str] = queue.Queue()
        app.pos.devices.on_code(codes.put)
        field.stdin.write(json.dumps({"rate": "212F", "uid": OTHER, "memory": memory}) + "\n")
        field.stdin.flush()
        assert codes.get(timeout=20) == code
        top_up(app, code, 500)
        app.register.scan("200")
        tap(app, code)
        while app.raw_journal.balance(service.COUNT, tag_of(code)) == 0:  # written by the reaction, which delays nobody
            app.pos.devices._devices["nfc"]._stop.wait(0.01)
        field.stdout.readline()
        field.stdin.write("{}\n")
        field.stdin.flush()
        on_tag = bytes.fromhex(json.loads(field.stdout.readline())[1])
        assert tags.text(KEY, OTHER, tag_of(code), 1).encode() in on_tag
    finally:
        field.kill()
        field.communicate()
    assert holds(app, code) == 300
