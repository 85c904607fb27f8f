"""`./run` is the first thing anybody types: it says what it does, stops when it cannot, and starts fast."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """A tree with the front door and what it reads, but nothing set up."""
    shutil.copy(root / "run", tmp_path)
    shutil.copy(root / "pyproject.toml", tmp_path)
    shutil.copytree(root / "requirements", tmp_path / "requirements")
    return tmp_path


def run(tree: Path, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "GENESIS_HOME", "PYTHONPATH"}}
    return subprocess.run(
        [tree / "run", *arguments],
        input=typed,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_help_names_every_verb(root: Path) -> None:
    body = (root / "run").read_text(encoding="utf-8").rpartition("case $verb in\n")[2]
    labels = " | ".join(re.findall(r"^    ([a-z|\- ]+)\)", body, re.MULTILINE)).split(" | ")
    shown = re.findall(r"^  \./run ([a-z]+)", run(root, "help").stdout, re.MULTILINE)
    assert sorted(shown) == sorted(label for label in labels if not label.startswith("-"))


def test_an_unknown_verb_is_refused(root: Path) -> None:
    done = run(root, "tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("./run: unknown verb tset\n")


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_scripts_are_plain_shell(script: str, root: Path) -> None:
    path = root / script
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", path], capture_output=True, text=True, check=True).stderr == ""


def test_a_failing_step_shows_the_end_of_its_log(tree: Path) -> None:
    (tree / "requirements/run.lock").write_text("genesis-has-no-such-part==1\n", encoding="utf-8")
    done = run(tree, "setup", PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "- packages from requirements/run.lock\n  failed; the end of" in done.stderr
    assert "  | ERROR: No matching distribution found for genesis-has-no-such-part==1\n" in done.stderr
    assert run(tree, "setup", PIP_NO_INDEX="1").returncode == 1, "a set-up that failed must not pass for done"


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def ready(tree: Path) -> Path:
    """The tree as it is once set up, with a `genesis` that writes down what it is called with and does it."""
    commands = tree / ".venv/bin"
    commands.mkdir(parents=True)
    (commands / "python").symlink_to(sys.executable)
    script(commands / "genesis", f'echo "$@" >>"{tree}/calls"\nexec "{Path(sys.executable).with_name("genesis")}" "$@"')
    return tree


def set_up(tree: Path) -> None:
    """Let the tree pass for one whose set-up is done."""
    text = (tree / "run").read_text(encoding="utf-8")
    fingerprint = text[text.index("fingerprint() {") : text.index("ready() {")]
    body = f'root=$(pwd); venv="$root/.venv"; {fingerprint} fingerprint >"$venv/.ready-run"'
    subprocess.run(["sh", "-euc", body], cwd=tree, check=True)


def test_a_tree_that_is_set_up_starts_at_once_and_makes_its_store_once(ready: Path) -> None:
    set_up(ready)
    starts = [run(ready, typed="quit\n", XDG_DATA_HOME=str(ready / "data")) for _ in range(2)]

    assert [done.returncode for done in starts] == [0, 0]
    assert [done.stderr for done in starts][1] == "No display: this is the console register. Type help, or quit.\n"
    assert (ready / "calls").read_text(encoding="utf-8").splitlines() == ["init --demo", "till", "till"]


def test_who_starts_while_it_is_being_set_up_waits_and_does_not_do_it_again(ready: Path) -> None:
    with (ready / ".setup.log").open("a", encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        second = subprocess.Popen([ready / "run", "setup"], stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert second.stderr.readline() == "Genesis POS is being set up already; waiting for it.\n"
        set_up(ready)
    assert second.communicate(timeout=100)[1] == ""
    assert second.returncode == 0
    assert run(ready, "setup", PIP_NO_INDEX="1").stderr == ""


def test_where_a_window_opens_it_is_left_to_ask_which_store(ready: Path) -> None:
    (ready / ".venv/bin/python").unlink()
    script(ready / ".venv/bin/python", "exit 0")  # Tk finds a display
    script(ready / ".venv/bin/genesis", f'echo "$@" >>"{ready}/calls"')
    set_up(ready)
    done = run(ready, XDG_DATA_HOME=str(ready / "data"), DISPLAY=":7")

    assert (done.returncode, done.stderr) == (0, "")
    assert (ready / "calls").read_text(encoding="utf-8").splitlines() == ["shell"]


def test_tests_write_to_memory_where_there_is_room_and_nothing_is_left_of_it(ready: Path) -> None:
    (ready / ".venv/bin/python").unlink()
    told = 'case "$*" in *pytest*) echo "$TMPDIR"; touch "$TMPDIR/left"; exit 3 ;; esac'
    script(ready / ".venv/bin/python", told)
    set_up(ready)
    shutil.copy(ready / ".venv/.ready-run", ready / ".venv/.ready-dev")
    room = min(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), shutil.disk_usage("/dev/shm").free)

    done = run(ready, "test", TMPDIR="")
    assert done.returncode == 3, done.stderr
    folder = Path(done.stdout.strip())
    assert folder.parent == Path("/dev/shm") or room < 7_000_000_000
    assert not folder.exists() or folder == Path()

    own = ready / "own"
    own.mkdir()
    assert run(ready, "test", TMPDIR=str(own)).stdout.strip() == str(own)
    assert [path.name for path in own.iterdir()] == ["left"]
