"""The `genesis` command: help with examples, JSON, exit codes, the data folder, and one clear line for every refusal."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess

import pytest
import sqlcipher3.dbapi2 as sqlite
from hypothesis import HealthCheck, example, given, settings, strategies as st

from genesis import SettingsError
from genesis.cli.main import main, parser
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from tests.console.terminal import COFFEE, GENESIS

KERNEL = {
    ("init",), ("till",), ("shell",), ("settings",), ("password",), ("doctor",), ("devices",), ("bench",), ("manual",),
    ("report",),
    ("plugin", "list"), ("plugin", "info"), ("plugin", "enable"), ("plugin", "disable"), ("plugin", "undo"),
    ("projection", "status"), ("projection", "rebuild"), ("projection", "skip"),
    ("journal", "verify"), ("journal", "show"), ("journal", "export"),
    ("db", "upgrade"), ("db", "backup"), ("db", "restore"), ("design", "import"), ("design", "names"),
}  # fmt: skip
OF_PLUGINS = {("quote",), ("scan",), ("import",), ("customer",), ("receipt",)}
# What each command says where there is no store; the words stand for arguments that fit.
WITHOUT_A_STORE = [
    ["till"], ["settings"], ["doctor"], ["plugin", "list"], ["plugin", "info", "tax"], ["plugin", "enable", "tax"],
    ["plugin", "disable", "tax"], ["plugin", "disable", "tax", "--plan"], ["plugin", "undo"], ["projection", "status"],
    ["projection", "rebuild", "--all"], ["projection", "skip", "x", "R1:1", "--why", "y"], ["journal", "verify"],
    ["journal", "show"], ["journal", "export", "f.jsonl"], ["db", "upgrade"], ["db", "backup", "there"], ["password"],
    ["import", "f.csv"], ["scan", "--demo-codes"], ["receipt", "R1-00000001"], ["customer", "list"], ["shell"],
]  # fmt: skip


def commands():
    """Return words -> parser of every command of the kernel."""
    found = {}
    for name, sub in parser()[1].choices.items():
        groups = [a for a in sub._actions if hasattr(a, "choices") and isinstance(a.choices, dict)]
        if groups:
            found |= {(name, action): p for action, p in groups[0].choices.items()}
        else:
            found[(name,)] = sub
    return found


def test_the_commands_of_the_kernel_are_these():
    assert set(commands()) == KERNEL


@pytest.mark.parametrize("words", sorted(KERNEL), ids=" ".join)
def test_every_command_has_help_with_examples_that_it_understands(words, genesis):
    told = genesis(*words, "--help", at=None)
    assert (told.code, told.err) == (0, "")
    examples = told.out.partition("examples:\n")[2].strip().splitlines()
    assert examples
    root, _ = parser()
    for line in examples:
        command = shlex.split(line.rpartition("|")[2])
        assert command[:2] == ["genesis", words[0]]
        rest = [w for i, w in enumerate(command[1:]) if w != "--home" and command[i] != "--home"]
        assert root.parse_args(rest).run
    printing = {
        "list",
        "info",
        "report",
        "status",
        "verify",
        "show",
        "doctor",
        "devices",
        "settings",
        "bench",
        "enable",
        "disable",
        "rebuild",
        "manual",
        "names",
    }
    assert ("--json" in told.out) == (words[-1] in printing)


def test_the_commands_of_plugins_have_help_with_examples(genesis):
    listed = genesis("--help").out
    for (name,) in sorted(OF_PLUGINS):
        assert re.search(rf"^ +{name} +\S", listed, re.MULTILINE)
        told = genesis(name, "--help")
        assert (told.code, told.err) == (0, "")
        assert f"usage: genesis {name}" in told.out
        assert re.search(rf"examples:\n +.*genesis {name}", told.out)


@pytest.mark.parametrize("words", WITHOUT_A_STORE, ids=" ".join)
def test_without_a_store_a_command_names_the_folder(words, tmp_path, genesis, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)  # with one, `shell` asks for the store in a window
    folder = tmp_path / "nothing here"
    told = genesis(*words, at=folder)
    assert (told.code, told.out) == (1, "")
    assert str(folder) in told.err
    assert "genesis init" in told.err
    assert told.err.count("\n") == 1
    assert not folder.exists()


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["plugin"], ["plugin", "nonsense"], ["journal", "show", "--last", "x"], ["init", "--colour"],
     ["db", "backup"], ["projection", "skip", "a"], ["--home"], ["--home="], ["till", "extra"], ["plugin", "info"]],
    ids=" ".join,
)  # fmt: skip
def test_what_is_no_command_exits_with_2_and_says_how_it_is_written(words, genesis):
    told = genesis(*words, at=None)
    assert told.code == 2
    assert "genesis" in told.err
    assert told.out == ""


def test_the_data_folder_comes_from_home_then_the_environment(tmp_path, home, genesis, monkeypatch):
    monkeypatch.setenv("GENESIS_HOME", str(tmp_path / "elsewhere"))
    assert str(tmp_path / "elsewhere") in genesis("doctor", at=None).err
    assert genesis("doctor", "--quick").code == 0
    monkeypatch.setenv("GENESIS_HOME", str(home))
    assert genesis("doctor", "--quick", at=None).code == 0
    assert genesis(f"--home={home}", "doctor", "--quick", at=None).code == 0
    monkeypatch.setenv("HOME", str(home.parent))
    assert genesis("--home", f"~/{home.name}", "plugin", "list", at=None).code == 0


def test_json_is_json_and_plain_is_lines(genesis):
    plugins = json.loads(genesis("plugin", "list", "--json").out)
    assert {row["id"]: row["status"] for row in plugins}["catalog"] == "enabled"
    told = genesis("plugin", "list").out
    assert re.search(r"^catalog +enabled +goods +Catalogue$", told, re.MULTILINE)
    info = json.loads(genesis("plugin", "info", "catalog", "--json").out)
    assert info == next(row for row in plugins if row["id"] == "catalog")
    status = json.loads(genesis("projection", "status", "--json").out)
    assert {"kernel_sales", "catalog_product"} <= {row["name"] for row in status}
    assert all(row["lag"] == 0 and row["error"] == "" for row in status)
    findings = json.loads(genesis("doctor", "--json").out)
    assert all(row["ok"] for row in findings)
    assert {"journal", "guards", "sales", "receipt numbers", "returns"} <= {row["check"] for row in findings}
    assert json.loads(genesis("journal", "verify", "--json").out)["ok"] is True
    assert json.loads(genesis("settings", "store", "--json").out)["store"]["currency"] == "EUR"


def test_switching_is_planned_done_refused_and_taken_back(genesis):
    plan = genesis("plugin", "disable", "catalog", "--plan")
    assert (plan.code, plan.err) == (
        1,
        "genesis: catalog could not be disabled now: duplicates needs it: disable that first\n",
    )
    assert "! kits needs it: disable that first" in plan.out
    assert "- items have no price: nothing can be added" in plan.out
    assert "- catalog_product stops following the journal" in plan.out
    plan = genesis("plugin", "disable", "barcodes", "--plan", "--json")
    assert plan.code == 0
    assert json.loads(plan.out)["refusals"] == ["catalog needs it: disable that first"]
    assert genesis("plugin", "disable", "barcodes", "--plan").code == 1
    told = genesis("plugin", "disable", "barcodes")
    assert (told.code, told.out) == (1, "")
    assert told.err == "genesis: barcodes cannot be disabled: catalog needs it: disable that first\n"
    told = genesis("plugin", "disable", "discounts", "--why", "holidays", "--json")
    assert json.loads(told.out) == {"plugin": "discounts", "action": "disable", "effects": ["nothing else depends on it"],
                                    "refusals": [], "done": True}  # fmt: skip
    assert json.loads(genesis("plugin", "info", "discounts", "--json").out)["reason"] == "holidays"
    assert genesis("plugin", "disable", "discounts").err == "genesis: discounts is disabled already\n"
    assert genesis("plugin", "enable", "discounts", "--since", "x=never").code == 1
    assert genesis("plugin", "undo").out == "discounts is enabled again\n"
    for action in ("enable", "disable", "info"):
        assert genesis("plugin", action, "nobody").err.startswith("genesis: there is no plugin 'nobody'")


def test_a_command_of_a_plugin_that_is_off_is_not_there_and_its_code_not_loaded(genesis, home):
    for plugin in ("duplicates", "kits", "modifiers", "catalog"):
        assert genesis("plugin", "disable", plugin).code == 0
    assert genesis("import", "x.csv").code == 2
    assert not re.search(r"^ +import ", genesis("--help").out, re.MULTILINE)
    code = "import sys; from genesis.cli.main import main; main(['--help']); print('genesis_catalog' in sys.modules)"
    python = GENESIS.parent / "python"
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True, env={"GENESIS_HOME": str(home)}
    )
    assert done.stdout.splitlines()[-1] == "False"
    genesis("plugin", "enable", "catalog")
    assert genesis("import", "--help").code == 0


def test_journal_show_is_one_fact_a_line_with_the_receipt_of_sales(genesis, home):
    with App(open_home(home), register=True) as app:
        app.register.scan(COFFEE)
        number = app.register.pay("cash").sale.number
        app.register.return_lines(number)
        app.register.pay("cash")
    told = genesis("journal", "show", "--kind", "sale.completed", "--json")
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert [list(row) for row in rows] == [
        ["stream", "seq", "at", "kind", "version", "actor", "hash", "body", "receipt"]
    ] * 2
    assert [row["receipt"] for row in rows] == ["R1-00000001", "R1-00000002"]
    assert [row["body"]["total"] for row in rows] == [340, -340]
    assert all(told.count('"receipt"') == 1 for told in told.out.splitlines())
    every = [json.loads(line) for line in genesis("journal", "show", "--json").out.splitlines()]
    assert [(r["stream"], r["seq"]) for r in every if r["stream"] == "R1"] == [
        ("R1", n) for n in range(1, 1 + sum(r["stream"] == "R1" for r in every))
    ]
    assert all("receipt" not in row for row in every if row["kind"] != "sale.completed")
    last = genesis("journal", "show", "--last", "2").out.splitlines()
    assert len(last) == 2
    assert genesis("journal", "show", "--kind", "no.such.kind", "--json").out == ""


def test_the_journal_is_exported_whole_and_a_file_that_cannot_be_written_is_named(genesis, tmp_path):
    target = tmp_path / "facts.jsonl"
    told = genesis("journal", "export", target)
    count = int(told.out.split()[0])
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert len(rows) == count
    tips: dict[str, str] = {}
    for row in rows:
        assert row["prev"] == tips.get(row["stream"], "0" * 64)
        tips[row["stream"]] = row["hash"]
    for bad in (tmp_path, tmp_path / "none" / "x", "/dev/full/x"):
        told = genesis("journal", "export", bad)
        assert (told.code, told.out) == (1, "")
        assert str(bad) in told.err


def test_projections_are_rebuilt_compared_and_skipped_by_name(genesis):
    told = genesis("projection", "rebuild", "catalog_product", "kernel_till", "--json")
    assert told.code == 2
    told = genesis("projection", "rebuild", "kernel_till", "--json")
    assert json.loads(told.out)[0]["different"] == []
    assert genesis("projection", "rebuild", "kernel_till", "--check").out.endswith("facts, identical\n")
    for words in ([], ["kernel_till", "--all"]):
        told = genesis("projection", "rebuild", *words)
        assert (told.code, told.out) == (1, "")
        assert told.err == "genesis: it is not said which projection: name one, or give --all\n"
    for name, fact, what in (("nothing", "R1:1", "there is no projection 'nothing'"),
                             ("kernel_till", "R1:99999", "there is no fact R1:99999"),
                             ("kernel_till", "R1", "'R1' is not the name of a fact"),
                             ("kernel_till", "R1:x", "'R1:x' is not the name of a fact"),
                             ("kernel_till", "R1:²", "'R1:²' is not the name of a fact")):  # fmt: skip
        told = genesis("projection", "skip", name, fact, "--why", "test")
        assert told.code == 1
        assert told.err.startswith(f"genesis: {what}")
    assert genesis("projection", "skip", "kernel_till", "R1:2", "--why", "test").out == "kernel_till leaves R1:2 out\n"


def test_settings_name_every_field_that_does_not_fit_and_change_nothing(genesis):
    before = genesis("settings", "--json").out
    told = genesis("settings", "store", "cut_off_hour=99", "nonsense=1", f"name={'x' * 300}")
    assert told.code == 1
    for field in ("cut_off_hour: ", "nonsense: there is no such setting", "name: "):
        assert field in told.err
    for words, what in (
        (["store", "currency=USD"], "currency: the store sells in EUR"),
        (["store", "currency="], "currency: the store sells in EUR"),
        (["store", "name"], "'name' is not KEY=VALUE"),
        (["store", "name=[1"], "name: it is not JSON"),
        (["nothing", "a=b"], "nothing: no such plugin has settings"),
        (["nothing"], "nothing: no enabled plugin has these settings"),
        (["cash", "rounding_step=-1"], "rounding_step: "),
        (["cash", "rounding_mode=sideways"], "rounding_mode: "),
        (["cash", "rounding_step=0.05", "rounding_mode=sideways"], "rounding_mode: "),
    ):
        told = genesis("settings", *words)
        assert (told.code, what in told.err) == (1, True), told.err
    assert genesis("settings", "--json").out == before
    assert genesis("settings", "store", "cut_off_hour=4").code == 0
    assert "store.cut_off_hour = 4\n" in genesis("settings").out


def test_no_traceback_reaches_anybody_when_something_of_ours_breaks(genesis, home, monkeypatch):
    from genesis.cli import store

    monkeypatch.setattr(store, "examine", lambda *_a, **_k: 1 / 0)
    told = genesis("doctor")
    assert told.code == 1
    assert re.fullmatch(r"genesis: something went wrong \(error [0-9a-f]{8}\); details are in .*\n", told.err)


WORD = st.one_of(
    st.sampled_from(["plugin", "list", "info", "journal", "show", "verify", "projection", "status", "rebuild", "settings",
                     "store", "--json", "--all", "--plan", "--last", "--kind", "-1", "tax", "scan", "quote", "customer",
                     "receipt", "import", "--dry-run", "--lines", "--why", "undo", "--help", "-h", "=", "a=b", "--", "-",
                     "password", "doctor", "--quick"]),
    st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORD, min_size=1, max_size=5))
@example(words=["scan", "--lines"])
@example(words=["plugin", "info", "\x00"])
def test_any_words_are_answered_with_0_1_or_2_and_without_a_traceback(words, home, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    code = main([*(w for w in words if not w.startswith("--home")), "--home", str(home)])
    told = capsys.readouterr()
    assert code in {0, 1, 2}
    assert "Traceback" not in told.err
    assert "something went wrong" not in told.err
    assert code != 1 or told.err


@pytest.mark.parametrize(
    "content",
    ["", "store = ", "\x00\x01", "[[[[", 'register = "R1"', 'store = ""\nregister = "R1"', 'store = "s"\nregister = "r1"',
     'store = "s"\nregister = "TOOLONGNAME"', 'store = "s"\nregister = "R1"\nepoch = "AA"', 'store = 5\nregister = "R1"',
     'store = "s"\nregister = "R1"\ndatabase = "oracle://x"', 'store = "s"\nregister = "R1"\ndatabase = 5',
     'store = "s"\nregister = "R1"\nencrypted = "yes"', 'store = "s"\nregister = "R1"\ncolour = "red"'],
)  # fmt: skip
def test_a_genesis_toml_edited_by_hand_is_refused_by_field(content, home, genesis):
    (home / "genesis.toml").write_text(content)
    told = genesis("plugin", "list")
    assert (told.code, told.out) == (1, "")
    assert str(home / "genesis.toml") in told.err
    wrong = re.findall(r"(\w+) = (?!\"(?:s|R1)\"$)", content, re.MULTILINE)
    if content.startswith("store") and wrong and content != "store = ":
        assert wrong[-1] in told.err


def test_a_genesis_toml_saved_with_the_mark_of_utf8_is_read(home, genesis):
    (home / "genesis.toml").write_bytes(b"\xef\xbb\xbf" + (home / "genesis.toml").read_bytes().replace(b"\n", b"\r\n"))
    assert genesis("settings", "store", "--json").code == 0


def test_a_genesis_toml_that_is_a_folder_or_not_utf8(home, genesis):
    (home / "genesis.toml").write_bytes('store = "\xe4"'.encode("latin-1"))
    assert "genesis.toml does not fit" in genesis("plugin", "list").err
    (home / "genesis.toml").unlink()
    (home / "genesis.toml").mkdir()
    assert "genesis.toml does not fit" in genesis("plugin", "list").err
    shutil.rmtree(home / "genesis.toml")
    assert "there is no store" in genesis("plugin", "list").err


def by_hand(home, key, value):
    """Write into the kernel's state as somebody with a database tool would."""
    connection = sqlite.connect(home / "journal.db", isolation_level=None)
    connection.execute("INSERT OR REPLACE INTO state (space, key, value) VALUES ('setting:store', ?, ?)", (key, value))
    connection.execute("UPDATE heads SET numbers = numbers + 1 WHERE stream = ''")
    connection.close()


def test_settings_edited_by_hand_name_the_field_and_can_be_mended(genesis, home):
    with App(open_home(home), register=True) as app:
        cart = app.register.scan(COFFEE).cart
    by_hand(home, "cut_off_hour", "99")
    told = genesis("settings")
    assert (told.code, "store.cut_off_hour: Expected `int` <= 23" in told.err) == (1, True), told.err
    with App(open_home(home), register=True) as app:
        for act in (lambda: app.register.scan(COFFEE), lambda: app.register.pay("cash")):
            with pytest.raises(SettingsError, match=r"store\.cut_off_hour"):
                act()
        assert app.register.cart == cart
    assert genesis("settings", "store", "cut_off_hour=4").code == 0
    with App(open_home(home), register=True) as app:
        assert app.register.pay("cash").sale.total == 340


def test_a_setting_of_an_earlier_version_is_left_alone(genesis, home):
    by_hand(home, "colour_of_the_door", '"red"')
    assert genesis("settings", "store", "name=Corner Shop").code == 0
    assert '"Corner Shop"' in genesis("settings", "store", "--json").out
    assert "door" not in genesis("settings", "store").out


def test_state_that_is_no_json_is_named(genesis, home):
    by_hand(home, "name", "{")
    told = genesis("settings")
    assert (told.code, "the kernel's state setting:store/name cannot be read" in told.err) == (1, True), told.err


def test_the_tables_are_brought_up_to_date(genesis):
    assert genesis("db", "upgrade").out == "All tables are as this version needs them\n"
