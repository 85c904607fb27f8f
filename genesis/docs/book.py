"""The manual as people look things up in it: pages cut into topics, with what every enabled plugin says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

PAGES = ("first-day", "selling", "paying", "office", "goods", "people", "keeping", "pci", "trouble", "measuring",
         "console", "keys", "restyling", "writing-plugins")  # fmt: skip
CODE = "    "  # what a line of code begins with in a topic's text


class Topic(NamedTuple):
    """A heading of a page with what stands under it: paragraphs, one a line; code begins with four blanks."""

    id: str
    page: str
    title: str
    text: str


def topics(readmes: Mapping[str, Path] | None = None) -> list[Topic]:
    """Return every topic in order. readmes: plugin id -> folder with its README.md."""
    found = [topic for page in PAGES for topic in _cut(page, _page(page))]
    for plugin, folder in sorted((readmes or {}).items()):
        file = folder / "README.md"
        if file.is_file():
            found += _cut(plugin, file.read_text(encoding="utf-8"))
    return found


def search(found: Iterable[Topic], words: str) -> list[Topic]:
    """Return the topics that have every word; those that have them in their heading first."""
    wanted = words.casefold().split()

    def missing(text: str) -> bool:
        return any(word not in text.casefold() for word in wanted)

    hits = [topic for topic in found if not missing(f"{topic.page} {topic.title} {topic.text}")]
    return sorted(hits, key=lambda topic: missing(f"{topic.page} {topic.title}"))


@cache
def _page(name: str) -> str:
    return (files("genesis.docs") / "manual" / f"{name}.md").read_text(encoding="utf-8")


def _cut(name: str, text: str) -> Iterator[Topic]:
    """Cut a page at its headings; what stands before the first one belongs to the page itself."""
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    title, _, start = head.removeprefix("# ").partition("\n")
    for number, part in enumerate([f"{title}\n{start}", *parts]):
        heading, _, body = part.partition("\n")
        plain = "\n".join(_plain(body))
        if plain:
            yield Topic(f"{name}.{number}", title.strip(), _words(heading.strip()), plain)


def _plain(body: str) -> Iterator[str]:
    """Yield the paragraphs of a body: joined lines, bullets, rows of tables as bullets, code as it is typed."""
    for block in _blocks(body):
        lines = block.split("\n")
        if lines[0].startswith("```"):
            yield from (CODE + line for line in lines[1:] if not line.startswith("```"))
        elif lines[0].startswith(CODE):
            yield from lines
        elif lines[0].startswith("|"):
            yield from ("• " + _words(": ".join(cells)) for line in lines[2:] if (cells := _cells(line)))
        else:
            yield from (_words(text) for text in _joined(lines))


def _blocks(body: str) -> Iterator[str]:
    """Yield what stands between empty lines; those of code do not end it."""
    for part in re.split(r"(^```\w*\n.*?^```$)", body, flags=re.MULTILINE | re.DOTALL):
        yield from [part] if part.startswith("```") else filter(None, re.split(r"\n\s*\n", part.strip("\n")))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()]


def _joined(lines: list[str]) -> list[str]:
    """Join the lines of a paragraph; a bullet or a picture begins a new one."""
    found: list[str] = []
    for line in lines:
        if line.startswith("- "):
            found.append("• " + line[2:])
        elif found:
            found[-1] += " " + line.strip()
        else:
            found.append(line.strip())
    return [text for text in found if text and not text.startswith("![")]


def _words(text: str) -> str:
    return re.sub(r"\*\*|`", "", re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text))
