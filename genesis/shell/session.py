"""What the window of the shell stands on: the till, the looks, and what plugins bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from genesis.shell.views.contributed import Contribution
from genesis.shell.vm.base import Command
from genesis.shell.vm.sign_in import Door
from genesis.shell.vm.till import Till


class Look(NamedTuple):
    """A theme that can be chosen."""

    id: str
    title: str
    path: Path


class Session(NamedTuple):
    """What the shell stands on, replaced whole by a soft restart.

    actions: with the key each wishes. sign_in: where somebody must sign in first, lock: what makes it so again; both
    lead to another session.
    pos: what screens of plugins are built with; allowed: whether the person has a permission.
    """

    till: Till
    looks: Sequence[Look] = ()
    screens: Sequence[Contribution] = ()
    actions: Sequence[tuple[Command, str]] = ()
    sign_in: Door | None = None
    lock: Callable[[], object] | None = None
    pos: Any = None
    allowed: Callable[[str], bool] = lambda _permission: True
