"""Answers `themes` with the light and the dark look."""

from __future__ import annotations

from pathlib import Path

from genesis import Theme, hookimpl

HERE = Path(__file__).parent


class DaylightPlugin:
    """The hook implementations."""

    @hookimpl
    def themes(self) -> list[Theme]:
        """Two: by day and by night."""
        return [
            Theme(id="daylight", title="Daylight", folder=HERE / "light"),
            Theme(id="daylight_dark", title="Daylight at night", folder=HERE / "dark"),
        ]


plugin = DaylightPlugin()
