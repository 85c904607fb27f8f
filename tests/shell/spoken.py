"""What a window says: every text in sight with wrapped lines put together, and a language that nobody speaks."""

from __future__ import annotations

import re
import tkinter
from collections.abc import Iterable
from pathlib import Path

from genesis.upkeep import catalogues
from genesis.upkeep.words import Message, found
from tests.shell.driver import Driver

ROOT = Path(__file__).parents[2]
NOBODYS = "ru"  # Babel knows it, Genesis does not: its letters are not those of English
PART = re.compile(r"^(.*?)\.?(\d+)$")
WORD = re.compile(r"[A-Za-z]{2,}")
NUMBER = re.compile(r"\b(?=\w*\d)\w+\b")  # also the figures of a hash
FIELD = re.compile(r"\{[^}]*\}")
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопярстувшщыз")


def seen(driver: Driver) -> list[str]:
    """Return every text in sight: of canvas items and of real widgets."""
    out: list[str] = []
    for _name, pane in driver.panes():
        if not pane.winfo_ismapped():
            continue
        lines: dict[str, list[str]] = {}
        for key, item in pane._items.items():
            if item.kind == "text" and item.options["text"]:
                part = PART.match(key)
                lines.setdefault(part[1] if part else key, []).append(item.options["text"])
        out += [" ".join(parts) for parts in lines.values()]
        out += [text for child in pane.winfo_children() for text in _written(child)]
    return out


def _written(widget: tkinter.Misc) -> list[str]:
    own = [str(widget.cget("text"))] if isinstance(widget, tkinter.Label) and widget.winfo_ismapped() else []
    return own + [text for child in widget.winfo_children() for text in _written(child)]


def messages() -> list[Message]:
    """Return every message of Genesis and of the plugins beside it."""
    return [message for files in catalogues.domains(ROOT).values() for message in found(files)]


def nobodys(folder: Path) -> None:
    """Write the catalogue of a language with letters of its own: what is still Latin came from no catalogue."""
    told = {}
    for message in messages():
        forms = (message.text, message.more, message.more) if message.more else (message.text,)
        told[message] = tuple(_in_letters(form) for form in forms)
    places: dict[Message, list[str]] = {message: [] for message in told}
    (folder / f"{NOBODYS}.po").write_text(catalogues.text(NOBODYS, places, told), encoding="utf-8")


def _in_letters(text: str) -> str:
    """Change the letters outside of placeholders."""
    out, last = "", 0
    for field in FIELD.finditer(text):
        out += text[last : field.start()].lower().translate(LETTERS) + field[0]
        last = field.end()
    return out + text[last:].lower().translate(LETTERS)


def latin(text: str, allowed: Iterable[str]) -> str:
    """Return the Latin words of a text that are not among what a test put there; what stands last may be cut short."""
    before, _dot, last = text.rstrip().rpartition("· ")
    if last.endswith("…") and any(known.startswith(last[:-1].strip()) for known in allowed):
        text = before
    for known in sorted(allowed, key=len, reverse=True):
        text = text.replace(known, "")
    if text.endswith("…") and any(known.startswith(text[:-1].strip()) for known in allowed):
        return ""
    return " ".join(WORD.findall(NUMBER.sub("", text)))
