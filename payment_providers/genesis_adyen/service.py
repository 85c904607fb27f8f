"""The way to pay: a request that waits for the customer in a thread of its own, and the terminal's word afterwards."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from genesis import Attempt, GenesisError, NotSent, Outcome
from genesis_adyen.models import ME
from genesis_adyen.terminal import Terminal
from genesis_adyen.wire import Unclear

AGAIN = 3  # an abort may overtake its payment: it is repeated after so many looks, and so many times


class Asked:
    """One payment at the terminal; outcome stays None where the answer was lost."""

    def __init__(self, terminal: Terminal, attempt: Attempt) -> None:
        self.outcome: Outcome | None = None
        self.error: Exception | None = None
        self.looks = 0
        self.stopped = False
        self._thread = threading.Thread(target=self._run, args=(terminal, attempt), name=f"terminal {attempt.id}",
                                        daemon=True)  # fmt: skip
        self._thread.start()

    @property
    def waits(self) -> bool:
        """Whether the terminal has not answered yet."""
        return self._thread.is_alive()

    def _run(self, terminal: Terminal, attempt: Attempt) -> None:
        try:
            self.outcome = terminal.pay(attempt)
        except NotSent as refused:
            self.outcome = Outcome(state="failed", reason=str(refused))
        except Exception as error:  # noqa: BLE001  nobody knows: the terminal is asked
            self.error = error


class AdyenTerminal:
    """A terminal of Adyen. What was sent is never sent again: the terminal is asked what became of it."""

    id = ME
    title = "Card"
    icon = "credit-card"
    cash = False
    interval = 1.0
    patience = 170.0

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._asked: dict[str, Asked] = {}
        self._back: dict[str, Outcome | None] = {}

    @property
    def tips(self) -> str:
        """Where a tip is said, "" for nowhere."""
        return self._terminal.rules.tips.replace("off", "")

    def start(self, attempt: Attempt) -> None:
        """Begin; NotSent where it surely did nothing. A refund is answered before this returns."""
        self._terminal.begin(attempt)
        if attempt.amount > 0:
            self._asked[attempt.id] = Asked(self._terminal, attempt)
            return
        try:
            self._back[attempt.id] = self._terminal.give_back(attempt)
        except Unclear:
            self._back[attempt.id] = None
        found = self._back[attempt.id]
        if found is not None and found.state == "failed":
            raise NotSent(found.reason)

    def poll(self, attempt: Attempt) -> Outcome | None:
        """Look whether the terminal answered; where its answer was lost, ask it."""
        if attempt.amount < 0:
            return self._back.pop(attempt.id, None) or self._status(attempt)
        asked = self._asked[attempt.id]
        if asked.waits:
            asked.looks += 1
            if asked.stopped and asked.looks % AGAIN == 0:
                self._abort(attempt)
            return None
        if isinstance(asked.error, (ValueError, TypeError)):
            raise asked.error
        found = asked.outcome or self._status(attempt)
        if found is not None:
            del self._asked[attempt.id]
        return found

    def cancel(self, attempt: Attempt) -> None:
        """Ask the terminal to stop; its answer to the payment tells whether that came too late."""
        if attempt.amount > 0:
            self._asked[attempt.id].stopped = True
            self._abort(attempt)

    def query(self, attempt: Attempt) -> Outcome:
        """Ask the terminal what became of an attempt; one that still waits for a card is stopped."""
        found = self._known(attempt)
        for _ in range(AGAIN):
            if found is not None or attempt.amount < 0:
                break
            self._abort(attempt)
            time.sleep(self.interval)
            found = self._known(attempt)
        return found or Outcome(state="unknown", reason="the terminal is still at it")

    def _known(self, attempt: Attempt) -> Outcome | None:
        """Ask the terminal; "never got it" decides nothing while our own request is still on its way there."""
        asked = self._asked.get(attempt.id)
        waits = asked is not None and asked.waits  # before the question: it may arrive meanwhile
        found = self._terminal.status(attempt)
        return None if waits and found is not None and found.state == "failed" else found

    def _status(self, attempt: Attempt) -> Outcome | None:
        try:
            return self._terminal.status(attempt)
        except (Unclear, NotSent):
            return None

    def _abort(self, attempt: Attempt) -> None:
        with suppress(GenesisError):
            self._terminal.abort(attempt)
