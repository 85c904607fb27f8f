"""No text on a screen of the till is left in English, in any language, and none is unknown to the catalogues."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis import Act, Column, FieldSpec, ListPage, PageAction, Rows
from genesis.shell import words
from genesis.shell.app import Shell
from genesis.shell.kit.safe import safe_text
from genesis.shell.preferences import PreferencesFile
from genesis.shell.told import told_in
from genesis.shell.vm.desk import Desk
from genesis.shell.vm.form import FormDialog
from genesis.shell.vm.listpage import ListPageVM
from genesis.testkit.stores import Stores, as_plugin
from genesis.upkeep import catalogues
from genesis_catalog.lists import bring_in
from tests.shell.driver import Driver
from tests.shell.goods import Goods
from tests.shell.goods_said import MEMORY, demo_store, office
from tests.shell.memory import MemoryTill
from tests.shell.office import busy_store, office_scenes
from tests.shell.scenes import scenes
from tests.shell.shop_scenes import shop_scenes
from tests.shell.spoken import NOBODYS, ROOT, latin, messages, nobodys, seen

# What a receipt and its lists of figures say in the language of the store, not in that of the screen.
PAPER = ("Total EUR", "incl", "of", "owner", "COPY", "on_account", "store_credit", "cash", "Cash")
ON_PAPER = frozenset({"shop_receipt", "shop_copy", "shop_till.x"})


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The scenes have a fault of their own, which is not logged; afterwards English is spoken again."""
    logging.getLogger("genesis.shell").disabled = True
    yield
    logging.getLogger("genesis.shell").disabled = False
    words.speak("en_US")


def folders() -> list[Path]:
    """The catalogues of the plugins."""
    return [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"]


def test_every_text_of_the_screens_comes_from_a_catalogue(
    window: Callable[..., Driver], till: MemoryTill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys(tmp_path)
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    words.speak(NOBODYS)
    driver, unknown = window(), dict[str, str]()
    for scene in scenes(driver, till):
        driver.settle()
        unknown |= {f"{scene}: {text!r}": left for text in seen(driver) if (left := latin(text, MEMORY))}
    unknown = {text: left for text, left in unknown.items() if not text.startswith("failure: 'еррор ид")}
    assert not unknown, "\n".join(f"{text} has {left!r}" for text, left in unknown.items())


def test_what_plugins_say_at_the_till_comes_from_their_catalogues(
    display: str, store: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys(tmp_path)
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    shell = Shell(busy_store(store), PreferencesFile(None), computer=NOBODYS)
    driver, unknown, data = Driver(shell.window), dict[str, str](), demo_store()
    driver.ready()
    visited = []
    for scene in shop_scenes(driver):
        driver.settle()
        visited.append(scene)
        known = (*data, *PAPER) if scene in ON_PAPER else data
        unknown |= {f"{scene}: {text!r}": left for text in seen(driver) if (left := latin(text, known))}
    faults = list(shell.window.faults)
    shell.close()
    assert not faults, faults
    assert {"shop_payment", "shop_receipt", "shop_till.x", "shop_till.close"} <= set(visited), visited
    assert not unknown, "\n".join(f"{text} has {left!r}" for text, left in unknown.items())


def test_what_stands_on_the_pages_of_the_back_office_comes_from_catalogues(
    display: str, store: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys(tmp_path)
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    shell = Shell(busy_store(store), PreferencesFile(None), computer=NOBODYS)
    driver, unknown, known = Driver(shell.window), dict[str, str](), (*demo_store(), *office())
    driver.ready()
    for scene in office_scenes(driver):
        driver.settle()
        if not scene.startswith("help"):  # the manual is in English
            unknown |= {f"{scene}: {text!r}": left for text in seen(driver) if (left := latin(f"{text} ", known))}
    shell.close()
    assert not unknown, "\n".join(f"{text} has {left!r}" for text, left in unknown.items())


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_text_of_the_screens_is_left_in_english(
    window: Callable[..., Driver], till: MemoryTill, language: str
) -> None:
    words.speak(language, folders())
    english = {text: words.told(text) for message in messages() for text in message if text}
    driver, left, shown = window(), {}, set()
    for scene in scenes(driver, till):
        driver.settle()
        for text in seen(driver):
            whole = text.replace("\u2212", "-")
            if whole not in MEMORY and english.get(whole, whole) != whole:
                left[f"{scene}: {text!r}"] = english[whole]
            shown.add(text)
    assert not left, left
    assert safe_text(words.told("Charge"), mirrored=words.mirrored()) in shown


def test_the_language_of_the_store_is_taken_live_and_kept(shell: Callable[..., Any], stores: Stores) -> None:
    driver, house = shell()
    driver.ready()
    driver.desk.scan("101")
    driver.settle(lambda: "Charge" in seen(driver))
    house.settings.change("store", {"language": "de"})
    driver.settle(lambda: words.locale() == "de")
    driver.settle(lambda: "Kassieren" in seen(driver))
    said = seen(driver)
    assert "Flat white" in said  # the open cart stays, and goods keep their names
    assert "3,40\xa0€" in said
    assert "Charge" not in said
    driver.desk.key("F5")
    driver.settle()
    assert "Preis" in seen(driver)
    assert Shell._language(driver.shell) == "de"
    driver.desk.key("Escape")
    house.close()
    again, _house = shell(stores.open(house, extra=as_plugin(Goods(), "goods")))
    again.ready()
    assert "Kassieren" in seen(again)


def test_a_store_without_a_language_speaks_that_of_the_computer_as_its_country_does(
    display: str, store: Callable[..., Any]
) -> None:
    house = store("cash")
    shell = Shell(house, PreferencesFile(None), computer="de_CH")
    assert (words.locale(), words.told("Cash")) == ("de_CH", "Bar")
    house.settings.change("store", {"language": "de"})
    assert shell._language() == "de_CH"
    house.settings.change("store", {"language": "en"})
    assert shell._language() == "en"
    shell.close()


def test_the_fields_of_an_action_are_translated_once(desk: Desk, speaking: Callable[[str], None]) -> None:
    """In German a batch is a "Charge", which in English is what a card is asked for: "Kassieren" in German."""
    speaking("de")
    take = PageAction(id="take", title="Receive", permission="x", run=lambda _pos, _act: None,
                      ask=(FieldSpec(name="batch", label="Batch"),))  # fmt: skip
    page = ListPage(columns=(Column(id="name", title="Item"),), rows=lambda _pos, _query: Rows(rows=(), total=0),
                    actions=(take,))  # fmt: skip
    vm = ListPageVM(desk, "Things", lambda: page, None, allowed=lambda _permission: True)
    desk.screens["things"] = vm
    desk.go("things")
    vm.act(vm.actions("page")[0])
    assert isinstance(desk.top, FormDialog)
    assert [field.label for field in desk.top.form.fields] == ["Charge"]


ODD = (
    ("", "9520000000097", "", "", "", ""),
    ("Qx1", "", "", "", "", ""),
    ("Qx2", "9520000000099", "", "", "", ""),
    ("Qx3", "9520000000011", "1,50", "", "", ""),
    ("Qx4", "9520000000028", "1.23456", "", "", ""),
    ("Qx5", "9520000000035", "-1", "", "", ""),
    ("Qx6", "9520000000042", "999999999", "", "", ""),
    ("Qx7", "9520000000059*-6", "1", "", "", ""),
    ("Qx8", "9520000000066", "1", "qx", "", ""),
    ("Qx9", "9520000000073", "1", "", "a/b/c/d/e/f/g", ""),
    ("Qx" * 110, "9520000000080", "1", "", "", ""),
    ("Qx10", "9520000000103", "1", "", "", "qx"),
    ("Qx11", "9520000000110", "1", "", "", ""),
    ("Qx12", "9520000000110", "1", "", "", ""),
    ("Qx\x9c13", "9520000000127", "1", "", "", ""),
    ("Qx14",),
)


def test_why_rows_of_a_list_are_refused_is_said_in_the_language_of_the_screens(
    store: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pos, path = store("barcodes", "catalog").pos, tmp_path / "list.csv"
    rows = (("name", "codes", "price", "unit", "category", "weighed"), *ODD)
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    done = bring_in(pos, Act(values={"file": str(path), "dry": "1"}))
    refused = [left for style, left, _right in done.document if style == "small"]
    assert len(refused) == len(ODD) - 1  # one of two alike is kept, another one mended
    nobodys(tmp_path)
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    words.speak(NOBODYS)
    said = {left for style, left, _right in told_in(done).document if style != "rule"}
    assert {
        text: left for text in said if (left := latin(text, ("Qx", "qx", "pcs", "kg", "lb", "oz", "ml", "EAN")))
    } == {}
    monkeypatch.undo()
    words.speak("de", folders())
    said = {left for _style, left, _right in told_in(done).document}
    assert "Preis: '1,50' ist keine Dezimalzahl: Ziffern mit Punkt schreiben, etwa 12.50" in said, said
