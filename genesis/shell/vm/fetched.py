"""The rows of a page as they come into sight: asked for in a worker, kept in blocks, late answers dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from genesis.hooks.pages import PageRow, Query, Rows
from genesis.shell.vm.desk import Runner

BLOCK = 60  # rows fetched at once
BLOCKS = 30  # kept


class Fetched:
    """Rows of one query. changed: told when some came; failed: told what was raised instead.

    total: how many match, 0 until the first answer (known); took: milliseconds of the last answer.
    """

    def __init__(
        self, runner: Runner, changed: Callable[[], object], failed: Callable[[BaseException], object]
    ) -> None:
        self._runner, self._changed, self._failed = runner, changed, failed
        self.query = Query(limit=BLOCK)
        self.total = self.took = 0
        self.known = False
        self._blocks: dict[int, tuple[PageRow, ...]] = {}
        self._asked: set[int] = set()
        self._generation = 0
        self._answer: Callable[[Query], Rows] = lambda _query: Rows(rows=(), total=0)

    def ask(self, answer: Callable[[Query], Rows]) -> None:
        """Ask the present query anew."""
        self._answer = answer
        self._generation += 1
        self._asked.clear()
        self._blocks.clear()
        self._fetch(0)

    def submit(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run work in a worker; an answer to an earlier question is dropped."""
        generation = self._generation

        def then(answer: Any) -> None:
            if generation == self._generation:
                done(answer)

        def failed(error: BaseException) -> None:
            if generation == self._generation:
                self._failed(error)

        self._runner.submit(work, then, failed)

    def _fetch(self, block: int) -> None:
        if block in self._asked or block in self._blocks:
            return
        self._asked.add(block)
        query = msgspec.structs.replace(self.query, offset=block * BLOCK, limit=BLOCK)

        def work() -> tuple[Rows, float]:
            began = time.perf_counter()
            return self._answer(query), time.perf_counter() - began

        self.submit(work, partial(self._came, block))

    def _came(self, block: int, answer: tuple[Rows, float]) -> None:
        rows, seconds = answer
        self._asked.discard(block)
        while len(self._blocks) >= BLOCKS:
            self._blocks.pop(next(iter(self._blocks)))
        self._blocks[block] = rows.rows
        self.total, self.took, self.known = rows.total, round(seconds * 1000), True
        self._changed()

    def row(self, number: int) -> PageRow | None:
        """Return a row by its place in the list; None while it is fetched."""
        block, place = divmod(number, BLOCK)
        rows = self._blocks.get(block)
        if rows is None:
            if 0 <= number < self.total:
                self._fetch(block)
            return None
        return rows[place] if 0 <= place < len(rows) else None

    def rows(self) -> Iterator[PageRow]:
        """Return every row that is here."""
        for rows in self._blocks.values():
            yield from rows
