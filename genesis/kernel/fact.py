"""What every fact is: typed, versioned, immutable; a body of an older version is read through up-casters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

MANY_LINES = 4 * 1024 * 1024
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of every fact.

    kind: its public name. version: of the body's shape. upcasts: version n -> function that turns a body
    of version n into one of n + 1. numbered: the append gives it the register's next receipt number. limit:
    bytes of its body; pictures and attachments are files, so only what has up to 2,000 lines needs more.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    upcasts: ClassVar[Mapping[int, Upcast]] = {}
    numbered: ClassVar[bool] = False
    limit: ClassVar[int] = 256 * 1024


class RawFact(Fact, frozen=True, kw_only=True):
    """A fact of a kind that nothing here knows (its plugin is missing); the bytes stay as they are."""

    kind: ClassVar[str] = "raw"
    name: str
    body: bytes
