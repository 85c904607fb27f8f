"""The manual says what the code does: its commands run, its keys are those of the till, its reference is as the code."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from genesis.bench.run import measures
from genesis.docs import book
from genesis.docs.__main__ import FOLDER, pages
from genesis.shell.vm.keys import DEFAULT, shown as cap
from tests.console.terminal import copy_home
from tests.layout.documents import BLOCK, NAMED_BLOCK, shell

MANUAL = FOLDER.parent / "manual"


@pytest.mark.parametrize("file", sorted(pages()))
def test_reference_pages_are_as_the_code_is(file: str) -> None:
    assert (FOLDER / file).read_text(encoding="utf-8") == pages()[file], "run `./run docs`"


def test_every_page_is_in_the_book() -> None:
    assert sorted(path.stem for path in MANUAL.glob("*.md")) == sorted(book.PAGES)


@pytest.mark.parametrize("page", book.PAGES)
def test_the_commands_of_a_page_run_from_top_to_bottom(page: str, demo_home: Path, tmp_path: Path) -> None:
    blocks = [text for kind, text in BLOCK.findall((MANUAL / f"{page}.md").read_text(encoding="utf-8")) if kind == "sh"]
    if blocks:
        home = copy_home(demo_home, tmp_path / "store")
        shell("\n".join(blocks), home, folder=tmp_path)


def test_the_plugin_of_the_manual_keeps_what_its_own_test_says(tmp_path: Path) -> None:
    for path, text in NAMED_BLOCK.findall((MANUAL / "writing-plugins.md").read_text(encoding="utf-8")):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    script = f"{sys.executable} -m pytest -q -p no:cacheprovider -o addopts= --rootdir {tmp_path} {tmp_path}/tests"
    assert " passed" in shell(script, tmp_path / "nothing", str(tmp_path), folder=tmp_path)


def test_the_keys_of_the_manual_are_those_of_the_till() -> None:
    text = (MANUAL / "keys.md").read_text(encoding="utf-8")
    contexts = {"Selling": "sell", "Being paid": "payment", "Lists of the back office": "list", "Everywhere": "any"}
    for heading, context in contexts.items():
        shown = set(
            re.findall(r"^\| `([^`]+)`", text.partition(f"## {heading}\n")[2].partition("\n## ")[0], re.MULTILINE)
        )
        known = {cap(key) for keys in DEFAULT[context].values() for key in keys}
        assert shown
        assert shown <= known, heading


def test_every_row_of_the_bench_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_0-9]+)`", (MANUAL / "measuring.md").read_text(encoding="utf-8")))
    rows = {name for measure in measures() for name in measure.names}  # type: ignore[attr-defined]
    assert rows
    assert rows - explained == set()


def test_a_topic_is_found_by_its_words_headings_first_and_reads_without_marks() -> None:
    found = book.search(book.topics({"thing": Path("/nowhere")}), "back up")
    assert (found[0].page, found[0].title) == ("Keeping the data", "Back up")
    assert found[0].text.split("\n")[-1] == "    genesis db backup usb/shop --keys safe/keys"
    keys = book.search(book.topics(), "keys being paid")[0]
    assert keys.text.startswith("• Enter: take the amount, or what is due\n")
    assert book.search(book.topics(), "xyzzy") == []
    assert not [topic for topic in book.topics() if "**" in topic.text or "`" in topic.text]
