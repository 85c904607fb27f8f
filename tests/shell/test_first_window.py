"""The window of the first start: keys go in, a store that sells comes out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from genesis import UserError
from genesis.cli.context import Context
from genesis.cli.first import FirstStore
from genesis.plugin.app import App
from genesis.plugin.home import exists, open_home
from genesis.shell.first import FirstWindow
from genesis.shell.vm.first import Taxes, Wish
from genesis_printer_escpos.tests.paper import NetworkPaper
from tests.shell.beginning import Card


@pytest.fixture
def paper():
    made = NetworkPaper()
    yield made
    made.unplug()


@pytest.fixture
def opened(display, tmp_path):
    """`opened(folder)`: the window over a folder, and the context it makes the store in."""
    cards: list[Card] = []

    def make(folder: Path) -> Card:
        context = Context(folder)
        window = FirstWindow(FirstStore(context))
        cards.append(Card(window))  # type: ignore[arg-type]
        cards[-1].settle(lambda: window.root.focus_get() is window.fields["name"].entry)
        return cards[-1]

    yield make
    for card in cards:
        if not card.gone():
            card.window.close()


def until_it(card, found):
    """Let the window work, which may close itself meanwhile."""
    end = time.monotonic() + 60
    while not found():
        assert time.monotonic() < end, card.window.vm.faults
        card.window.root.update()
        time.sleep(0.01)


def wait_for_the_store(card):
    until_it(card, lambda: card.window.vm.made)


def open_the_till(card):
    """The last Enter closes the window."""
    card.last("Return")
    until_it(card, card.gone)


def test_a_store_is_made_by_typing_alone_and_sells_with_what_was_typed(opened, tmp_path, paper):
    card = opened(tmp_path / "shop")
    assert card.window.fields["register"].entry.get() == "R1"
    card.type("Cafe")
    card.press("Tab")
    card.type("chf")
    card.press("Home", "ctrl+a")  # the whole text
    card.type("chf")
    card.press("Tab", "Tab")
    card.type("open sesame")
    card.press("Tab")
    card.type("open sesame")
    card.press("Return", "alt+1")
    card.settle(lambda: card.window.root.focus_get() is card.window.fields["tax.0"].entry)
    card.press("alt+5")
    card.type("MWST")
    card.press("Tab")
    card.type("8.1")
    card.press("Return")
    wait_for_the_store(card)
    card.settle(lambda: card.window.root.focus_get() is card.window.fields["address"].entry)
    card.window.vm.write("address", paper.address)
    card.press("Return")
    card.settle(lambda: card.window.vm.printed, timeout=30)
    assert "Cafe" in paper.text
    open_the_till(card)
    with App(open_home(tmp_path / "shop"), register=True) as app:
        store, tax = app.settings.models["store"], app.settings.models["tax"]
        assert (app.settings.get(store).name, app.settings.get(store).currency) == ("Cafe", "CHF")
        assert (app.settings.get(tax).scope, app.settings.get(tax).prices_include_tax) == ("line", True)
        app.pos.records("catalog_product").save({"name": "Tea", "price_e4": 108_100, "tax": "mwst-8.1",
                                                 "codes": [{"code": "1"}]})  # fmt: skip
        priced = app.register.scan("1").priced
        assert (priced.total, [(t.title, t.base, t.amount) for t in priced.taxes]) == (1081, [("MWST 8.1 %", 1000, 81)])
        assert app.home.config.register == "R1"
        assert {"cash", "catalog", "tax", "daylight", "printer_escpos"} <= set(app.enabled)
        assert app.pos.devices.of("receipt_printer") == "printer_escpos"
        assert app.pos.permissions.sign_in_needed()
        assert app.pos.permissions.sign_in("owner", "open sesame").id == "owner"


def test_a_printer_that_does_not_answer_is_said_and_not_kept(opened, tmp_path, paper):
    maker = FirstStore(Context(tmp_path / "shop"))
    maker.make(Wish("Cafe", "EUR", taxes=Taxes("none")))
    paper.out = True
    with pytest.raises(UserError, match="out of paper"):
        maker.print_test(paper.address)
    with App(open_home(tmp_path / "shop")) as app:
        assert {"tax", "printer_escpos"} & set(app.enabled) == set()
        assert app.settings.get(app.settings.models["store"]).name == "Cafe"


def test_a_store_that_cannot_be_made_leaves_nothing_and_can_be_tried_again(opened, tmp_path):
    folder = tmp_path / "shop"
    folder.write_text("a file where the folder should be")
    card = opened(folder)
    card.type("Cafe")
    card.press("Tab")
    card.type("eur")
    card.tap("main")
    card.tap("how.later")
    card.tap("main")
    card.settle(lambda: card.window.vm.faults)
    assert "is a file" in card.window.vm.faults[""]
    assert sorted(tmp_path.iterdir()) == [folder]
    folder.unlink()
    card.press("Return")
    wait_for_the_store(card)
    assert exists(folder)
    open_the_till(card)


def test_the_demo_store_is_one_key(opened, tmp_path):
    card = opened(tmp_path / "shop")
    card.last("Return")
    wait_for_the_store(card)
    assert open_home(tmp_path / "shop").config.register == "R1"


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
        subprocess.run(["xdotool", "key", "Return", "sleep", "0.3", "key", "alt+4"], check=True)
        until(lambda: windows("Genesis$") or subprocess.run(["xdotool", "key", "Return"], check=False).returncode)
        assert open_home(home).config.register == "R1"
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
