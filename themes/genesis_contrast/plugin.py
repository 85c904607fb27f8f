"""Answers `themes` with the high contrast look."""

from __future__ import annotations

from pathlib import Path

from genesis import Theme, hookimpl

HERE = Path(__file__).parent


class ContrastPlugin:
    """The hook implementations."""

    @hookimpl
    def themes(self) -> list[Theme]:
        """One."""
        return [Theme(id="contrast", title="High contrast", folder=HERE)]


plugin = ContrastPlugin()
