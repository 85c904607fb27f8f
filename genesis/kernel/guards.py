"""Guards: promises checked and changed in the append's own transaction, refusing all of it."""

from __future__ import annotations

import msgspec


class Unique(msgspec.Struct, frozen=True, tag="unique", array_like=True):
    """`key` belongs to `owner` alone; the same owner may say so again."""

    space: str
    key: str
    owner: str


class Free(msgspec.Struct, frozen=True, tag="free", array_like=True):
    """`owner` gives `key` back; a key held by another is left alone."""

    space: str
    key: str
    owner: str


class Once(msgspec.Struct, frozen=True, tag="once", array_like=True):
    """`key` is used now and never again; `Journal.holder` answers which fact used it."""

    space: str
    key: str


class Balance(msgspec.Struct, frozen=True, tag="balance", array_like=True):
    """The running sum of `key` moves by `delta` and stays within floor..ceiling.

    was: where given, the sum must be exactly this before the move.
    """

    space: str
    key: str
    delta: int
    floor: int | None = 0
    ceiling: int | None = None
    was: int | None = None


class Expect(msgspec.Struct, frozen=True, tag="expect", array_like=True):
    """The revision of `key` is `rev` (0: it does not exist yet) and becomes rev + 1."""

    space: str
    key: str
    rev: int


Guard = Unique | Free | Once | Balance | Expect
