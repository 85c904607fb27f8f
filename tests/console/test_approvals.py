"""Approvals at the console register: asked at a real terminal, and refused in a pipe."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from genesis import Actor
from genesis.kernel.permissions import Account
from tests.console.terminal import COFFEE, Console

KIM = Actor(id="kim", name="Kim", roles=("cashier",))
AT_TERMINAL = """
import fcntl, sys, termios
from pathlib import Path
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from genesis import Actor
from genesis.console.approving import at_terminal
from genesis.console.till import Till
from genesis.plugin.app import App
from genesis.plugin.home import open_home
with App(open_home(Path(sys.argv[1])), register=True, actor=Actor(id="kim", name="Kim", roles=("cashier",))) as app:
    sys.exit(Till(app, sys.stdout, at_terminal(sys.stdin.buffer, sys.stdout)).run(sys.stdin.buffer))
"""


@pytest.fixture
def kims(app):
    """The demo store with Kim at the till, who only sells; Mia and the owner have passwords."""
    permissions = app.pos.permissions
    permissions.save_role("cashier", ("register.sell",))
    permissions.save_role("lead", ("register.override_price", "register.discount"))
    permissions.save_account(Account(id="mia", name="Mia", roles=("lead",)), "4711")
    permissions.save_account(Account(id="owner", name="Olga"), "correct horse")
    app.actor = KIM
    return app


def approvals(app):
    return [(e.actor, e.fact.permission, e.fact.approver) for e in app.raw_journal.scan()
            if e.kind == "permission.approved"]  # fmt: skip


def test_a_pipe_is_refused_and_told_where_to_ask(kims):
    code, answers = Console(kims).run(f"{COFFEE}\nprice 3.00\nquit\n".encode())
    assert code == 1
    assert answers[1] == (
        "Refused: Kim may not: Set another price on a line: ask somebody who may, at a terminal or at the window"
    )
    assert answers[2] == "Kept: 1 lines"
    assert approvals(kims) == []


def test_who_is_asked_approves_one_command_and_a_wrong_password_changes_nothing(kims):
    console, said = Console(kims), [{"person": "mia", "password": "no"}, {"person": "mia", "password": "4711"}]
    console.till._ask = lambda _question: said.pop(0)
    console.ask(COFFEE)
    assert console.ask("price 3.00") == "Refused: the name or the password is not right: try again"
    assert console.ask("price 3.00") == "1: Flat white 1 x 3.00 = 3.00  Total: 3.00"
    said.append({"person": "mia", "password": "4711"})
    assert console.ask("discount 10%") == "1: Flat white 1 x 3.00 = 2.70  Total: 2.70"
    assert approvals(kims) == [("kim", "register.override_price", "mia"), ("kim", "register.discount", "mia")]
    assert said == []


def test_options_and_approvals_are_both_answered(kims):
    """A command that asks for words and for an approval gets both."""
    console = Console(kims)
    console.till._ask = lambda _question: {"person": "owner", "password": "correct horse"}
    console.ask(COFFEE)
    assert console.ask("qty -1").startswith("1: Flat white -1 x 3.40")
    assert console.ask("extras").startswith("1: Flat white -1 x 3.40")
    assert approvals(kims) == [("kim", "register.return_without_receipt", "owner")]


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are those of Linux")
def test_a_real_terminal_asks_and_shows_no_password(kims, home):
    kims.close()
    ours, theirs = pty.openpty()

    till = subprocess.Popen([sys.executable, "-c", AT_TERMINAL, str(home)], stdin=theirs, stdout=theirs, stderr=theirs,
                            start_new_session=True)  # fmt: skip
    os.close(theirs)
    seen = b""

    def until(what: bytes) -> None:
        nonlocal seen
        while what not in seen:
            seen += os.read(ours, 4096)  # ends with an error where the till is gone

    os.write(ours, f"{COFFEE}\n".encode())
    until(b"Total: 3.40")
    os.write(ours, b"price 3.00\n")
    until(b"Who approves (mia, owner) [mia]: ")
    os.write(ours, b"\n")
    until(b"Password: ")
    os.write(ours, b"4711\n")
    until(b"Total: 3.00")
    os.write(ours, b"quit\n")
    assert till.wait(20) == 0
    os.close(ours)
    assert b"Kim may not: Set another price on a line" in seen
    assert not re.search(rb"4711", seen)
