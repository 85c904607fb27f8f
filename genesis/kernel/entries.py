"""Stored facts: their names, their headers and the hash that chains them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from genesis.kernel.errors import JournalDamaged, UserError

if TYPE_CHECKING:
    from genesis.kernel.facts import Fact
    from genesis.kernel.registry import Registry

START = bytes(32)  # the hash before the first fact of a stream
_json = msgspec.json.Encoder().encode


class FactRef(NamedTuple):
    """A fact's name, the same on every node."""

    stream: str
    seq: int

    def __str__(self) -> str:
        return f"{self.stream}:{self.seq}"

    @classmethod
    def parse(cls, text: str) -> FactRef:
        """Read "stream:seq"."""
        stream, _, seq = text.rpartition(":")
        if not stream or not seq.isascii() or not seq.isdigit():
            raise UserError(f"{text[:60]!r} is not the name of a fact", "write it as stream:seq, such as R1:17", "fact")
        return cls(stream, int(seq))


class Entry:
    """A stored fact; `fact` is decoded once and shared by all followers."""

    __slots__ = ("_fact", "_registry", "actor", "at", "body", "cause", "guards", "hash", "kind", "pos", "prev",
                 "seq", "stream", "version")  # fmt: skip

    def __init__(self, row: Any, registry: Registry) -> None:
        (self.pos, self.stream, self.seq, self.at, self.kind, self.version, self.actor, self.cause, self.guards,
         _codec, body, prev, digest) = row  # fmt: skip
        self.body, self.prev, self.hash = _raw(body), _raw(prev), _raw(digest)
        self._registry = registry
        self._fact: Fact | None = None

    @property
    def ref(self) -> FactRef:
        """The fact's name."""
        return FactRef(self.stream, self.seq)

    @property
    def fact(self) -> Fact:
        """The typed fact (RawFact where its plugin is missing)."""
        if self._fact is None:
            try:
                self._fact = self._registry.decode(self.kind, self.version, self.body)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise self._unreadable(error) from error
        return self._fact

    def values(self) -> Any:
        """Return the body as JSON values."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> JournalDamaged:
        return JournalDamaged(f"{self.stream} {self.seq}", f"its content cannot be read ({error})")

    def header(self) -> bytes:
        """The hashed header."""
        return header(self.stream, self.seq, self.at, self.kind, self.version, self.actor, self.cause, self.guards)


def _raw(value: Any) -> bytes:
    """Return the bytes of a column, even where somebody wrote text into it behind our back."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)


class Appended(NamedTuple):
    """What an append did; durable when you hold it. facts are as stored, with their receipt number."""

    pos: int
    refs: tuple[FactRef, ...]
    facts: tuple[Fact, ...]
    hash: bytes


def header(stream: str, seq: int, at: str, kind: str, version: int, actor: str, cause: str, guards: str) -> bytes:
    """Return the canonical header; a JSON array, so no field can run into its neighbour."""
    return _json([stream, seq, at, kind, version, actor, cause, guards])


def chain(prev: bytes, head: bytes, body: bytes) -> bytes:
    """Return the hash of a fact: SHA-256 over the one before, its header and its body."""
    return hashlib.sha256(prev + head + b"\n" + body).digest()
