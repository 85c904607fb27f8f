"""What a till remembers about its window: theme, scale and keys, in a small file beside the data."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import msgspec

log = logging.getLogger(__name__)


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """theme: id of a theme (where it is gone, the first one there is). scale: of everything. keys: command -> keys.

    gap, least and prefix describe the scanner: longest pause inside a code in ms, fewest characters, and the
    character it may send first.
    """

    theme: str = "daylight"
    scale: Annotated[float, msgspec.Meta(ge=0.8, le=2.0)] = 1.0
    keys: dict[str, tuple[str, ...]] = {}
    full_screen: bool = False
    gap: Annotated[int, msgspec.Meta(ge=10, le=500)] = 50
    least: Annotated[int, msgspec.Meta(ge=3, le=40)] = 4
    prefix: Annotated[str, msgspec.Meta(max_length=1)] = ""


class PreferencesFile:
    """Reads and writes the preferences; None keeps them in memory. A damaged file is left aside, and said."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.value = self._read()

    def _read(self) -> Preferences:
        if self._path is None or not self._path.exists():
            return Preferences()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Preferences)
        except (OSError, msgspec.DecodeError) as wrong:
            log.warning("preferences %s are not used: %s", self._path, wrong)
            return Preferences()

    def change(self, **values: object) -> Preferences:
        """Change some preferences and keep them."""
        self.value = msgspec.structs.replace(self.value, **values)
        if self._path is not None:
            half = self._path.with_suffix(".new")
            try:
                half.write_bytes(msgspec.json.format(msgspec.json.encode(self.value)))
                half.replace(self._path)
            except OSError as wrong:
                log.warning("preferences are not kept: %s", wrong)
        return self.value
