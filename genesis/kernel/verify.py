"""Proves the journal: every byte of every fact is where and what it was."""

from __future__ import annotations

from collections.abc import Iterable

from genesis.db.engine import UNREADABLE, StorageError
from genesis.kernel.entries import START, Entry, chain
from genesis.kernel.errors import GenesisError, JournalDamaged
from genesis.kernel.journal import Journal
from genesis.kernel.shifts import signature_fault


def verify(journal: Journal, key: str = "") -> int:
    """Prove the chain and return the number of facts; raises JournalDamaged with the place of the first fault."""
    with journal.snapshot():  # a till may sell meanwhile
        return _verify(journal, key)


def _verify(journal: Journal, key: str) -> int:
    tips: dict[str, tuple[int, bytes]] = {}
    count = 0
    for count, entry in enumerate(_entries(journal), start=1):
        seq, prev = tips.get(entry.stream, (0, START))
        place = f"{entry.stream} {entry.seq}"
        if entry.pos != count:
            raise JournalDamaged(place, f"position {count} of this node is missing")
        if entry.seq != seq + 1:
            raise JournalDamaged(place, f"number {seq + 1} is missing before it")
        if entry.prev != prev:
            raise JournalDamaged(place, "it does not follow the fact before it")
        if chain(prev, entry.header(), entry.stored) != entry.hash:
            raise JournalDamaged(place, "its content was changed")
        if entry.kind == "shift.closed" and (fault := signature_fault(entry, key)):
            raise JournalDamaged(place, fault)
        tips[entry.stream] = (entry.seq, entry.hash)
    for stream, (seq, digest) in tips.items():
        if journal.head(stream) != (seq, digest):
            raise JournalDamaged(f"{stream} {seq}", "the end of the stream is not the recorded head")
    if journal.pos() != count:
        raise JournalDamaged(f"node {count}", f"recorded: {journal.pos()}, there: {count}")
    return count


def _entries(journal: Journal) -> Iterable[Entry]:
    try:
        yield from journal.scan()
    except GenesisError as error:
        if isinstance(error, StorageError) and error.what.startswith(UNREADABLE):
            raise JournalDamaged("journal", f"it cannot be read ({error.__cause__})") from error
        raise
    except Exception as error:
        raise JournalDamaged("journal", f"it cannot be read ({error})") from error
