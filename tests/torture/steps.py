"""The steps of a till as tracing finds them, and the end of the process at a chosen one."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from typing import Any

import sqlcipher3.dbapi2 as sqlite

from genesis.console.till import Till
from genesis.kernel.journal import Journal


class Steps:
    """Counts SQL statements ("sql") and what lies around each fact and each answer ("fact").

    The code of the till knows nothing of it: connections are traced, and two methods are wrapped from outside.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._mutex = threading.Lock()
        self._kind, self._at = "", -1

    def install(self, kind: str, at: int) -> None:
        """Begin to count; end the process at the step of a kind that comes after so many others of it."""
        self._kind, self._at = kind, at
        connect: Any = sqlite.connect
        append: Any = Journal.append
        say: Any = Till._say

        def traced(*args: Any, **options: Any) -> Any:
            connection = connect(*args, **options)
            connection.set_trace_callback(lambda _statement: self.step("sql"))
            return connection

        def appended(journal: Journal, *facts: Any, **options: Any) -> Any:
            self.step("fact")
            done = append(journal, *facts, **options)
            self.step("fact")
            return done

        def said(till: Till, answer: str) -> None:
            self.step("fact")
            say(till, answer)

        sqlite.connect = traced
        Journal.append = appended  # type: ignore[method-assign]
        Till._say = said  # type: ignore[method-assign]

    def step(self, kind: str) -> None:
        """Count one; may not return."""
        with self._mutex:
            now = self.counts[kind]
            self.counts[kind] += 1
        if (kind, now) == (self._kind, self._at):
            os.kill(os.getpid(), signal.SIGKILL)
