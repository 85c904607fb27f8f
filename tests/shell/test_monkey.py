"""A whole house under somebody who does anything at all: no fault, nothing lost, nothing that does not add up."""

from __future__ import annotations

import logging
from random import Random

import pytest

from genesis.shell.app import Shell
from genesis.shell.preferences import PreferencesFile
from genesis.upkeep.doctor import examine
from tests.shell.driver import Driver
from tests.shell.memory import code as unknown
from tests.shell.monkey import Monkey
from tests.shell.office import CODES, busy_store


def play(store, tmp_path, monkeypatch, caplog, record_property, *, seed: int, deeds: int) -> None:
    """Let a monkey at the till, then look at what the store keeps."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)  # files are chosen and written here alone
    app = busy_store(store)
    before = len(app.raw_journal.read(0, limit=10**6))
    shell = Shell(app, PreferencesFile(tmp_path / "shell.json"), computer="en_US")
    driver = Driver(shell.window)
    driver.ready()
    monkey = Monkey(driver, Random(seed), [*CODES, unknown(3)])
    try:
        monkey.play(deeds)
    finally:
        shell.window.faults.clear()
        shell.close()
    led = "\n".join(monkey.deeds)
    assert not [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR], f"seed {seed}\n{led}"
    assert not [finding for finding in examine(app) if not finding.ok], f"seed {seed}"
    facts = len(app.raw_journal.read(0, limit=10**6)) - before
    record_property("covered", f"a monkey at the till: {deeds} deeds, {facts} facts; seed {seed}")


def test_whatever_is_done_to_a_till_it_goes_on(display, store, tmp_path, monkeypatch, caplog, record_property):
    play(store, tmp_path, monkeypatch, caplog, record_property, seed=1, deeds=200)


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_done_to_a_till_for_long_it_goes_on(
    display, store, tmp_path, monkeypatch, caplog, record_property, seed
):
    play(store, tmp_path, monkeypatch, caplog, record_property, seed=seed, deeds=4_000)
