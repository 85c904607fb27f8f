"""The catalogues of Genesis and its plugins: complete, in step with the code, and each text is what it says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from gettext import c2py
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from genesis import many as counted
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
COUNTS = range(200)
UNSHIPPED = frozenset({"tests", "bench", "demo", "docs", "design"})
TEXT = (ast.Constant, ast.JoinedStr)
ENDINGS = frozenset({"s", "es", "is", "are", "was", "were", "has", "have"})
NOUN = re.compile(r" (?!of )[a-z]")
# Words that are the same in a language, names, keys and figures.
SAME = {
    "": {"OK", "Esc", "Alt", "Enter", "Tab", "Genesis", "Z", "Z {z}", "{text} {file}", "{what}: {remedy}", "{found} · {ms} ms", "Code One", "QR Code", "Channel Code",
         "Data Matrix", "Han Xin", "GS1 QR Code"},
    "de": {"Bistro", "Blind", "Code", "Logo", "Mail", "Name", "Person", "Plugin", "Plugins", "Scanner", "Status", "Version"},
    "ar": {"Ctrl", "Shift"},
    "es": {"chip", "Ctrl", "Error", "No", "Kits", "Plugin", "Plugins", "Subtotal", "Total", "Total {amount}",
           "Total {currency}", "use --map HEADER=FIELD", "use {value}"},
    "fr": {"Catalogue", "Code", "Copies", "code", "codes", "contact", "image", "options", "position", "taxes", "Ctrl", "Document", "Exact", "Kits", "Logo", "Page", "Place", "Plugin", "Plugins", "Scanner",
           "Stock", "Taxes", "Total", "Total {amount}", "Version", "{count} article", "{count} articles", "{count} copies"},
}  # fmt: skip


@pytest.fixture
def german() -> object:
    words.speak("de", [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    yield None
    words.speak("en_US")


def placeholders(text: str) -> list[str]:
    return sorted(name for _before, name, *_rest in Formatter().parse(text) if name)


def alone(language: str) -> set[int]:
    """The forms that one count only takes: they may say it in words."""
    counts = Counter(map(c2py(Catalog(locale=language).plural_expr), COUNTS))
    return {form for form, times in counts.items() if times == 1}


@LANGUAGES
def test_catalogues_are_complete_and_in_step_with_the_code(language: str) -> None:
    for folder, files in catalogues.domains(ROOT).items():
        messages, path = found(files), folder / f"{language}.po"
        kept = catalogues.read(path)
        where = f"{path.relative_to(ROOT)} (`./run docs` writes it again)"
        assert [m for m in messages if m not in kept] == [], f"new: {where}"
        assert [m for m in kept if m not in messages] == [], f"gone: {where}"
        missing = [m.text for m, forms in kept.items() if not all(forms)]
        assert missing == [], f"not translated: {where}"
        if messages:
            assert path.read_text(encoding="utf-8") == catalogues.text(language, messages, kept), where


@LANGUAGES
def test_every_translation_is_one_and_fills_in_what_its_message_does(language: str) -> None:
    allowed = SAME[""] | SAME.get(language, set())
    for folder in catalogues.domains(ROOT):
        for message, forms in catalogues.read(folder / f"{language}.po").items():
            own, words = placeholders(message.more or message.text), alone(language) if message.more else set()
            for place, form in enumerate(filter(None, forms)):
                spoken = (
                    [*placeholders(form), "count"] if place in words and "{count}" not in form else placeholders(form)
                )
                assert sorted(spoken) == own, f"{folder}: {message.text!r} is {form!r}"
                assert form not in {message.text, message.more} or form in allowed, f"{folder}: {form!r}"
                assert form.strip(" \n") == form or message.text.strip(" \n") != message.text, (
                    f"{folder}: {form!r} has blanks"
                )


@LANGUAGES
def test_a_text_is_called_the_same_whoever_says_it(language: str) -> None:
    """All catalogues are read as one, so of two translations one is never seen: two meanings need two texts in English."""
    called: dict[Message, dict[tuple[str, ...], str]] = {}
    for folder in catalogues.domains(ROOT):
        for message, forms in catalogues.read(folder / f"{language}.po").items():
            called.setdefault(message, {}).setdefault(forms, folder.parts[-2])
    assert {message.text: found for message, found in called.items() if len(found) > 1} == {}


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
        ('Done(text=many("{count} Item of {x}", "{count} Items of {x}", n, x=x))', ["{count} Item of {x}"]),
        ('sys.stdout.write(f"{n} words for a command line")', []),
        ('def text(value, field, most):\n    pass\ntext(row, "brand", 200)', ["brand"]),
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
    assert [told(f"{n} product{s}") for n, s in ((1, " is retired"), (12, "s are retired"))] == [
        "1 Artikel ist ausgelistet", "12 Artikel sind ausgelistet"]  # fmt: skip
    assert told("5 cards") == "5 Karten"
    assert told("Acme · Part received · 2026-03-05") == "Acme · Teils angenommen · 05.03.2026"
    assert told("name: it has 90 characters: use at most 60") == "Name: es hat 90 Zeichen: höchstens 60 verwenden"
    assert told("Acme delivers in 3 days (give or take 2)") == "Acme liefert in 3 Tagen (plus oder minus 2)"


def by_hand(code: str) -> list[str]:
    """The places where a module tells one and many apart without `many`, says a count without it, or gives it too little."""
    nodes = ast.walk(ast.parse(code))
    return [ast.unparse(node) for node in nodes if told_apart(node) or with_a_noun(node) or unlike(node)]


def told_apart(node: ast.AST) -> bool:
    """Tell whether it is: "1 row" if n == 1 else f"{n} rows", or: "s" if n > 1 else ""."""
    if not isinstance(node, ast.IfExp) or not any(map(one_or_two, ast.walk(node.test))):
        return False
    said = [ast.unparse(part).strip("f\"'") for part in (node.body, node.orelse) if isinstance(part, TEXT)]
    return bool(ENDINGS & set(said)) or (len(said) == 2 and all(said) and any("{" in text for text in said))


def one_or_two(node: ast.AST) -> bool:
    """Tell whether something is compared with a figure: (n == 1), (n > 1), (len(x) < 2)."""
    sides = node.comparators if isinstance(node, ast.Compare) else []
    return any(isinstance(side, ast.Constant) and side.value in {1, 2} and side.value is not True for side in sides)


def with_a_noun(node: ast.AST) -> bool:
    """Tell whether a length or a sum stands before a word: f"{len(rows)} rows"."""
    parts = pairwise(node.values) if isinstance(node, ast.JoinedStr) else ()
    return any(
        isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Call)
        and getattr(part.value.func, "id", "") in {"len", "sum"}
        and isinstance(after, ast.Constant) and NOUN.match(str(after.value))
        for part, after in parts
    )  # fmt: skip


def unlike(node: ast.AST) -> bool:
    """Tell whether a call of `many` has no two texts as they stand, or fills in something else than they name."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "many":
        return False
    texts = [str(arg.value) if isinstance(arg, ast.Constant) else "" for arg in node.args[:2]]
    given = {pair.arg for pair in node.keywords} - {"shown"} | {"count"}
    return not all(texts) or {*placeholders(texts[0]), "count"} != given or set(placeholders(texts[1])) != given


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ('text = "1 row" if rows == 1 else f"{rows} rows"', True),
        ("text = f\"{n} draft{'s' if n > 1 else ''} written\"", True),
        ('f"{len(rows)} rows are refused"', True),
        ('many(f"{n} row", "{count} rows", n)', True),
        ('many("{count} row of {name}", "{count} rows", n, name=name)', True),
        ('many("a row of {name}", "{count} rows of {name}", n, name=name)', False),
        ('text = row.text if len(rows) == 1 else ""', False),
        ('f"rows: {len(rows)} of {len(every)}"', False),
    ],
)
def test_what_is_told_apart_by_hand_is_seen(code: str, wrong: bool) -> None:
    assert bool(by_hand(code)) is wrong


def test_one_and_many_are_told_apart_in_one_way() -> None:
    """A count that stands in a variable cannot be told from a name; what is seen here is what was written before."""
    places = [ROOT / place for place in ("genesis", *catalogues.ROOTS)]
    paths = [path for place in places for path in place.rglob("*.py") if not UNSHIPPED & set(path.parts)]
    found = {
        f"{path.relative_to(ROOT)}: {text}" for path in paths for text in by_hand(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@LANGUAGES
def test_what_is_counted_has_a_form_for_every_count(language: str) -> None:
    catalogue = Catalog(locale=language)
    form = c2py(catalogue.plural_expr)
    assert {form(count) for count in COUNTS} == set(range(catalogue.num_plurals))
    counted = [(message, forms) for folder in catalogues.domains(ROOT)
               for message, forms in catalogues.read(folder / f"{language}.po").items() if message.more]  # fmt: skip
    assert len(counted) > 50
    short = [message for message, forms in counted if len(forms) != catalogue.num_plurals or not all(forms)]
    assert short == []


@LANGUAGES
def test_every_count_is_found_again_and_takes_its_form(language: str) -> None:
    words.speak(language, [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    form, alike, said = c2py(Catalog(locale=language).plural_expr), dict[str, set[str]](), dict[str, str]()
    for folder in catalogues.domains(ROOT):
        for message, forms in catalogues.read(folder / f"{language}.po").items():
            filling = {name: f"Qx{n}" for n, name in enumerate(placeholders(message.more)) if name != "count"}
            for count in COUNTS if message.more else ():
                text = counted(message.text, message.more, count, **filling)
                alike.setdefault(text, set()).add(forms[form(count)].format(count=count, **filling))
                said[text] = told(text)
    words.speak("en_US")
    wrong = {text: said[text] for text, expected in alike.items() if said[text] not in expected}
    assert wrong == {}


@LANGUAGES
def test_every_message_is_found_again_whatever_fills_it(language: str) -> None:
    """Two messages that read alike may have either translation; both are right there."""
    known = [catalogues.read(folder / f"{language}.po") for folder in catalogues.domains(ROOT)]
    words.speak(language, [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    alike: dict[str, set[str]] = {}
    for catalogue in known:
        for message, forms in catalogue.items():
            own = "".join(before for before, *_rest in Formatter().parse(message.text))
            if words.BETWEEN in own and catalogue is known[0]:
                continue  # the shell fills it in itself; what others say is taken apart there
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
    assert (known("Notebook, 5 left"), known("12 cards"), told("Some cards")) == (
        "Notebook, 5 left",
        "12 cards",
        "Some cards",
    )
    assert told("Cash: the cart is empty: nobody knows this") == "Cash: the cart is empty: nobody knows this"
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
