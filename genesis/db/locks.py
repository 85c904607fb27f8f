"""Locks between the processes of one machine: lock files that the system frees when their holder dies."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs"}

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int, *, wait: bool) -> bool:
        os.lseek(fd, 1 << 30, os.SEEK_SET)  # a byte beyond the text, so that others can read who holds it
        try:
            msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, 1 << 30, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(fd: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


class Hold:
    """An exclusive hold on a name, with a text that tells others who has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object has it."""
        return self._fd is not None

    def take(self, holder: str) -> bool:
        """Try to take it now; False when another process has it."""
        if self._fd is not None:
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(fd, wait=False):
            os.close(fd)
            return False
        os.ftruncate(fd, 0)
        os.pwrite(fd, holder.encode(), 0) if hasattr(os, "pwrite") else os.write(fd, holder.encode())
        self._fd = fd
        return True

    def holder(self) -> str:
        """Return the text of whoever has it (or had it last)."""
        with suppress(OSError):
            return self.path.read_text(errors="replace").strip()
        return ""

    def drop(self) -> None:
        """Let go."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.ftruncate(fd, 0)
            _unlock(fd)
            os.close(fd)


class Turnstile:
    """Writers of one SQLite file take turns in order of asking; without it a bulk writer starves the register."""

    def __init__(self, path: Path | None) -> None:
        self._thread = threading.RLock()
        self._fd = None if path is None else os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> None:
        self._thread.acquire()
        if self._fd is not None:
            _lock(self._fd, wait=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd is not None:
            _unlock(self._fd)
        self._thread.release()

    def close(self) -> None:
        """Give the file back."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)


def network_file_system(path: Path) -> str:
    """Return the type of the network file system a path lies on, "" for a local one (Linux; elsewhere "")."""
    with suppress(OSError):
        target, best, kind = str(path.resolve()), "", ""
        for row in Path("/proc/self/mounts").read_text().splitlines():
            _, mount, fs_type, *_ = row.split(" ")
            mount = mount.replace("\\040", " ")
            if (target == mount or target.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
                best, kind = mount, fs_type
        return kind if kind in NETWORK_FILE_SYSTEMS else ""
    return ""
