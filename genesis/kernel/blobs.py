"""Files that facts only name: pictures and attachments, kept under their SHA-256."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from genesis.kernel.errors import UserError

LIMIT = 20 * 1024 * 1024


class Blobs:
    """A folder of files that never change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep a file and return its SHA-256; the same bytes are kept once. At most 20 MiB."""
        if not 0 < len(data) <= LIMIT:
            raise UserError("file: it is empty or larger than 20 MiB", "use another file", "file")
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            with fresh.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(path)
        return digest

    def path(self, digest: str) -> Path:
        """Return where a file is (or would be)."""
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise UserError("file: this is not the name of a kept file", "", "file")
        return self.folder / digest[:2] / digest

    def get(self, digest: str) -> bytes | None:
        """Return the bytes of a file, None where it is gone or was changed."""
        try:
            data = self.path(digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None
