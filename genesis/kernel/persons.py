"""Personal data: encrypted with a key per person, so that erasing the key erases it everywhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from genesis.kernel.errors import Closing, GenesisError, UserError

ERASED = "erased"  # state space: person -> true; asked at each start, as a restored backup brings keys back
DIGEST = "*digest"  # where the key of `digest` lies beside those of persons


class Keys:
    """Everything secret of a store, in a folder of its own outside the data folder and its backup.

    keys.db: one AES-256 key per person. signing.key: the Ed25519 key that seals the journal at each close.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._mutex = threading.Lock()
        self._cache: dict[str, AESGCM | None] = {}
        self._digest_key = b""
        self._closed = False
        self._connection = sqlite3.connect(folder / "keys.db", check_same_thread=False, isolation_level=None)
        (folder / "keys.db").chmod(0o600)
        for pragma in ("secure_delete=ON", "synchronous=FULL", "journal_mode=DELETE", "busy_timeout=5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE IF NOT EXISTS person_key (person TEXT PRIMARY KEY, key BLOB NOT NULL)")

    def seal(self, person: str, values: dict[str, Any]) -> str:
        """Encrypt values for a person, making the key if there is none; base64 text."""
        cipher = self._cipher(person, create=True)
        if cipher is None:
            raise GenesisError(f"{person} has no key")
        nonce = os.urandom(12)
        sealed = nonce + cipher.encrypt(nonce, msgspec.json.encode(values), person.encode())
        return base64.b64encode(sealed).decode()

    def open(self, person: str, sealed: str) -> dict[str, Any] | None:
        """Decrypt; None when the person was erased or the key is not here."""
        cipher = self._cipher(person, create=False)
        if cipher is None or not sealed:
            return None
        raw = base64.b64decode(sealed)
        try:
            found: dict[str, Any] = msgspec.json.decode(cipher.decrypt(raw[:12], raw[12:], person.encode()))
        except InvalidTag:
            return None
        return found

    def erase(self, *persons: str) -> None:
        """Destroy the keys of persons; cannot be undone."""
        with self._mutex:
            self._not_closing()
            self._connection.executemany("DELETE FROM person_key WHERE person = ?", [(p,) for p in persons])
            self._cache.clear()

    def digest(self, text: str) -> str:
        """Return what stands for a text in guards: the same for the same text, and nothing without this store's key."""
        with self._mutex:
            if not self._digest_key:
                self._digest_key = self._key(DIGEST, create=True) or b""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest()

    def forget_cached(self) -> None:
        """Drop keys held in memory (another process may have erased one)."""
        with self._mutex:
            self._cache.clear()

    def _cipher(self, person: str, *, create: bool) -> AESGCM | None:
        with self._mutex:
            found = self._cache.get(person)
            if found is not None:
                return found
            key = self._key(person, create=create)
            if key is None:
                return None
            if len(self._cache) > 10_000:
                self._cache.clear()
            cipher = self._cache[person] = AESGCM(key)
            return cipher

    def _key(self, person: str, *, create: bool) -> bytes | None:
        self._not_closing()
        find = "SELECT key FROM person_key WHERE person = ?"
        row = self._connection.execute(find, (person,)).fetchone()
        if row is None and create:
            fresh = (person, AESGCM.generate_key(256))
            self._connection.execute("INSERT OR IGNORE INTO person_key VALUES (?, ?)", fresh)
            row = self._connection.execute(find, (person,)).fetchone()
        return None if row is None else bytes(row[0])

    def _not_closing(self) -> None:
        if self._closed:
            raise Closing("the store is closing", "start again")

    def signer(self) -> Ed25519PrivateKey:
        """Return the key that signs journal heads, making it at the first call."""
        path = self.folder / "signing.key"
        try:
            if not path.exists():
                self._make_signer(path)
            return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
        except OSError as error:
            raise UserError(
                f"the signing key in {self.folder} cannot be made or read ({error.strerror})",
                "free some space or check the rights of that folder, then repeat",
            ) from error
        except ValueError as error:
            raise UserError(f"{path} is not a signing key", "put it back from the backup of the keys") from error

    def _make_signer(self, path: Path) -> None:
        """Make the key whole or not at all; of two processes that make it at once the first one's is kept."""
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            fresh.touch(0o600)
            with fresh.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)

    def sign(self, data: bytes) -> tuple[str, str]:
        """Sign; returns (signature, public key) in hexadecimal."""
        return self.signer().sign(data).hex(), self.public_key()

    def public_key(self) -> str:
        """Return the public half of the signing key in hexadecimal."""
        return self.signer().public_key().public_bytes_raw().hex()

    def close(self) -> None:
        """Let go, once nobody is asking: a connection that is closed under a thread ends the process."""
        with self._mutex:
            self._closed = True
            self._connection.close()
