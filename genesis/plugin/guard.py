"""The guard around every hook implementation: faults counted, time measured, answers checked."""

from __future__ import annotations

import functools
import threading
import time
import types
import typing
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from genesis.hooks.marks import Policy
from genesis.kernel.errors import PluginFault, UserError

FAULTS = 5
WINDOW = 60.0
SLOW = 0.25


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


def guarded(  # noqa: PLR0913  a closure over everything a call needs
    plugin: str,
    hook: str,
    policy: Policy,
    call: Callable[..., Any],
    health: Health,
    *,
    check: Callable[[Any], str],
    ready: Callable[[], None] | None,
    on_fault: Callable[[str, str, str, bool], None],
    inside: Inside,
) -> Callable[..., Any]:
    """Return the implementation behind its guard.

    UserError and its kinds (Veto, Confirm, NotReady) pass; anything else is a fault and the hook's policy
    decides. A suspended plugin does not answer; where the policy is abort its absence is an error, never silence.
    """
    name = f"{plugin}.{hook}"

    @functools.wraps(call)
    def run(*args: Any, **kwargs: Any) -> Answered | None:
        if health.suspended and policy != "collect":
            if policy == "abort":
                raise PluginFault(plugin, hook, f"suspended: {health.suspended}")
            return None
        if ready is not None:
            ready()
        began = time.perf_counter()
        inside.push(name)
        try:
            value = call(*args, **kwargs)
            if value is None:
                return None
            wrong = check(value)
            if wrong:
                raise TypeError(wrong)
        except UserError:
            raise
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            on_fault(plugin, hook, cause, health.fault(hook, cause))
            if policy == "abort":
                raise PluginFault(plugin, hook, cause) from error
            if policy == "collect":
                raise CollectFault(plugin, hook, cause) from error
            return None
        finally:
            inside.pop()
            spent = time.perf_counter() - began
            health.calls += 1
            health.seconds += spent
            health.slow += spent > SLOW
        return Answered(plugin, value)

    return run


def answer_check(spec: Callable[..., Any]) -> Callable[[Any], str]:
    """Return a function that says what is wrong with an answer to this spec, "" if it fits."""
    try:
        hint = typing.get_type_hints(spec, localns={"Pos": object}).get("return", Any)
    except NameError:
        hint = Any
    tests = [t for t in (_test(part) for part in _parts(hint)) if t is not None]

    def check(value: Any) -> str:
        if not tests or any(test(value) for test in tests):
            return ""
        return f"answered {type(value).__name__} {str(value)[:60]!r}, which is not {hint}"

    return check


def _parts(hint: Any) -> Sequence[Any]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return [p for arg in typing.get_args(hint) if arg is not type(None) for p in _parts(arg)]
    return [hint] if hint is not Any else []


def _test(hint: Any) -> Callable[[Any], bool] | None:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in {list, tuple, set}:
        kind = args[0] if args and isinstance(args[0], type) else None
        if kind is not None and not typing.get_origin(args[0]):
            return lambda value: isinstance(value, origin) and all(_fits(item, kind) for item in value)
        return lambda value: isinstance(value, origin)
    if origin is dict:
        return lambda value: isinstance(value, dict)
    if origin is type:
        return lambda value: isinstance(value, type) and issubclass(value, args[0])
    if isinstance(hint, type):
        return lambda value: _fits(value, hint)
    return None


def _fits(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int
    try:
        return isinstance(value, kind)
    except TypeError:
        return True
