"""The kernel's state (rights, settings, plugins) as a thread sees it: read again only after it changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from genesis.kernel.errors import GenesisError

Space = dict[str, Any]


class Seen:
    """What one thread has seen: the spaces, each as of a version of the state, and the version of this moment."""

    __slots__ = ("moments", "spaces", "version")

    def __init__(self) -> None:
        self.moments = 0
        self.version: Any = None
        self.spaces: dict[str, tuple[Any, Space]] = {}


class Spaces:
    """Reads the state by spaces. version: asks for its version; rows: for (key, JSON text) of a space."""

    def __init__(self, version: Callable[[], Any], rows: Callable[[str], list[Any]]) -> None:
        self._version, self._rows = version, rows
        self._local = threading.local()

    def _seen(self) -> Seen:
        try:
            found: Seen = self._local.seen
        except AttributeError:
            found = self._local.seen = Seen()
        return found

    def get(self, space: str) -> Space:
        """Return all values of a space; the same object until the state changes."""
        seen = self._seen()
        version = seen.version
        if version is None:
            version = self._version()
            if seen.moments:
                seen.version = version
        known = seen.spaces.get(space)
        if known is None or known[0] != version:
            fresh = {key: _value(space, key, value) for key, value in self._rows(space)}
            known = seen.spaces[space] = (version, fresh)
        return known[1]

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let this thread see one state; its version is looked up once (the hot path)."""
        seen = self._seen()
        seen.moments += 1
        try:
            yield
        finally:
            seen.moments -= 1
            if not seen.moments:
                seen.version = None

    def changed(self) -> None:
        """This thread changes the state: a moment sees what is changed within it."""
        self._seen().version = None

    def forget(self) -> None:
        """Let go of everything."""
        self._local = threading.local()


def _value(space: str, key: str, value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise GenesisError(f"the kernel's state {space}/{key} cannot be read ({error}): restore a backup") from error
