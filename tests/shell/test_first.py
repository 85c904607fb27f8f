"""The first start: what is asked, what is refused beside its field, and the store that comes out of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from tkinter import TclError

import pytest
from PIL import Image

from genesis import UserError
from genesis.cli.context import Context
from genesis.cli.store import wished_store
from genesis.plugin.app import App
from genesis.plugin.home import exists, open_home
from genesis.shell.first import FirstWindow
from genesis.shell.vm.first import FirstStart, Wish
from tests.shell.desks import Now
from tests.shell.driver import Driver


class Maker:
    """Takes wishes, or fails as it is told."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.error: BaseException | None = None

    def __call__(self, wish: Wish) -> None:
        self.wishes.append(wish)
        if self.error is not None:
            raise self.error


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def vm(maker):
    return FirstStart(Now(), maker)


def fill(vm, **values):
    for name, text in ({"name": "Corner Shop", "currency": "eur"} | values).items():
        vm.write(name, text)


def test_what_is_typed_becomes_the_wish(vm, maker):
    fill(vm, name=" Corner Shop ", register="k7", secret="correct horse", again="correct horse")
    assert vm.currency == "Euro"
    vm.make()
    assert maker.wishes == [Wish("Corner Shop", "EUR", "K7", "correct horse")]
    assert vm.made


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, set()),
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"currency": ""}, {"currency"}),
        ({"currency": "euro"}, {"currency"}),
        ({"currency": "XAU"}, {"currency"}),  # gold has no smallest coin
        ({"register": ""}, {"register"}),
        ({"register": "1R"}, {"register"}),
        ({"register": "R12345678"}, {"register"}),
        ({"secret": "abc", "again": "abc"}, {"secret"}),
        ({"secret": "correct horse", "again": "correct house"}, {"again"}),
        ({"again": "correct horse"}, {"again"}),
        ({"name": "", "currency": "", "register": "-"}, {"name", "currency", "register"}),
    ],
)
def test_everything_that_is_wrong_stands_beside_its_field_and_nothing_is_made(vm, maker, values, fields):
    fill(vm, **values)
    vm.make()
    assert set(vm.faults) == fields
    assert len(maker.wishes) == (0 if fields else 1)
    for name in fields:
        vm.write(name, "R1")
    assert vm.faults == {}


def test_a_refusal_stands_where_it_belongs_and_it_can_be_tried_again(vm, maker):
    fill(vm)
    maker.error = UserError("R1 is taken", "take another name", "register")
    vm.make()
    assert (vm.faults, vm.made) == ({"register": "R1 is taken. Take another name."}, False)
    maker.error = OSError("No space left on device")
    vm.make()
    assert vm.faults == {"": "The store could not be made (OSError: No space left on device)"}
    maker.error = None
    vm.make()
    assert (vm.faults, vm.made) == ({}, True)


def test_while_the_store_is_made_nothing_else_is_begun(maker):
    held: list[object] = []

    class Later(Now):
        def submit(self, work, done, failed):
            held.append(work)

    vm = FirstStart(Later(), maker)
    fill(vm)
    vm.make()
    vm.make()
    vm.demo()
    assert (len(held), vm.busy) == (1, True)


class Card(Driver):
    """Drives the window of the first start."""

    def panes(self):
        return [("first", self.window.pane)]

    def gone(self):
        try:
            return not self.window.root.winfo_exists()
        except TclError:
            return True


@pytest.fixture
def opened(display, tmp_path):
    """`opened(folder)`: the window over a folder, and the context it makes the store in."""
    cards: list[Card] = []

    def make(folder: Path) -> Card:
        context = Context(folder)
        window = FirstWindow(lambda wish: wished_store(context, wish))
        cards.append(Card(window))  # type: ignore[arg-type]
        cards[-1].settle(lambda: window.root.focus_get() is window.fields["name"].entry)
        return cards[-1]

    yield make
    for card in cards:
        if not card.gone():
            card.window.close()


def wait_for_the_store(card):
    """The window closes itself when the store is there."""
    end = time.monotonic() + 60
    while not card.window.vm.made:
        assert time.monotonic() < end, card.window.vm.faults
        card.window.root.update()
        time.sleep(0.01)


def test_a_store_is_made_by_typing_alone_and_sells_with_what_was_typed(opened, tmp_path):
    card = opened(tmp_path / "shop")
    assert card.window.fields["register"].entry.get() == "R1"
    card.type("Cafe")
    card.press("Tab")
    card.type("chf")
    card.press("Tab", "Tab")
    card.type("open sesame")
    card.press("Tab")
    card.type("open sesame")
    card._x("key", "Return")
    wait_for_the_store(card)
    with App(open_home(tmp_path / "shop"), register=True) as app:
        store = app.settings.models["store"]
        assert (app.settings.get(store).name, app.settings.get(store).currency) == ("Cafe", "CHF")
        assert app.home.config.register == "R1"
        assert {"cash", "catalog", "tax", "daylight"} <= set(app.enabled)
        assert app.pos.permissions.sign_in_needed()
        assert app.pos.permissions.sign_in("owner", "open sesame").id == "owner"


def test_a_store_that_cannot_be_made_leaves_nothing_and_can_be_tried_again(opened, tmp_path):
    folder = tmp_path / "shop"
    folder.write_text("a file where the folder should be")
    card = opened(folder)
    card.type("Cafe")
    card.press("Tab")
    card.type("eur")
    card.tap("make")
    card.settle(lambda: card.window.vm.faults)
    assert "is a file" in card.window.vm.faults[""]
    assert sorted(tmp_path.iterdir()) == [folder]
    folder.unlink()
    card.press("Return")
    wait_for_the_store(card)
    assert exists(folder)


def test_closing_the_window_makes_no_store(opened, tmp_path):
    card = opened(tmp_path / "shop")
    card.type("Cafe")
    card.window.close()
    assert not (tmp_path / "shop").exists()


def windows(title: str) -> list[str]:
    """Return the windows in sight whose title begins so."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", f"^{title}"], capture_output=True, text=True
    )
    return found.stdout.split()


def ringed(window: str) -> bool:
    """Tell whether a field of a window has the ring of who gets the keys."""
    picture = subprocess.run(["import", "-window", window, "png:-"], capture_output=True, check=True).stdout
    with Image.open(BytesIO(picture)) as shown:
        colours = shown.convert("RGB").getcolors(1 << 24) or []
    return (0x1D, 0x4E, 0xD8) in {colour for _count, colour in colours}


def test_the_command_asks_first_and_then_opens_the_till(display, tmp_path):
    home = tmp_path / "shop"
    command = [Path(sys.executable).with_name("genesis"), "shell", "--home", home]
    process = subprocess.Popen(command, env=os.environ | {"LC_ALL": "C.UTF-8"}, stderr=subprocess.PIPE)

    def until(found) -> None:
        end = time.monotonic() + 60
        while not found():
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < end
            time.sleep(0.05)

    try:
        until(lambda: windows("Genesis: first start"))
        until(lambda: ringed(windows("Genesis: first start")[0]))
        subprocess.run(["xdotool", "type", "--delay", "30", "Kiosk\teur"], check=True)
        subprocess.run(["xdotool", "key", "Return"], check=True)
        until(lambda: windows("Genesis$"))
        assert open_home(home).config.register == "R1"
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
