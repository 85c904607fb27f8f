"""Values that plugins bring (pages, actions, fields, panels), with what people read of them in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from genesis.hooks.pages import Drawer
from genesis.kernel.facts import Row
from genesis.shell.words import Verbatim, known, told

V = TypeVar("V")
Say = Callable[[str], str]
# What is read of a value. The rest are ids and what somebody typed.
SHOWN = frozenset({
    "title", "text", "label", "help", "suffix", "hint", "empty", "note", "notice", "detail", "reason", "what", "remedy",
    "sure", "small", "value", "cells", "columns", "rows", "document", "sections", "fields", "filters", "actions", "ask",
    "choices",
})  # fmt: skip
# Here names of goods and people stand beside words: only what is a known text as a whole is translated.
DATA = frozenset({"small", "value", "cells", "rows"})


def told_in(value: V) -> V:
    """Return a value of a plugin in the language of the screens."""
    return cast("V", _in(value, told))


def _in(value: object, say: Say) -> object:
    if isinstance(value, str):
        return value if isinstance(value, Verbatim) else say(value)
    if isinstance(value, tuple):
        return tuple(_in(part, say) for part in value)
    if isinstance(value, msgspec.Struct):
        return _struct(value, say)
    return value


def _struct(value: msgspec.Struct, say: Say) -> msgspec.Struct:
    changes = {}
    for name in value.__struct_fields__:
        before = getattr(value, name)
        if name in SHOWN and before:
            data = name in DATA and not (name == "small" and isinstance(value, Drawer))
            now = _as(name, before, known if data else say)
            if now != before:
                changes[name] = now
    return msgspec.structs.replace(value, **changes) if changes else value


def _as(name: str, value: Any, say: Say) -> object:
    return _choices(value) if name == "choices" else rows(value) if name == "document" else _in(value, say)


def rows(document: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows of a document; their styles are no words."""
    return tuple((style, told(left), told(right)) for style, left, right in document)


def _choices(choices: tuple[str | tuple[str, str], ...]) -> tuple[str | tuple[str, str], ...]:
    """Return choices with their labels translated; what stands for itself keeps its value."""
    pairs = ((choice, choice) if isinstance(choice, str) else choice for choice in choices)
    said = tuple((value, known(label)) for value, label in pairs)
    return tuple(value if value == label else (value, label) for value, label in said)
