"""The device desk: a device that is dead, slow or unplugged delays nobody, and comes back by itself."""

from __future__ import annotations

import queue
import threading
import time

import msgspec
import pytest

from genesis import DeviceStatus, Reaction, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well


class Scale:
    """A device with a plug: pulled out, opening it and using it fail."""

    def __init__(self, device: str, kind: str = "scale") -> None:
        self.id, self.title, self.kind = device, device.title(), kind
        self.plugged, self.opened = threading.Event(), threading.Event()
        self.plugged.set()
        self.codes: queue.Queue[str] = queue.Queue()

    def open(self):
        if not self.plugged.is_set():
            raise OSError("no such port")
        self.opened.set()

    def close(self):
        self.opened.clear()

    def status(self):
        return DeviceStatus(ok=True, text="here")

    def weigh(self):
        if not self.plugged.is_set():
            raise OSError("gone")
        return 250

    def listen(self, on_code, stop):
        while (code := self.codes.get(timeout=LONG)) != "":
            on_code(code)
        raise OSError("unplugged")


class Hanging(Scale):
    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.let_go = threading.Event()

    def open(self):
        self.let_go.wait(LONG)


class Devices:
    """A plugin that brings devices, and a reaction of the register."""

    def __init__(self, *devices) -> None:
        self.devices, self.came = devices, threading.Event()
        self.seen: list[str] = []
        self.answer: list[str] | None = []

    @hookimpl
    def device_drivers(self, pos):
        return list(self.devices)

    @hookimpl
    def reactions(self):
        return [Reaction(name="devices_print", kinds=("sale.completed",), run=self.see, where="register")]

    def see(self, pos, entry):
        self.seen.append(str(entry.ref))
        self.came.set()
        return self.answer


@pytest.fixture
def open_with(store):
    def opened(*devices, **options):
        code = Devices(*devices)
        extra = as_plugin(code, "devices") | as_plugin(PriceList(), "price_list")
        return store("cash", extra=extra, **options), code

    return opened


def test_the_sale_stands_and_the_house_closes_while_a_device_hangs(open_with):
    dead, good = Hanging("dead"), Scale("good")
    app, _ = open_with(dead, good, projector="thread")
    desk = app.pos.devices
    late = desk._devices["dead"].submit(dead.weigh, 0)
    assert late.wait().late
    desk.assign("scale", "good")
    assert desk.ask("scale", lambda d: d.weigh(), LONG).wait().value == 250
    app.register.scan("1")
    assert app.register.pay("cash").sale.total == 125
    app.close()
    dead.let_go.set()


def test_unplugged_it_is_down_and_counted_plugged_in_again_it_comes_back(open_with):
    scale = Scale("scale")
    app, _ = open_with(scale)
    desk = app.pos.devices
    assert desk.ask("scale", lambda d: d.weigh(), LONG).wait().value == 250
    scale.plugged.clear()
    assert desk.ask("scale", lambda d: d.weigh(), LONG).wait().error == "gone"
    (known,) = desk.all()
    assert (known.state, known.faults) == ("down", 1)
    scale.plugged.set()
    assert scale.opened.wait(LONG)
    assert desk.test("scale", LONG).ok
    assert desk.ask("scale", lambda d: d.weigh(), LONG).wait().value == 250


def test_what_did_not_begin_in_time_is_never_done(open_with):
    drawer = Hanging("slow")
    drawer.kind = "drawer"
    app, _ = open_with(drawer)
    kicked = []
    assert app.pos.devices.ask("drawer", lambda _: kicked.append(1), 0).wait().late
    drawer.let_go.set()
    assert app.pos.devices.test("slow", LONG).ok  # later in the same queue
    assert kicked == []


def test_an_answer_of_a_device_is_no_fault(open_with):
    app, _ = open_with(Scale("scale"))

    def moving(_):
        raise UserError("the scale is moving", "wait", "weight")

    assert app.pos.devices.ask("scale", moving, LONG).wait().error.startswith("the scale is moving")
    assert app.pos.devices.all()[0].faults == 0


def test_of_two_of_a_kind_one_must_be_chosen_and_the_choice_is_kept(open_with):
    app, _ = open_with(Scale("one"), Scale("two"))
    assert app.pos.devices.of("scale") == ""
    assert "choose one" in app.pos.devices.ask("scale", lambda d: d.weigh()).wait().error
    with pytest.raises(UserError, match="no drawer"):
        app.pos.devices.assign("drawer", "one")
    app.pos.devices.assign("scale", "two")
    app.restart()
    assert app.pos.devices.of("scale") == "two"
    app.pos.devices.assign("scale", "")
    assert app.pos.devices.of("scale") == ""


def test_scanned_codes_reach_whoever_hears_also_after_the_plug_was_pulled(open_with):
    scanner = Scale("scanner", "scanner")
    app, _ = open_with(scanner, projector="thread")
    heard: queue.Queue[str] = queue.Queue()

    def broken(_code):
        raise ValueError("a listener with a fault")

    app.pos.devices.on_code(broken)
    forget = app.pos.devices.on_code(heard.put)
    scanner.codes.put("4006381333931")
    assert heard.get(timeout=LONG) == "4006381333931"
    scanner.codes.put("")
    scanner.codes.put("96385074")
    assert heard.get(timeout=LONG) == "96385074"
    assert app.pos.devices.all()[0].faults == 1
    forget()


def test_codes_nobody_takes_are_dropped_and_counted(open_with):
    app, _ = open_with(Scale("scanner", "scanner"))
    for _ in range(100):
        app.pos.devices._offer("1")
    assert app.pos.devices.dropped_codes == 36


def test_a_reaction_of_the_register_sees_its_own_stream_once_whoever_has_the_projections(open_with, stores):
    app, code = open_with()
    app.register.scan("1")
    done = app.register.pay("cash")
    app.reactor.run_due()
    app.reactor.run_due()
    assert code.seen == [str(done.entry.ref)]
    office = stores.open(app, register=False, extra=as_plugin(code, "devices"))
    office.reactor.run_due()
    app.register.scan("1")
    app.register.pay("cash")
    office.reactor.run_due()
    assert len(code.seen) == 1
    app.reactor.register.run_due()
    assert len(code.seen) == 2
    app.restart()
    app.reactor.run_due()
    assert len(code.seen) == 2


def test_what_does_not_concern_a_reaction_costs_no_write_and_is_passed_all_the_same(open_with):
    app, code = open_with()
    code.answer = None
    for _ in range(3):
        app.register.scan("1")
        app.register.pay("cash")
    before = dict(app.raw_journal.rows(app.reactor.register._load, {}))
    app.reactor.run_due()
    app.reactor.run_due()
    assert len(code.seen) == 3
    assert dict(app.raw_journal.rows(app.reactor.register._load, {})) == before
    code.answer = []
    app.register.scan("1")
    done = app.register.pay("cash")
    app.reactor.run_due()
    assert code.seen[3:] == [str(done.entry.ref)]
    assert app.raw_journal.rows(app.reactor.register._load, {}) == [("devices_print@R1", done.entry.pos)]


def test_it_runs_at_once_in_a_till(open_with):
    app, code = open_with(projector="thread")
    app.register.scan("1")
    app.register.pay("cash")
    assert code.came.wait(LONG)


def test_how_the_receipt_is_wanted_may_be_said_while_paying(open_with):
    app, _ = open_with()
    app.register.scan("2", 3_000)
    app.register.pay("cash", 500)
    before = app.register.priced
    app.register.keep("receipts", "medium", "email", command="k")
    assert app.register.keep("receipts", "medium", "none", command="k").cart.sections["receipts"] == {"medium": "email"}
    assert app.register.priced == before
    sale = app.register.pay("cash", 2_000).sale
    assert sale.sections["receipts"] == {"medium": "email"}


class ScaleSettings(msgspec.Struct, frozen=True, kw_only=True):
    port: str = ""


class Settable:
    """A plugin whose scale is where its settings say; port "bad" is one that it cannot take."""

    @hookimpl
    def settings_model(self):
        return ScaleSettings

    @hookimpl
    def device_drivers(self, pos):
        port = pos.settings(ScaleSettings).port
        if port == "bad":
            raise ValueError("no such kind of port")
        return [Scale(port)] if port else []


def test_an_address_that_another_process_changes_is_used_without_a_restart(store, stores):
    extra = as_plugin(Settable(), "settable") | as_plugin(Devices(Scale("other", "drawer")), "devices")
    app = store("cash", extra=extra)
    office = stores.open(app, register=False, extra=extra)
    seen = []
    for port in ("one", "two", "bad", ""):
        office.settings.change("settable", {"port": port})
        app.jobs.soon("devices")
        app.jobs.run_due()
        seen.append([device.id for device in app.pos.devices.all()])
        if port == "one":
            assert app.pos.devices.ask("scale", lambda d: d.weigh(), LONG).wait().value == 250
            first = app.pos.devices._devices["one"]
    assert seen == [["other", "one"], ["other", "two"], ["other", "two"], ["other"]]
    first.join(time.monotonic() + LONG)
    assert not first.driver.opened.is_set()


def test_a_display_is_looked_at_where_its_driver_can_check_it(open_with, monkeypatch):
    monkeypatch.setattr("genesis.kernel.devicedesk.LOOK", 0.01)
    face = Scale("face", "display")
    pulled = threading.Event()

    def check():
        if not face.plugged.is_set():
            pulled.set()
            raise OSError("gone")

    face.check = check
    app, _ = open_with(face, projector="thread")
    assert face.opened.wait(LONG)
    face.plugged.clear()
    assert pulled.wait(LONG)
    face.plugged.set()
    face.opened.clear()
    assert face.opened.wait(LONG)
    assert app.pos.devices.all()[0].faults == 1
