"""Locks between the processes of one machine: lock files that the system frees when their holder dies."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from genesis.kernel.errors import UserError

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
        fd = _opened(self.path)
        if not _lock(fd, wait=False):
            os.close(fd)
            return False
        with suppress(OSError):  # who it is, for others to read; it is held all the same on a full disk
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
            with suppress(OSError):
                os.ftruncate(fd, 0)
            _unlock(fd)
            os.close(fd)


class Turnstile:
    """Writers of one SQLite file take turns in order of asking; without it a bulk writer starves the register.

    It keeps the order, not the promise: who has waited for `seconds` (its holder hangs) goes on without it, as the
    database has a lock of its own.
    """

    def __init__(self, path: Path | None, seconds: float) -> None:
        self._path, self._seconds = path, seconds
        self._thread = threading.RLock()
        self._fd = None if path is None else _opened(path)
        self._held: list[int | None] = []  # a file for each time it was entered

    def __enter__(self) -> None:
        self._thread.acquire()
        try:
            free = self._fd is None or bool(self._held) or _lock(self._fd, wait=False)
            self._held.append(self._fd if free else self._stand_in_line())
        except BaseException:
            self._thread.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fd = self._held.pop()
        if fd is not None and not self._held:
            _unlock(fd)
            if fd != self._fd:
                os.close(fd)
        self._thread.release()

    def _stand_in_line(self) -> int | None:
        """Wait in the system's own queue; as that knows no time-out, a thread waits there and lets go if it is late."""
        if self._path is None:
            return None
        fd, mutex = _opened(self._path), threading.Lock()
        taken, late = threading.Event(), threading.Event()

        def wait() -> None:
            while not _lock(fd, wait=True) and not late.is_set():
                pass
            with mutex:
                if late.is_set():
                    os.close(fd)
                else:
                    taken.set()

        def leave() -> bool:
            with mutex:
                late.set()
                return taken.is_set()

        threading.Thread(target=wait, name="turnstile", daemon=True).start()
        try:
            taken.wait(self._seconds)
        except BaseException:
            if leave():
                os.close(fd)
            raise
        return fd if leave() else None

    def close(self) -> None:
        """Give the file back."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(
            f"{path} cannot be opened ({error.strerror})",
            "free some space or check the rights of the data folder, then repeat",
        ) from error


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
