"""What a till remembers about its window: theme, scale and keys, in a small file beside the data."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Literal

import msgspec

log = logging.getLogger(__name__)


Display = Literal["off", "monitor", "window"]


class TillSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the page Settings offers of it. gap, least and prefix describe the scanner."""

    scale: Annotated[float, msgspec.Meta(ge=0.8, le=2.0, title="Size", description="Of everything: 0.8 to 2.0")] = 1.0
    full_screen: Annotated[bool, msgspec.Meta(title="Full screen")] = False
    display: Annotated[Display, msgspec.Meta(title="Customer display")] = "off"
    sounds: Annotated[bool, msgspec.Meta(title="Sounds after a scan")] = True
    tips: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([0-9]{1,2}(, ?[0-9]{1,2}){0,3})?$",
            title="Ask for tips: percentages to choose from",
            description="Such as 5, 10, 15; empty: nobody is asked",
        ),
    ] = ""
    gap: Annotated[
        int, msgspec.Meta(ge=10, le=500, title="Scanner: longest pause in a code", description="In milliseconds")
    ] = 50
    least: Annotated[int, msgspec.Meta(ge=3, le=40, title="Scanner: fewest characters of a code")] = 4
    prefix: Annotated[str, msgspec.Meta(max_length=1, title="Scanner: first character, where it sends one")] = ""


class Preferences(TillSettings, frozen=True, kw_only=True):
    """theme: id of a theme (where it is gone, the first one there is). keys: command -> keys.

    window, maximised, page: how the window was left; window is its size and place as X writes them.
    """

    theme: str = "daylight"
    keys: dict[str, tuple[str, ...]] = {}
    window: str = ""
    maximised: bool = False
    page: str = "sell"


class PreferencesFile:
    """Reads and writes the preferences; None keeps them in memory. A damaged file is left aside, and said."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: bytes | None = None
        self.value = Preferences()
        self.fresh()

    def fresh(self) -> bool:
        """Read the file again; returns whether somebody else changed it."""
        before = self.value
        try:
            kept = self._path.read_bytes() if self._path is not None and self._path.exists() else None
            if kept is not None and kept != self._seen:
                self._seen = kept
                self.value = msgspec.json.decode(kept, type=Preferences)
        except (OSError, msgspec.DecodeError) as wrong:
            log.warning("preferences %s are not used: %s", self._path, wrong)
        return self.value != before

    def change(self, **values: object) -> Preferences:
        """Change some preferences and keep them."""
        self.fresh()
        self.value = msgspec.structs.replace(self.value, **values)
        if self._path is not None:
            half = self._path.with_suffix(".new")
            try:
                half.write_bytes(msgspec.json.format(msgspec.json.encode(self.value)))
                half.replace(self._path)
            except OSError as wrong:
                log.warning("preferences are not kept: %s", wrong)
        return self.value
