"""The catalogues of Genesis and its plugins: complete, in step with the code, and each text is what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from genesis.docs.book import Topic
from genesis.hooks.pages import Cell
from genesis.shell import words
from genesis.shell.pages import help as help_page
from genesis.shell.told import told_in
from genesis.shell.words import known, many, told
from genesis.upkeep import catalogues
from genesis.upkeep.words import Message, found
from tests.shell.spoken import ROOT

LANGUAGES = pytest.mark.parametrize("language", catalogues.LANGUAGES)
OFFICE = frozenset({"genesis_purchasing", "genesis_stocktake", "genesis_mail", "genesis_barcodes"})
OFFICE_FILES = ("pages.py", "_page.py", "importer.py", "csvfile.py", "opening.py", "home.py", "migrate.py", "theme.py")
# Words that are the same in a language, names, keys and figures.
SAME = {
    "": {"OK", "Esc", "Alt", "Enter", "Tab", "Genesis", "Z", "Z {z}", "{text} {file}", "{found} · {ms} ms", "Code One", "QR Code", "Channel Code",
         "Data Matrix", "Han Xin", "GS1 QR Code"},
    "de": {"Bistro", "Blind", "Code", "Logo", "Mail", "Name", "Person", "Plugin", "Plugins", "Scanner", "Status", "Version"},
    "ar": {"Ctrl", "Shift"},
    "es": {"chip", "Ctrl", "Error", "No", "Plugin", "Plugins", "Subtotal", "Total", "Total {amount}",
           "Total {currency}", "use --map HEADER=FIELD", "use {value}"},
    "fr": {"Catalogue", "Code", "Copies", "Ctrl", "Document", "Exact", "Logo", "Page", "Place", "Plugin", "Plugins", "Scanner",
           "Stock", "Taxes", "Total", "Total {amount}", "Version", "{count} copies", "{value} articles"},
}  # fmt: skip


@pytest.fixture
def german() -> object:
    words.speak("de", [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    yield None
    words.speak("en_US")


def placeholders(text: str) -> list[str]:
    return sorted(name for _before, name, *_rest in Formatter().parse(text) if name)


def at_the_till(folder: Path, places: list[str]) -> bool:
    """Tell whether cashiers come across a message: not on pages of the back office, nor in what is behind them."""
    return folder.parts[-2] not in OFFICE and not all(place.endswith(OFFICE_FILES) for place in places)


@LANGUAGES
def test_catalogues_are_complete_and_in_step_with_the_code(language: str) -> None:
    for folder, files in catalogues.domains(ROOT).items():
        messages, path = found(files), folder / f"{language}.po"
        kept = catalogues.read(path)
        where = f"{path.relative_to(ROOT)} (`./run docs` writes it again)"
        assert [m for m in messages if m not in kept] == [], f"new: {where}"
        assert [m for m in kept if m not in messages] == [], f"gone: {where}"
        missing = [m.text for m, forms in kept.items() if not all(forms) and at_the_till(folder, messages[m])]
        assert missing == [], f"not translated: {where}"
        if messages:
            assert path.read_text(encoding="utf-8") == catalogues.text(language, messages, kept), where


@LANGUAGES
def test_every_translation_is_one_and_fills_in_what_its_message_does(language: str) -> None:
    allowed = SAME[""] | SAME.get(language, set())
    for folder in catalogues.domains(ROOT):
        for message, forms in catalogues.read(folder / f"{language}.po").items():
            for form in filter(None, forms):
                assert placeholders(form) == placeholders(message.text), f"{folder}: {message.text!r} is {form!r}"
                assert form not in {message.text, message.more} or form in allowed, f"{folder}: {form!r}"
                assert form.strip(" \n") == form or message.text.strip(" \n") != message.text, (
                    f"{folder}: {form!r} has blanks"
                )


def messages(code: str, tmp_path: Path) -> list[str]:
    (tmp_path / "plugin.py").write_text(code)
    return [message.text for message in found([tmp_path / "plugin.py"])]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('raise Refused(f"amount: {title} takes at most {due.amount}", "pay less")',
         ["amount: {title} takes at most {amount}", "pay less"]),
        ('raise Veto(f"{a} and {b} exclude {len(c)} of {max(c)}")', ["{a} and {b} exclude {value} of {value2}"]),
        ('UserError("gone" if late else f"{x} is late", a or "look again", "field")',
         ["gone", "{x} is late", "look again"]),
        ('Action(id="x.y", title="Close", run=run, permission="x.close", icon="lock")', ["Close"]),
        ('FieldSpec(name="why", label="Reason", choices=("waste", "theft"))', ["Reason", "waste", "theft"]),
        ('class Cash:\n    id = "cash"\n    title = "Cash"', ["Cash"]),
        ('reason = "no role grants it"', ["no role grants it"]),
        ('log.warning("the file %s is gone", path)', []),
        ('"""A module of words."""\ndef f():\n    """Return some words."""', []),
        ('raise TypeError("not for people to read")', []),
        ('db.execute("SELECT name FROM customers WHERE id = 1")', []),
        ('UserError("write {} or {x}")', ["write {{}} or {{x}}"]),
        ('many("{count} item", "{count} items", n)', ["{count} item"]),
    ],
)  # fmt: skip
def test_texts_are_found_by_where_they_stand(code: str, expected: list[str], tmp_path: Path) -> None:
    assert messages(code, tmp_path) == expected


def test_a_dropped_message_leaves_the_catalogue_and_a_new_one_comes_untranslated(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    old, kept, new = Message("old words"), Message('say "so"\n{n}'), Message("{count} day", "{count} days")
    path.write_text(catalogues.text("de", {old: ["a.py"], kept: ["a.py"]}, {old: ("alt",), kept: ('sag "so"\n{n}',)}))
    path.write_text(catalogues.text("de", {kept: ["a.py"], new: ["b.py"]}, catalogues.read(path)))
    assert catalogues.read(path) == {kept: ('sag "so"\n{n}',), new: ("", "")}


def test_the_author_of_a_plugin_gets_a_catalogue_to_fill_in(tmp_path: Path) -> None:
    (tmp_path / "plugin.toml").write_text('id = "thanks"\ntitle = "Thanks"\nsummary = "Thanks people."\n')
    (tmp_path / "plugin.py").write_text('raise Refused(f"{name} was thanked", "wait a while")')
    command = [sys.executable, "-m", "genesis.upkeep.catalogues", str(tmp_path), "pt_BR"]
    subprocess.run(command, check=True, cwd=ROOT)
    path = tmp_path / "locale" / "pt_BR.po"
    assert {m.text for m in catalogues.read(path)} == {"Thanks", "Thanks people.", "{name} was thanked", "wait a while"}
    path.write_text(
        path.read_text().replace('msgid "wait a while"\nmsgstr ""', 'msgid "wait a while"\nmsgstr "espere"')
    )
    subprocess.run(command, check=True, cwd=ROOT)
    words.speak("pt_BR", [tmp_path / "locale"])
    assert (told("wait a while"), told("Ana was thanked")) == ("espere", "Ana was thanked")
    words.speak("en_US")


def test_what_was_filled_in_is_found_and_said_in_the_language(german: object) -> None:
    assert told("amount: Cash takes at most 5.00") == "Betrag: Bar nimmt höchstens 5,00"
    unclear = "the payment has an unknown outcome: the customer may have been charged (no reason given)"
    assert told(unclear) == (
        "die Zahlung hat ein unbekanntes Ende: der Kunde wurde vielleicht belastet (kein Grund genannt)"
    )
    assert told("the card was valid until 2026-11-25") == "die Karte galt bis 25.11.2026"
    assert told("Cart 7") == "Vorgang 7"
    assert told("quantity: 9999999 is out of range") == "Menge: 9999999 liegt außerhalb der Grenzen"
    assert many("{count} item", "{count} items", 1) == "1 Artikel"


@LANGUAGES
def test_every_message_is_found_again_whatever_fills_it(language: str) -> None:
    """Two messages that read alike may have either translation; both are right there."""
    known = [catalogues.read(folder / f"{language}.po") for folder in catalogues.domains(ROOT)]
    words.speak(language, [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    alike: dict[str, set[str]] = {}
    for catalogue in known:
        for message, forms in catalogue.items():
            own = "".join(before for before, *_rest in Formatter().parse(message.text))
            if forms[0] and not message.more and sum(char.isalpha() for char in own) >= words.LEAST:
                names = [name for _before, name, *_rest in Formatter().parse(message.text) if name]
                filling = {name: f"Qx{n}" for n, name in enumerate(names)}
                alike.setdefault(message.text.format(**filling), set()).add(forms[0].format(**filling))
    wrong = {text: told(text) for text, expected in alike.items() if told(text) not in expected}
    words.speak("en_US")
    assert len(alike) > 1_500
    assert not wrong, wrong


def test_names_of_goods_and_people_stay_as_they_are(german: object) -> None:
    for name in ("Flat white", "Sale of the century", "Ana was deleted maybe", "{odd} braces {", ""):
        assert told(name) == name
    assert (known("2026-03-05"), known("2026-02-30")) == ("05.03.2026", "2026-02-30")
    assert known("Cart 7") == "Cart 7"
    assert told("Cart 7 has no price") == "Cart 7 hat keinen Preis"
    assert known("Notebook, 5 left") == "Notebook, 5 left"
    assert told("x" * 3_000) == "x" * 3_000


@pytest.mark.parametrize(
    "text",
    [
        b'msgid "the cart is empty"\nmsgstr "leer"\nrubbish',
        b"\xff\xfe no text",
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(import os);\\n"\n\nmsgid "a b"\nmsgstr "c d"\n',
    ],
)
def test_a_catalogue_that_cannot_be_read_is_left_out_and_said(text: bytes, tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "de.po").write_bytes(text)
    words.speak("de", [tmp_path])
    assert told("the cart is empty") == "der Warenkorb ist leer"
    assert str(tmp_path / "de.po") in caplog.text
    words.speak("en_US")


def test_a_translation_that_fills_in_something_else_is_left_out(tmp_path: Path) -> None:
    own = {Message("{name} is fine and {n} too"): ("{name} und {other}",), Message("{a} was seen"): ("{a gesehen",),
           Message("{a} was heard"): ("{a} wurde gehört",)}  # fmt: skip
    (tmp_path / "de.po").write_text(catalogues.text("de", {message: [] for message in own}, own))
    words.speak("de", [tmp_path])
    assert told("Ana is fine and 5 too") == "Ana is fine and 5 too"
    assert told("Ana was seen") == "Ana was seen"
    assert told("Ana was heard") == "Ana wurde gehört"
    words.speak("en_US")


def test_the_manual_stays_in_its_language() -> None:
    words.speak("de_DE", catalogues.domains(ROOT))
    assert told_in(Cell(text="Sell")).text == "Verkauf"
    row = help_page._row(Topic("selling/1", "Products", "Sell", "Cash"))
    assert told_in(row).cells == (Cell(text="Sell", small="Cash"), "Products")
    words.speak("en_US")


def test_english_reads_nothing() -> None:
    words.speak("en_US", catalogues.domains(ROOT))
    assert told("the cart is empty") == "the cart is empty"
    assert known("Cash") == "Cash"
    assert many("{count} item", "{count} items", 2, "2") == "2 items"
