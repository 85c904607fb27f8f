"""The disks that a power cut can leave behind, built from the log of what a till wrote and synced.

The model is that of a journalling file system at its worst: what was written is on the disk for certain only after
the file was synced; until then all of it, none of it or any part may be there. A removal is certain after the next
sync of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from tests.torture.shim import CUT, REMOVE, SAID, SYNC, WRITE, Step

POLICIES = ("none", "all", "half", "torn")  # which unsynced writes survive
SECTOR = 512


class File:
    """One file: what is certain of it, and what was done to it since."""

    def __init__(self, content: bytes | None) -> None:
        self.certain = None if content is None else bytearray(content)
        self.since: list[Step] = []

    def sync(self) -> None:
        """Make everything certain."""
        self.certain = self.after("all", Random(0)) or bytearray()
        self.since = []

    def after(self, policy: str, random: Random) -> bytearray | None:
        """Return the content after a power cut, None where there is no file."""
        kept = [step for step in self.since if policy == "all" or (policy != "none" and random.random() < 0.5)]
        if self.certain is None and not kept:
            return None
        content = bytearray(self.certain or b"")
        for step in kept:
            if step.kind == CUT:
                del content[step.offset :]
                content.extend(bytes(step.offset - len(content)))
            else:
                for offset, data in _pieces(step) if policy == "torn" else [(step.offset, step.data)]:
                    if policy != "torn" or random.random() < 0.5:
                        content.extend(bytes(max(0, offset - len(content))))
                        content[offset : offset + len(data)] = data
        return content


def _pieces(step: Step) -> Iterator[tuple[int, bytes]]:
    """Cut a write where sectors begin."""
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        following = min(end, at - at % SECTOR + SECTOR)
        yield at, step.data[at - step.offset : following - step.offset]
        at = following


class Disk:
    """The databases of one store as its log goes on."""

    def __init__(self, folder: Path, before: Path) -> None:
        """folder: the one that the log speaks of; before: a copy from before the log began."""
        self._root = folder
        self._files = {p.name: File(p.read_bytes()) for p in before.iterdir() if _database(p.name)}
        self._removed: dict[str, File] = {}  # names whose removal is not certain yet, and what they were
        self.said = b""

    def take(self, steps: Iterable[Step]) -> None:
        """Go on by these steps."""
        for step in steps:
            name = Path(step.path).name
            if step.kind == SAID:
                self.said += step.data
            elif step.kind == SYNC:
                self._removed.clear()
                if name in self._files:
                    self._files[name].sync()
            elif not _database(name) or Path(step.path).parent != self._root:
                continue
            elif step.kind == REMOVE:
                self._removed.setdefault(name, self._files.pop(name, File(None)))
            elif step.kind in {WRITE, CUT}:
                self._files.setdefault(name, File(None)).since.append(step)

    def write(self, folder: Path, policy: str, random: Random) -> None:
        """Put what a power cut leaves into a folder that holds the rest of the store."""
        for old in folder.glob("*.db*"):
            old.unlink()
        left = {name: file.after(policy, random) for name, file in self._files.items()}
        for name, file in self._removed.items():
            if left.get(name) is None and (policy == "none" or (policy != "all" and random.random() < 0.5)):
                left[name] = file.after(policy, random)
        for name, content in left.items():
            if content is not None:
                (folder / name).write_bytes(content)


def _database(name: str) -> bool:
    return name.endswith((".db", ".db-wal"))
