"""The guard around every hook implementation: faults counted, time measured, answers checked."""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from genesis.hooks.marks import Policy
from genesis.kernel.errors import Confirm, NotReady, PluginFault, UserError, Veto

FAULTS = 5
WINDOW = 60.0
SLOW = 0.25
SPEAKS = (Veto, Confirm, NotReady)  # what a hook may say to a person whatever its policy


class Inside:
    """Which hook implementation runs in the current thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    def names(self) -> list[str]:
        """Return this thread's list: the last one runs, inside those before it."""
        try:
            found: list[str] = self._local.names
        except AttributeError:
            found = self._local.names = []
        return found

    @property
    def confirmed(self) -> bool:
        """Whether a person said yes beforehand, so that questions are answered."""
        return bool(getattr(self._local, "confirmed", False))

    @confirmed.setter
    def confirmed(self, yes: bool) -> None:
        self._local.confirmed = yes

    @property
    def answers(self) -> Mapping[str, str]:
        """What was filled in for the fields of a question."""
        found: Mapping[str, str] = getattr(self._local, "answers", {})
        return found

    @answers.setter
    def answers(self, values: Mapping[str, str]) -> None:
        self._local.answers = values

    def top(self) -> str:
        """Return `plugin.hook`, "" outside hooks."""
        names = self.names()
        return names[-1] if names else ""


class Answered(NamedTuple):
    """An answer with its author."""

    plugin: str
    value: Any


class Health:
    """What the guard knows of one plugin."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self.faults = 0
        self.calls = 0
        self.seconds = 0.0
        self.slow = 0
        self.last_fault = ""
        self.suspended = ""
        self._recent: deque[float] = deque(maxlen=FAULTS)

    def fault(self, hook: str, cause: str) -> bool:
        """Count a fault; True when this one trips the breaker."""
        now = time.monotonic()
        self.faults += 1
        self.last_fault = f"{hook}: {cause}"[:500]
        self._recent.append(now)
        tripped = len(self._recent) == FAULTS and now - self._recent[0] <= WINDOW and not self.suspended
        if tripped:
            self.suspended = f"{FAULTS} faults within {WINDOW:.0f} s, the last at {self.last_fault}"
        return tripped


class CollectFault(Exception):
    """A plugin failed at start; only that plugin is out."""

    def __init__(self, plugin: str, hook: str, cause: str) -> None:
        super().__init__(f"{hook}: {cause}")
        self.plugin = plugin


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  even its words may fail
        return type(error).__name__


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands around one implementation.

    Veto, Confirm and NotReady pass, and so does any other UserError unless the policy is isolate; the rest is a
    fault (an attempt to end the process too) and the hook's policy decides. A suspended plugin does not answer;
    where the policy is abort its absence is an error, never silence.
    """

    plugin: str
    hook: str
    policy: Policy
    call: Callable[..., Any]
    health: Health
    check: Callable[[Any], str]
    ready: Callable[[], None] | None
    on_fault: Callable[[str, str, str, bool], None]
    inside: Inside

    def wrapped(self) -> Callable[..., Answered | None]:
        """Return the implementation behind its guard, with the signature that pluggy looks for.

        It runs some two hundred times a sale: what it needs is looked up once.
        """
        plugin, call, check, ready, health = self.plugin, self.call, self.check, self.ready, self.health
        name, inside = f"{plugin}.{self.hook}", self.inside.names

        @functools.wraps(call)
        def run(*args: Any) -> Answered | None:
            if health.suspended and not self._answers():
                return None
            if ready is not None:
                ready()
            began, names = time.perf_counter(), inside()
            names.append(name)
            try:
                value = call(*args)
                if value is not None and (wrong := check(value)):
                    raise TypeError(wrong)
            except KeyboardInterrupt:  # it was meant for the program
                raise
            except BaseException as error:  # noqa: BLE001  whatever a plugin does, its guard decides
                self._judge(error)
                return None
            finally:
                names.pop()
                spent = time.perf_counter() - began
                health.calls += 1
                health.seconds += spent
                if spent > SLOW:
                    health.slow += 1
            return None if value is None else Answered(plugin, value)

        return run

    def _answers(self) -> bool:
        """Whether a suspended plugin answers all the same: at start it does."""
        if self.policy == "abort":
            raise PluginFault(self.plugin, self.hook, f"suspended: {self.health.suspended}")
        return self.policy == "collect"

    def _judge(self, error: BaseException) -> None:
        """Return where the error counts as no answer; raise what it means otherwise."""
        if isinstance(error, Confirm) and self.inside.confirmed and not error.fields:
            return
        if isinstance(error, UserError) and (self.policy != "isolate" or isinstance(error, SPEAKS)):
            raise error
        cause = _said(error)
        self.on_fault(self.plugin, self.hook, cause, self.health.fault(self.hook, cause))
        if self.policy == "abort":
            raise PluginFault(self.plugin, self.hook, cause) from error
        if self.policy == "collect":
            raise CollectFault(self.plugin, self.hook, cause) from error
