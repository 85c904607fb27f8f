"""`./run` is the first thing anybody types: it says what it does, stops when it cannot, and starts fast."""

from __future__ import annotations

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


def test_a_tree_that_is_set_up_starts_at_once_and_makes_its_store_once(tree: Path) -> None:
    commands = tree / ".venv/bin"
    commands.mkdir(parents=True)
    (commands / "python").symlink_to(sys.executable)
    real = Path(sys.executable).with_name("genesis")
    (commands / "genesis").write_text(f'#!/bin/sh\necho "$@" >>"{tree}/calls"\nexec "{real}" "$@"\n', encoding="utf-8")
    (commands / "genesis").chmod(0o755)
    text = (tree / "run").read_text(encoding="utf-8")
    fingerprint = text[text.index("fingerprint() {") : text.index("ready() {")]
    script = f'root=$(pwd); venv="$root/.venv"; {fingerprint} fingerprint >"$venv/.ready-run"'
    subprocess.run(["sh", "-euc", script], cwd=tree, check=True)

    starts = [run(tree, typed="quit\n", XDG_DATA_HOME=str(tree / "data")) for _ in range(2)]

    assert [done.returncode for done in starts] == [0, 0]
    assert [done.stderr for done in starts][1] == "No display: this is the console register. Type help, or quit.\n"
    assert (tree / "calls").read_text(encoding="utf-8").splitlines() == ["init --demo", "till", "till"]
