"""The marks of the contract: a spec states its error policy, an implementation states nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import pluggy

Policy = Literal["abort", "isolate", "next", "collect"]
F = TypeVar("F", bound=Callable[..., Any])

hookimpl = pluggy.HookimplMarker("genesis")
_hookspec = pluggy.HookspecMarker("genesis")


def spec(policy: Policy, *, first: bool = False) -> Callable[[F], F]:
    """Declare a hook and what a fault in one implementation means.

    abort: the operation fails with a clear error naming the plugin; nothing is guessed.
    isolate: logged and counted, the others go on. next: a fault counts as no answer.
    collect: asked once at start; a fault puts that plugin into state error, the others start.
    first: the first answer that is not None wins.
    """

    def mark(function: F) -> F:
        function.policy = policy  # type: ignore[attr-defined]
        function.first = first  # type: ignore[attr-defined]
        return _hookspec(function, firstresult=first)

    return mark
