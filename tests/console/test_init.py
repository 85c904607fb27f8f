"""Making a store: never a prompt, never half of one, the same twice, and encrypted where it is asked for."""

from __future__ import annotations

import io
import json
import os

import pytest

from genesis.plugin.app import App
from genesis.plugin.home import create_home, open_home


def tree(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_init_needs_no_terminal_and_the_second_time_changes_nothing(tmp_path, process, genesis):
    folder = tmp_path / "new" / "shop"
    words = ("init", "--name", "Corner Shop", "--currency", "EUR", "--register", "K7")
    done = process(*words, at=folder)
    assert (done.code, done.out, done.err) == (0, f"The store is ready in {folder}\n", "")
    facts = genesis("journal", "show", "--json", at=folder).out
    done = genesis(*words, at=folder)
    assert (done.code, done.out) == (0, f"The store is there already, in {folder}\n")
    assert genesis("journal", "show", "--json", at=folder).out == facts
    assert open_home(folder).config.register == "K7"
    assert (folder.stat().st_mode & 0o777, (folder.parent / "shop.keys").stat().st_mode & 0o777) == (0o700, 0o700)


def test_a_second_init_adds_what_it_is_told_and_refuses_what_cannot_change(genesis):
    assert genesis("init").code == 0
    assert genesis("init", "--name", "New Name", "--currency", "EUR", "--register", "R1").code == 0
    assert json.loads(genesis("settings", "store", "--json").out)["store"]["name"] == "New Name"
    for words, what in (
        (["--currency", "USD"], "the store sells in EUR: a currency cannot change"),
        (["--register", "R2"], "this folder is register R1: use another folder"),
    ):
        told = genesis("init", *words)
        assert (told.code, told.out) == (1, "")
        assert what in told.err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "a store needs its currency: add --currency CODE"),
        (["--currency", "eur"], "'eur' is not a currency"),
        (["--currency", "XXX"], "'XXX' is not a currency"),
        (["--currency", "XAU"], "'XAU' is not a currency"),
        (["--currency", "😀"], "is not a currency"),
        (["--currency", "EUR", "--register", "r1"], "register: "),
        (["--currency", "EUR", "--register", "R1-2"], "register: "),
        (["--currency", "EUR", "--register", "TOOLONGNAME"], "register: "),
        (["--currency", "EUR", "--name", "x" * 201], "name: "),
        (["--currency", "EUR", "--database", "oracle://x"], "database"),
        (["--currency", "EUR", "--database", "postgresql://nobody@127.0.0.1:1/none"], "database"),
        (["--currency", "EUR", "--database", "postgresql://x@127.0.0.1:1/n", "--encrypt"], "PostgreSQL encrypts"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_leaves_nothing(words, what, tmp_path, genesis):
    folder = tmp_path / "new"
    told = genesis("init", *words, at=folder)
    assert (told.code, told.out) == (1, "")
    assert what in told.err
    assert told.err.count("\n") == 1
    assert not folder.exists()
    assert not (tmp_path / "new.keys").exists()


def test_a_store_is_made_beside_other_files_and_a_failed_one_leaves_them(tmp_path, genesis, monkeypatch):
    folder = tmp_path / "used"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    import genesis.demo.store as demo

    monkeypatch.setattr(demo, "fill", lambda _app: 1 / 0)
    assert genesis("init", "--demo", at=folder).code == 1
    assert [name for name in tree(folder) if name != "genesis.log"] == ["letter.txt"]  # the log tells of the fault
    assert not (tmp_path / "used.keys").exists()
    monkeypatch.undo()
    assert genesis("init", "--currency", "EUR", at=folder).code == 0
    assert (folder / "letter.txt").read_text() == "dear"


def test_an_init_that_was_killed_before_it_said_the_currency_is_completed(tmp_path, genesis):
    folder = tmp_path / "shop"
    with App(create_home(folder, "R1"), register=True):
        pass  # what is there once the journal is, and before the first setting
    assert genesis("init", "--demo", at=folder).code == 0
    assert json.loads(genesis("settings", "store", "--json", at=folder).out)["store"]["currency"] == "EUR"
    assert len(genesis("scan", "--demo-codes", at=folder).out.split()) > 100
    assert genesis("settings", "store", "name=Mine", at=folder).code == 0
    assert genesis("init", "--demo", at=folder).code == 0
    assert json.loads(genesis("settings", "store", "--json", at=folder).out)["store"]["name"] == "Mine"


def test_a_file_a_lost_config_and_a_forbidden_place_are_named(tmp_path, home, genesis):
    (tmp_path / "file").write_text("")
    assert "is a file" in genesis("init", "--currency", "EUR", at=tmp_path / "file").err
    assert "cannot be written" in genesis("init", "--currency", "EUR", at=tmp_path / "file" / "below").err
    (home / "genesis.toml").unlink()
    before = tree(home)
    told = genesis("init", "--currency", "EUR")
    assert told.code == 1
    assert f"there is a journal in {home}, but no genesis.toml" in told.err
    assert tree(home) == before


def test_an_encrypted_store_cannot_be_read_without_its_key_nor_can_its_backup(tmp_path, genesis):
    folder, backup = tmp_path / "safe", tmp_path / "backup"
    assert genesis("init", "--currency", "EUR", "--name", "Quiet Corner", "--encrypt", at=folder).code == 0
    assert genesis("db", "backup", backup, at=folder).code == 0
    for file in (folder / "journal.db", folder / "views.db", backup / "journal.db"):
        data = file.read_bytes()
        assert not data.startswith(b"SQLite format 3")
        assert b"Quiet Corner" not in data
        assert b"store.opened" not in data
    assert sorted(p.name for p in backup.iterdir()) == ["blobs", "genesis.toml", "journal.db"]
    key = tmp_path / "safe.keys" / "database.key"
    assert key.stat().st_mode & 0o077 == 0
    kept = key.read_text()
    for wrong, what in ((None, f"the key of this encrypted store is not in {key}"),
                        ("zz", "the key of this encrypted store is not in"),
                        ("00" * 32, "cannot be read with this key")):  # fmt: skip
        key.unlink(missing_ok=True)
        if wrong is not None:
            key.write_text(wrong)
        told = genesis("doctor", "--quick", at=folder)
        assert (told.code, what in told.err) == (1, True), told.err
        assert told.err.count("\n") == 1
    key.write_text(kept)
    told = genesis("db", "restore", backup, at=tmp_path / "again")
    assert (told.code, "the key of this encrypted store is not in" in told.err) == (1, True)
    assert not (tmp_path / "again").exists()
    told = genesis("db", "restore", backup, "--keys", tmp_path / "safe.keys", at=tmp_path / "again")
    assert (told.code, told.out) == (0, f"Restored to {tmp_path / 'again'}; receipts go on as R1b-00000001\n")
    assert genesis("doctor", "--quick", at=tmp_path / "again").code == 0


def test_a_plain_store_that_is_called_encrypted_and_the_reverse_are_told_apart(home, genesis):
    config = (home / "genesis.toml").read_text()
    (home / "genesis.toml").write_text(config.replace("encrypted = false", "encrypted = true"))
    assert "the key of this encrypted store is not in" in genesis("plugin", "list").err
    (home.with_name(home.name + ".keys") / "database.key").write_text("11" * 32)
    told = genesis("plugin", "list")
    assert (told.code, "cannot be read with this key" in told.err) == (1, True), told.err
    (home / "genesis.toml").write_text(config)
    assert genesis("plugin", "list").code == 0


def test_only_the_owner_of_the_folder_acts_as_the_owner(home, genesis, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    for words in (("plugin", "list"), ("till",), ("doctor",), ("init",)):
        told = genesis(*words)
        assert (told.code, told.out) == (1, "")
        assert f"{home} belongs to" in told.err
    assert (home / "genesis.toml").exists()


def test_a_password_is_typed_or_read_and_never_too_short(home, genesis, monkeypatch):
    for typed, code in ((b"abc\n", 1), (b"", 1), (b"correct horse\n", 0)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed)))
        assert genesis("password").code == code
    with App(open_home(home)) as app:
        assert app.pos.permissions.sign_in_needed()
        assert app.pos.permissions.sign_in("owner", "correct horse").owner
    assert "correct horse" not in genesis("journal", "show", "--json").out
