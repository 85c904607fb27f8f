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

    def push(self, name: str) -> None:
        """An implementation begins."""
        names: list[str] | None = getattr(self._local, "names", None)
        if names is None:
            names = self._local.names = []
        names.append(name)

    def pop(self) -> None:
        """It ended."""
        self._local.names.pop()

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
        names = getattr(self._local, "names", ())
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
        """Return the implementation behind its guard, with the signature that pluggy looks for."""

        @functools.wraps(self.call)
        def run(*args: Any, **kwargs: Any) -> Answered | None:
            return self._ask(args, kwargs)

        return run

    def _ask(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answered | None:
        health = self.health
        if health.suspended and self.policy != "collect":
            if self.policy == "abort":
                raise PluginFault(self.plugin, self.hook, f"suspended: {health.suspended}")
            return None
        if self.ready is not None:
            self.ready()
        began = time.perf_counter()
        self.inside.push(f"{self.plugin}.{self.hook}")
        try:
            value = self.call(*args, **kwargs)
            wrong = "" if value is None else self.check(value)
            if wrong:
                raise TypeError(wrong)
        except KeyboardInterrupt:  # it was meant for the program
            raise
        except BaseException as error:  # noqa: BLE001  whatever a plugin does, its guard decides
            self._judge(error)
            return None
        finally:
            self.inside.pop()
            spent = time.perf_counter() - began
            health.calls += 1
            health.seconds += spent
            health.slow += spent > SLOW
        return None if value is None else Answered(self.plugin, value)

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
