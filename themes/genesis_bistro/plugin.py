"""Answers `themes` with the look of the day and that of the night."""

from __future__ import annotations

from pathlib import Path

from genesis import Theme, hookimpl

HERE = Path(__file__).parent


class BistroPlugin:
    """The hook implementations."""

    @hookimpl
    def themes(self) -> list[Theme]:
        """Two: by day and by night."""
        return [
            Theme(id="bistro", title="Bistro", folder=HERE / "light"),
            Theme(id="bistro_dark", title="Bistro at night", folder=HERE / "dark"),
        ]


plugin = BistroPlugin()
