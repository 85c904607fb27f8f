"""What plugins bring to be run (reports, exporters, commands, jobs): who failed is named, and the others go on."""

from __future__ import annotations

import logging
import threading

import pytest

from genesis import Exporter, Job, PluginFault, Reaction, Report, exporter_of, round_div
from genesis.cli import main as cli
from genesis.cli.main import main
from genesis.hooks.tables import report_of, report_table
from genesis.plugin.state import record
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine
from tests.plugins_life.givers import FOLLOWER, Gives, boom, house, info, leave, tea
from tests.probes.follower.plugin import Follower


@pytest.mark.parametrize(
    "run", [lambda *_: boom(), leave, lambda *_: None, lambda *_: 5, lambda *_: [("a",)], lambda *_: [("a", "b", "c")]]
)
def test_a_report_that_fails_names_its_plugin(run, stores):
    report = Report(id="gives.r", title="R", columns=("a", "b"), run=run)
    app = house(stores, reports=[report])
    with pytest.raises(PluginFault, match=r"plugin gives failed at gives\.r") as fault:
        report_table(app.pos, report_of(app.pos, "gives.r"))
    assert "genesis plugin info gives" in fault.value.remedy


@pytest.mark.parametrize("write", [lambda _rows: boom(), leave, lambda _rows: "text", lambda _rows: None])
def test_an_exporter_that_fails_names_its_plugin(write, stores):
    exporter = Exporter(id="gives.e", title="E", medium="odd", suffix="odd", write=write)
    app = house(stores, exporters=[exporter])
    with pytest.raises(PluginFault, match="plugin gives failed at exporters"):
        exporter_of(app.pos, "odd", "format").write(())


COMMAND = """
import sys
from genesis import CliCommand, hookimpl

def run(pos, arguments):
    {body}

class P:
    @hookimpl
    def cli_commands(self):
        return [CliCommand(name="oddly", summary="", usage="", examples=(), run=run)]

plugin = P()
"""


def told(site, stores, capsys, *bodies):
    app = stores.new("cash")
    for name, body in zip(("alpha", "beta"), bodies, strict=False):
        site.install(name, COMMAND.replace("{body}", body))
        record(app, name, enabled=True, why="", since={})
    app.close()
    code = main(["oddly", "--home", str(app.home.folder)])
    return code, capsys.readouterr().err, app.home.folder / "genesis.log"


def test_a_command_that_fails_names_its_plugin_and_the_log_says_where(site, stores, capsys, monkeypatch):
    logger = logging.getLogger("genesis")
    monkeypatch.setattr(logger, "handlers", [])  # those of an earlier command write elsewhere
    code, said, log = told(site, stores, capsys, "raise ValueError('boom')")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("genesis: plugin alpha failed at oddly (ValueError: boom): ")
    for handler in logger.handlers:
        handler.close()
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [("sys.exit('not today')", 1, "genesis: not today\n"), ("sys.exit(3)", 3, ""), ("sys.exit()", 0, "")],
)
def test_a_command_that_leaves_keeps_its_words(body, code, said, site, stores, capsys):
    assert told(site, stores, capsys, body)[:2] == (code, said)


def test_of_two_commands_of_one_name_neither_is_run(site, stores, capsys):
    code, said, _ = told(site, stores, capsys, "print('alpha')", "print('beta')")
    assert code == 1
    assert "the plugins alpha and beta both bring this command: switch one of the two off" in said


def test_a_thread_that_a_plugin_leaves_behind_is_named(monkeypatch):
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="left alone")
    monkeypatch.setattr(cli, "PATIENCE", 0.05)
    assert cli._left_behind(threading.main_thread()) == []
    thread.start()
    assert cli._left_behind(threading.main_thread()) == ["the thread left alone"]
    stop.set()
    assert cli._left_behind(threading.main_thread()) == []


def test_an_entry_point_that_names_a_class_says_so(site, stores):
    site.install("alpha", "class Thing:\n    pass\nplugin = Thing\n")
    app = stores.new("cash")
    record(app, "alpha", enabled=True, why="", since={})
    folder = app.home.folder
    app.close()
    app = stores.open(folder)
    assert info(app, "alpha").reason == "its entry point names the class Thing: make an object of it (plugin = ...())"


# -- what the admin is told ----------------------------------------------------------------------------------


def test_the_list_of_plugins_says_which_tables_stand_still_and_what_failed(stores):
    gives = Gives(
        reactions=[Reaction(name="gives_mail", kinds=("sale.completed",), run=lambda *_: boom(), retries=1)],
        jobs=[Job(id="gives_job", every=60, run=lambda _pos: boom(), at_start=True)],
    )
    follower = as_plugin(Follower(handlers={"sale.completed": lambda *_: boom()}), "probe", FOLLOWER)
    app = stores.new("cash", extra=as_plugin(gives, "gives") | follower)
    assert (info(app).reason, info(app, "probe").reason) == ("", "")
    tea(app)
    app.register.pay("cash")
    app.reactor.run_due()
    app.jobs.run_due()
    assert info(app, "probe").status == info(app).status == "enabled"
    assert info(app, "probe").reason == "the table probe_last stands still (ValueError: boom)"
    assert info(app).reason.startswith("gives_mail failed (")
    assert info(app).reason.endswith("gives_job failed (boom)")
    (found,) = [f for f in examine(app) if not f.ok]
    assert found.text.startswith("plugin probe: probe_last is not ready (ValueError: boom)")


@pytest.mark.parametrize("mode", ["", "upp", 100, None])
def test_a_way_to_round_that_there_is_not_is_refused_for_exact_values_too(mode):
    with pytest.raises(ValueError, match="no way to round: use one of half_up"):
        round_div(4200, mode)
