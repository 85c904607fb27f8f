"""Counts starts that did not come up, so that a change which breaks the start can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genesis.kernel.counts import many
from genesis.kernel.errors import UserError


class Starts:
    """A small file beside the databases; it holds how many starts in a row did not finish."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "starts.json"

    def begin(self) -> str:
        """Count this start; returns the offer to make when two before it did not come up, else ""."""
        failed = self.failed()
        with suppress(OSError):
            self._write(failed + 1)
        if failed < 2:
            return ""
        return many(
            "the last start did not come up; start with --safe, or take the last change back with "
            "`genesis plugin undo`",
            "the last {count} starts did not come up; start with --safe, or take the last change back with "
            "`genesis plugin undo`",
            failed,
        )

    def done(self, failed: int = 0) -> None:
        """This start came up (failed: it did not count, so many before it stand)."""
        with suppress(OSError):
            if failed:
                self._write(failed)
            else:
                self._path.unlink(missing_ok=True)

    def _write(self, failed: int) -> None:
        self._path.write_text(json.dumps({"unfinished": failed}))

    def failed(self) -> int:
        """Return how many starts in a row did not come up."""
        try:
            return int(json.loads(self._path.read_text())["unfinished"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0


@contextmanager
def starting(folder: Path) -> Iterator[str]:
    """Count a start that does not come up; yields the offer. A refusal with a plain reason is not such a start."""
    starts = Starts(folder)
    before = starts.failed()
    offer = starts.begin()
    try:
        yield offer
    except UserError:
        starts.done(before)
        raise
    starts.done()
