"""A data folder of which something is missing or overwritten: the file and the remedy are named, nothing begins anew."""

from __future__ import annotations

import pytest

from genesis.plugin.app import App
from genesis.plugin.home import CONFIG, open_home
from tests.console.terminal import COFFEE

EVERY = [
    ["till"],
    ["journal", "verify"],
    ["settings"],
    ["init", "--demo"],
    ["scan", COFFEE],
    ["quote"],
    ["customer", "list"],
]
JUNK = bytes(range(256)) * 100


@pytest.fixture
def sold(home):
    with App(open_home(home), register=True) as app:
        app.register.scan(COFFEE)
        app.register.pay("cash")
    return home


def says(genesis, words, *parts):
    told = genesis(*words)
    assert (told.code, told.out, told.err.count("\n")) == (1, "", 1)
    for part in parts:
        assert str(part) in told.err


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_journal_that_is_gone_is_said_and_never_begun_anew(how, sold, genesis):
    journal = sold / "journal.db"
    content = journal.read_bytes()
    journal.unlink()
    if how == "empty":
        journal.touch()
    for words in EVERY:
        says(genesis, words, journal, "missing or empty", "restore a backup")
    assert journal.exists() == (how == "empty")
    journal.write_bytes(content)
    with App(open_home(sold), register=True) as app:
        app.register.scan(COFFEE)
        assert app.register.pay("cash").sale.number == "R1-00000002"


@pytest.mark.parametrize(
    ("name", "remedy"), [("journal.db", "restore a backup"), ("views.db", "it is built again from the journal")]
)
def test_a_file_that_is_no_database_any_more_is_named(name, remedy, sold, genesis):
    (sold / name).write_bytes(JUNK)
    for words in EVERY:
        says(genesis, words, sold / name, remedy)
    assert (sold / name).read_bytes() == JUNK


def test_views_that_are_moved_away_are_built_again(sold, genesis):
    (sold / "views.db").write_bytes(JUNK)
    (sold / "views.db").unlink()
    assert "returns that add up: 1\n" in genesis("doctor", "--quick").out
    with App(open_home(sold), register=True) as app:
        assert app.register.scan(COFFEE).priced.total == 340


def test_keys_that_cannot_be_read_are_named(sold, genesis):
    keys = sold.with_name(f"{sold.name}.keys")
    (keys / "keys.db").write_bytes(JUNK)
    for words in EVERY:
        says(genesis, words, keys / "keys.db", "backup of the keys")
    (keys / "keys.db").unlink()
    (keys / "keys.db").mkdir()
    says(genesis, ["till"], keys / "keys.db", "backup of the keys")


def test_with_a_config_that_does_not_fit_commands_of_plugins_say_so_too(sold, genesis):
    (sold / CONFIG).write_text("store = ")
    for words in EVERY:
        says(genesis, words, sold / CONFIG, "does not fit")
    assert genesis("nonsense").code == 2
