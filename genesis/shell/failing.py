"""Which plugins fail at what they are asked for on the screen: a card says so where their answer would stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from genesis.plugin.manager import HookManager

T = TypeVar("T")


def asked(hooks: HookManager, ask: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
    """Ask plugins; return the answers of those that answered, and who failed at it."""
    before = {plugin: health.faults for plugin, health in hooks.health.items()}
    answers = ask()
    failed = (plugin for plugin, health in hooks.health.items() if health.faults > before.get(plugin, 0))
    return answers, tuple(sorted(failed))


def suspended(hooks: HookManager) -> tuple[str, ...]:
    """Return the plugins that failed too often and are not asked any more."""
    return tuple(sorted(plugin for plugin, health in hooks.health.items() if health.suspended))
