"""Exit code 1 comes with one line on stderr that says why, also where the answer itself is data on stdout."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from genesis.bench import run
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from tests.console.terminal import COFFEE, GENESIS


def test_a_projection_that_is_wrong_is_named_where_the_exit_code_tells_of_it(genesis, home):
    with App(open_home(home), register=True) as app:
        app.projector.catch_up(10)
    views = sqlite.connect(home / "views.db", isolation_level=None)
    views.execute("UPDATE catalog_product SET name = 'Nothing'")
    views.close()
    told = genesis("projection", "rebuild", "catalog_product", "--check", "--json")
    assert [row["name"] for row in json.loads(told.out)] == ["catalog_product"]
    assert (told.code, told.err) == (1, "genesis: not as a rebuild: catalog_product: rebuild it without --check\n")
    with App(open_home(home), register=True, projector="none") as app:
        app.register.scan(COFFEE)
        app.register.pay("cash")
    views = sqlite.connect(home / "views.db", isolation_level=None)
    views.execute("DROP TABLE kernel_till")
    views.close()
    told = genesis("projection", "status", "--json")
    assert [row["name"] for row in json.loads(told.out) if row["error"]] == ["kernel_till"]
    assert told.code == 1
    assert told.err == "genesis: not following the journal: kernel_till: mend what each says, or rebuild it\n"


def test_what_was_not_found_or_not_measured_is_said_where_the_exit_code_tells_of_it(genesis):
    told = genesis("manual", "zzzz")
    assert (told.code, told.out) == (1, "")
    assert told.err == "genesis: the manual says nothing about that: see its topics with `genesis manual`\n"
    told = genesis("design", "names", "nonsense", "--json")
    assert (told.code, told.out) == (1, "{}\n")
    assert told.err == "genesis: no screen is called 'nonsense': use one of: payment, sign_in, display\n"
    told = genesis("bench", "--only", "nonsense", "--json")
    assert (told.code, told.out) == (1, "")
    assert told.err == "genesis: nothing here is measured as 'nonsense': `genesis manual bench` names the rows\n"


def test_a_goal_that_is_missed_is_named_and_the_rows_are_there(genesis, monkeypatch):
    rows = [
        run.Row("slow", 2.0, "ms", limit=1.0, goal=1.5),
        run.Row("enough", 3.0, "rows/s", target=2.0, better="higher"),
    ]
    monkeypatch.setattr(run, "measures", lambda: [lambda _bench: iter(rows)])
    told = genesis("bench", "--json")
    assert json.loads(told.out) == {"rows": [
        {"name": "slow", "value": 2.0, "unit": "ms", "better": "lower", "limit": 1.0, "ratio": 2.0, "goal": 1.5,
         "target": None, "ok": False},
        {"name": "enough", "value": 3.0, "unit": "rows/s", "better": "higher", "limit": None, "ratio": None,
         "goal": None, "target": 2.0, "ok": True},
    ]}  # fmt: skip
    assert (told.code, told.err) == (1, "genesis: goals missed here: slow: repeat it while nothing else runs\n")


def test_closed_streams_are_as_if_nobody_was_there(home):
    def run(words, streams):
        done = subprocess.run(
            ["sh", "-c", f'exec "$0" "$@" {streams}', GENESIS, *words, "--home", home], capture_output=True, check=False
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    assert run(["till"], "<&-") == (0, "", "")
    assert run(["quote"], "<&-") == (1, "", "json: nothing was given: write one basket as a JSON object\n")
    assert run(["scan", "--lines"], "<&-") == (0, "", "")
    assert run(["scan", COFFEE], ">&-") == (0, "", "")
    assert run(["plugin", "info", "nobody"], "2>&-") == (1, "", "")


def test_output_that_finds_no_room_is_said_and_the_sale_is_kept(home, process):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([GENESIS, "till", "--home", home], input=f"{COFFEE}\ncash exact\n".encode(), stdout=full,
                              stderr=subprocess.PIPE, check=False)  # fmt: skip
    said = "genesis: No space left on device: make room and repeat it; what is recorded is kept\n"
    assert (done.returncode, done.stderr.decode()) == (1, said)
    assert process("till").out == "Resumed: 1 lines\nKept: 1 lines\n"
