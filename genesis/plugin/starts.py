"""Counts starts that did not come up, so that a change which breaks the start can be taken back."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path


class Starts:
    """A small file beside the databases; it holds how many starts in a row did not finish."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "starts.json"

    def begin(self) -> str:
        """Count this start; returns the offer to make when two before it did not come up, else ""."""
        failed = self._read()
        with suppress(OSError):
            self._path.write_text(json.dumps({"unfinished": failed + 1}))
        if failed < 2:
            return ""
        return (
            f"the last {failed} starts did not come up; start with --safe, or take the last change back with "
            "`genesis plugin undo`"
        )

    def done(self) -> None:
        """This start came up."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _read(self) -> int:
        try:
            return int(json.loads(self._path.read_text())["unfinished"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0
