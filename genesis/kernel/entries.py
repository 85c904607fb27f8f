"""Stored facts: their names, their headers and the hash that chains them."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from genesis.kernel.errors import JournalDamaged, UserError

if TYPE_CHECKING:
    from genesis.kernel.facts import Fact
    from genesis.kernel.registry import Registry

START = bytes(32)  # the hash before the first fact of a stream
ZLIB = "z"  # codec of a body that is stored compressed; "" is plain JSON
SHORT = 512  # bytes of JSON that are not worth compressing
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

    __slots__ = ("_body", "_fact", "_registry", "actor", "at", "cause", "codec", "guards", "hash", "kind", "pos",
                 "prev", "seq", "stored", "stream", "version")  # fmt: skip

    def __init__(self, row: Any, registry: Registry) -> None:
        (self.pos, self.stream, self.seq, self.at, self.kind, self.version, self.actor, self.cause, self.guards,
         self.codec, body, prev, digest) = row  # fmt: skip
        self.stored, self.prev, self.hash = bytes(body), bytes(prev), bytes(digest)
        self._body: bytes | None = None
        self._registry = registry
        self._fact: Fact | None = None

    @property
    def ref(self) -> FactRef:
        """The fact's name."""
        return FactRef(self.stream, self.seq)

    @property
    def body(self) -> bytes:
        """The JSON of the fact; `stored` are the bytes that were hashed."""
        if self._body is None:
            try:
                self._body = unpacked(self.codec, self.stored)
            except ValueError as error:
                raise self._unreadable(error) from error
        return self._body

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
        return header(self.ref, self.at, self.kind, self.version, self.actor, self.cause, self.guards, self.codec)


def packed(body: bytes) -> tuple[str, bytes]:
    """Return (codec, bytes to store): a sale of ten lines takes a sixth, which is pages that no commit waits for."""
    small = zlib.compress(body, 1) if len(body) > SHORT else body
    return (ZLIB, small) if len(small) < len(body) else ("", body)


def unpacked(codec: str, stored: bytes) -> bytes:
    """Return the JSON of a stored body; ValueError where it is damaged or of a codec of a later version."""
    if codec not in {"", ZLIB}:
        raise ValueError(f"codec {codec!r} is not known")
    try:
        return zlib.decompress(stored) if codec else stored
    except zlib.error as error:
        raise ValueError(str(error)) from error


class Appended(NamedTuple):
    """What an append did; durable when you hold it. facts are as stored, with their receipt number."""

    pos: int
    refs: tuple[FactRef, ...]
    facts: tuple[Fact, ...]
    hash: bytes


def header(ref: FactRef, at: str, kind: str, version: int, actor: str, cause: str, guards: str, codec: str) -> bytes:
    """Return the canonical header: a JSON array, so no field can run into its neighbour; the codec ends it, if any."""
    return _json([*ref, at, kind, version, actor, cause, guards, *([codec] if codec else [])])


def chain(prev: bytes, head: bytes, body: bytes) -> bytes:
    """Return the hash of a fact: SHA-256 over the one before, its header and its body as stored."""
    return hashlib.sha256(prev + head + b"\n" + body).digest()
