"""Finds every text that a person may see in the source of Genesis or of a plugin, as messages to translate.

Plugin authors mark nothing: a text is found by where it stands, as what an error says, as the title of an action,
the label of a field. `./run docs` keeps the catalogues (`locale/<language>.po`) in step with what is found.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

# What of a call is read by people: the places of arguments, and their names.
ERROR = ((0, 1), ("what", "remedy"))
CALLS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    **dict.fromkeys(
        ("UserError", "Refused", "UnknownCode", "Confirm", "Veto", "NotReady", "Unknown", "GuardRefused",
         "StorageError"), ERROR),
    "_": ((0,), ()),
    "Approval": ERROR,
    "require": ((), ("why",)),
    "Actor": ((), ("name",)),
    "Action": ((), ("title",)),
    "Adjustment": ((), ("reason",)),
    "Availability": ((), ("note",)),
    "Cell": ((), ("text", "small")),
    "Column": ((), ("title",)),
    "Discrepancy": ((), ("text",)),
    "Done": ((), ("text", "document")),
    "Drawer": ((), ("title", "small")),
    "FieldSpec": ((), ("label", "help", "suffix", "choices")),
    "Figure": ((), ("title", "note", "value")),
    "Filter": ((), ("title", "choices")),
    "Health": ((), ("text",)),
    "ListPage": ((), ("hint", "empty")),
    "Meta": ((), ("title", "description")),
    "Outcome": ((), ("reason",)),
    "PageAction": ((), ("title", "sure")),
    "PageColumn": ((), ("title",)),
    "PageFigure": ((), ("title",)),
    "PageFilter": ((), ("title", "choices")),
    "Panel": ((), ("text", "detail")),
    "Permission": ((1,), ("title",)),
    "Problem": ((), ("text", "remedy")),
    "RecordPage": ((), ("hint", "empty")),
    "Report": ((), ("title", "columns")),
    "ReportSection": ((), ("title", "rows")),
    "Screen": ((), ("title",)),
    "Section": ((), ("title", "notice", "text", "columns", "rows")),
    "Suggestion": ((), ("text",)),
    "Theme": ((), ("title",)),
}  # fmt: skip


SILENT = frozenset({
    "warning", "info", "error", "exception", "debug", "TypeError", "ValueError", "RuntimeError", "TypeVar",
    "JournalDamaged", "AssertionError", "Thread", "CliCommand", "compile", "execute", "spec", "ArgumentParser",
    "NewType", "write",
})  # fmt: skip
UNREAD = frozenset({  # read by machines, by developers, or at a command line
    "tests", "cli", "bench", "docs", "testkit", "console", "demo", "migrations", "alembic", "upkeep", "design",
    "command.py", "fonts.py", "code_lists.py", "identifiers.py", "basket.py", "quote.py", "designed.py", "foreign.py",
})  # fmt: skip
READERS = frozenset({"decimal", "parse", "quantity", "unit_price", "rate", "milli"})  # they name the field at fault
SENTENCE = re.compile("[A-Za-z']{2,}[,:;]? .*[A-Za-z]{2,}", re.DOTALL)  # elsewhere, two words make a text
NUMBERED = re.compile("[A-Z][a-z]+ ")
NO_WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "ATTACH", "DETACH", "BEGIN", "PRAGMA",
            "LOCK", "SET ", "WITH", "genesis ", "COPY", "usage:", "d MMM", "Basic ")  # fmt: skip


class Message(NamedTuple):
    """A text with its placeholders in braces; more: its plural, "" for none."""

    text: str
    more: str = ""


def found(files: Iterable[Path]) -> dict[Message, list[str]]:
    """Return the messages of files in their order, each with the names of the files that have it."""
    out: dict[Message, list[str]] = {}
    for path in files:
        page = path.stem.endswith(("pages", "_page"))
        for message in _messages(path.read_text(encoding="utf-8"), path.suffix, page=page):
            places = out.setdefault(message, [])
            if path.name not in places:
                places.append(path.name)
    return out


@cache  # of a text: the same one is asked for in every language
def _messages(text: str, suffix: str, *, page: bool) -> tuple[Message, ...]:
    if suffix == ".toml":
        said = tomllib.loads(text)
        return tuple(Message(_literal(said[name])) for name in ("title", "summary", "category") if said.get(name))
    if suffix == ".json":
        return tuple(_drawn(text))
    return tuple(_Reader(ast.parse(text), page=page).messages())


def sources(folder: Path) -> list[Path]:
    """Return the files whose texts people read: screens of themes, and code, but no tests, no commands, no bench."""
    files = [path for kind in ("plugin.toml", "*.py", "screens/*.json") for path in sorted(folder.rglob(kind))]
    return [path for path in files if not UNREAD & set(path.relative_to(folder).parts)]


def _drawn(text: str) -> Iterator[Message]:
    """Yield the words that a designed screen has; a letter on a key is none."""
    for layout in json.loads(text)["layouts"]:
        for item in layout["items"]:
            if sum(char.isalpha() for char in item.get("text", "")) > 1:
                yield Message(_literal(item["text"]))


class _Reader:
    """Walks one module. page: it makes pages, so that a list of single words is one of headings.

    readers: its functions that are told which field is at fault, and where in their arguments.
    taken: what is no text for people: docstrings, log lines, faults of programmers.
    """

    def __init__(self, tree: ast.Module, *, page: bool = False) -> None:
        self._tree, self._page = tree, page
        self._taken: set[int] = set()
        self._readers = dict(_told_field(tree))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
                first = node.body[0]
                self._take([first] if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else [])
            elif isinstance(node, ast.Call) and _name(node) in SILENT:
                self._take([node])
            elif isinstance(node, ast.JoinedStr):
                self._take(part for part in node.values if isinstance(part, ast.Constant))
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                self._take([node.slice])
            elif isinstance(node, ast.Subscript):
                self._taken.add(id(node.slice))

    def _take(self, nodes: Iterable[ast.AST]) -> None:
        self._taken |= {id(inner) for node in nodes for inner in ast.walk(node)}

    def messages(self) -> Iterator[Message]:
        """Yield each text as often as it stands there."""
        for node in ast.walk(self._tree):
            if id(node) in self._taken:
                continue
            if isinstance(node, ast.Call):
                yield from self._call(node)
            elif isinstance(node, ast.ClassDef):
                yield from self._titles(node)
            elif isinstance(node, ast.arguments):
                pairs = zip(node.args[::-1], node.defaults[::-1], strict=False)
                yield from _said([default for arg, default in pairs if arg.arg == "field"], str.isalpha)
            elif isinstance(node, ast.Tuple) and (self._page or _rows(node)):
                yield from _said(node.elts, lambda text: text.isalpha() and text.istitle())
            elif isinstance(node, (ast.Constant, ast.JoinedStr)):
                yield from _said([node], _sentence)

    def _call(self, node: ast.Call) -> Iterator[Message]:
        if _name(node) == "many" and all(isinstance(arg, ast.Constant) for arg in node.args[:2]):
            one, more = (str(ast.literal_eval(arg)) for arg in node.args[:2])
            self._take(node.args[:2])
            yield Message(one, more)
            return
        if (place := self._readers.get(_name(node))) is not None:
            yield from _said(node.args[place : place + 1], str.isalpha)
        elif _name(node) in READERS:
            yield from _said([part for part in node.args[1:] if isinstance(part, ast.Constant)], str.isalpha)
        places, names = CALLS.get(_name(node), ((), ()))
        given = [node.args[place] for place in places if place < len(node.args)]
        given += [pair.value for pair in node.keywords if pair.arg in names]
        if _name(node) == "_":
            self._take(given)
            yield from (Message(str(part.value)) for part in given if isinstance(part, ast.Constant))
        else:
            yield from _said(given, lambda _text: True)

    def _titles(self, node: ast.ClassDef) -> Iterator[Message]:
        """The titles of payment methods and the like stand in their class."""
        for line in node.body:
            if isinstance(line, ast.Assign) and any(getattr(t, "id", "") == "title" for t in line.targets):
                yield from _said([line.value], lambda _text: True)


def _told_field(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        names = [arg.arg for arg in node.args.args if arg.arg != "self"] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.FunctionDef) and "field" in names:
            yield node.name, names.index("field")


def _rows(node: ast.Tuple) -> bool:
    """Tell whether a tuple pairs words with figures, or has sentences: single words in it are read too."""
    texts = [part.value for part in node.elts if isinstance(part, ast.Constant)]
    return len(texts) < len(node.elts) or any(isinstance(text, str) and SENTENCE.search(text) for text in texts)


def _sentence(words: str) -> bool:
    """Tell whether a text has two words, or one and something filled in ("Cart 7")."""
    return bool(SENTENCE.search(words) or NUMBERED.fullmatch(words)) and not words.startswith(NO_WORDS)


def _name(node: ast.Call) -> str:
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _said(nodes: Iterable[ast.expr], wanted: Callable[[str], bool]) -> Iterator[Message]:
    """Yield the templates that have words of their own and are wanted."""
    for node in nodes:
        for text in templates(node):
            words = "".join(before for before, *_rest in Formatter().parse(text))
            if any(char.isalpha() for char in words) and wanted(words):
                yield Message(text)


def templates(node: ast.expr) -> list[str]:
    """Return what an expression can say: its words, with a placeholder for whatever is filled in."""
    if isinstance(node, ast.Constant):
        return [_literal(node.value)] if isinstance(node.value, str) and node.value else []
    if isinstance(node, ast.JoinedStr):
        return [_joined(node)]
    if isinstance(node, ast.IfExp):
        return [*templates(node.body), *templates(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in templates(value)]
    if isinstance(node, (ast.Tuple, ast.List)):
        return [text for value in node.elts for text in templates(value)]
    if isinstance(node, ast.Call) and _name(node) not in {"_", "many"}:  # row("net", "Net"): a word among its arguments
        return [text for value in node.args if isinstance(value, ast.Constant)
                for text in templates(value) if text[:1].isupper() and len(text) > 1]  # fmt: skip
    return []


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _joined(node: ast.JoinedStr) -> str:
    """Return an f-string as a template; a placeholder is called as the name or attribute that fills it."""
    out, taken = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            out += _literal(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            name = getattr(part.value, "id", "") or getattr(part.value, "attr", "") or "value"
            name = unique = name.strip("_")
            while unique in taken:
                unique = f"{name}{int(unique.removeprefix(name) or 1) + 1}"
            taken.add(unique)
            out += f"{{{unique}}}"
    return out
