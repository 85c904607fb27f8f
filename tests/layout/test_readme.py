"""The README is the first thing anybody tries: every command in it is run or looked up, every path is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from genesis.cli.main import parser as cli_parser
from genesis.plugin.discovery import discover, load
from tests.console.terminal import copy_home
from tests.layout.documents import BLOCK, NAMED_BLOCK, code, shell


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def store(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo store, as the first start leaves it."""
    return copy_home(demo_home, tmp_path_factory.mktemp("readme") / "store")


def verbs_of_help(root: Path) -> set[str]:
    text = subprocess.run([root / "run", "help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  \./run ([a-z]+)", text, re.MULTILINE))


def test_every_verb_in_the_readme_exists(readme: str, root: Path) -> None:
    shown = set(re.findall(r"\./run ([a-z]+)", readme))
    assert shown
    assert shown <= verbs_of_help(root)


def test_every_genesis_command_in_the_readme_exists(readme: str, root: Path, tmp_path: Path) -> None:
    shown = {
        " ".join(words.split())
        for words in re.findall(r"(?<![\w.\-/])genesis((?: +-{0,2}[a-z][a-z-]*)+)", code(readme))
    }
    assert {"init --demo", "scan --demo-codes", "till", "journal verify", "plugin enable thanks"} <= shown
    for command in sorted(shown):
        words = [word for word in command.split() if not word.startswith("-")]
        told = shell(f"genesis {' '.join(words)} --help", tmp_path / "nothing")
        assert [option for option in command.split() if option.startswith("-") and option not in told] == []


def test_every_path_in_the_readme_exists(readme: str, root: Path) -> None:
    table = readme.partition("## Where things are")[2].partition("##")[0]
    shown = re.findall(r"`([\w./]+/)`", table) + re.findall(r"requirements/[\w.]+", readme)
    assert len(shown) > 10
    assert [path for path in shown if not (root / path).exists()] == []


def test_the_first_sale_of_the_readme_sells(readme: str, tmp_path: Path) -> None:
    script = next(match[2] for match in BLOCK.finditer(readme) if "genesis till" in match[2])
    printed = shell(script, tmp_path / "store")
    assert len(re.findall(r"^Receipt: \S+$", printed, re.MULTILINE)) == 1


def test_the_first_plugin_of_the_readme_thanks(readme: str, store: Path, tmp_path: Path) -> None:
    for path, text in NAMED_BLOCK.findall(readme):
        file = tmp_path / "genesis-thanks" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (typed,) = re.findall(r"^\.venv/bin/python (-m pip install .* genesis-thanks)$", code(readme), re.MULTILINE)
    shell(f"{sys.executable} {typed} --quiet --no-index --target {tmp_path}/site", store, folder=tmp_path)
    path = f"{tmp_path}/site:{(tmp_path / 'site' / '_genesis_thanks.pth').read_text().strip()}"
    sale = "printf '%s\\n' \"$(genesis scan --demo-codes | sed -n 1p)\" 'cash exact' | genesis till"
    assert "Thank you!" not in shell(sale, store, path)
    shell("genesis plugin enable thanks", store, path)
    assert "Thank you!" in shell(sale, store, path)


def test_what_the_readmes_of_plugins_tell_to_type_is_understood(root: Path) -> None:
    parser, commands = cli_parser()
    plugins, settings = load(list(discover()))[0], 0
    for path in sorted(root.glob("*/genesis_*/README.md")):
        blocks = "\n".join(match[2] for match in BLOCK.finditer(path.read_text(encoding="utf-8")) if match[1] == "sh")
        for line in filter(None, blocks.splitlines()):
            words = shlex.split(line)[1:]
            if line.startswith("genesis ") and words[0] in commands.choices:
                asked = parser.parse_args(words)
                if words[0] == "settings":
                    fields = plugins[asked.scope].settings_model().__struct_fields__
                    assert {pair.partition("=")[0] for pair in asked.changes} <= set(fields), f"{path}: {line}"
                    settings += 1
    assert settings > 10
