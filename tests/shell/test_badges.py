"""Badges of screens are asked for beside the window, and a plugin that fails has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from genesis.shell.badges import Badges
from genesis.shell.views.contributed import Contribution


class Later:
    """Keeps work until it is told to do it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def submit(self, work: Callable[[], Any], done: Callable[[Any], None], _failed: object) -> None:
        self.waiting.append((work, done))

    def do(self) -> None:
        for work, done in self.waiting:
            done(work())
        self.waiting.clear()


def screen(name: str, badge: Callable[[Any], str] | None) -> Contribution:
    return Contribution(name, name.title(), "boxes", "probe", "", badge=badge)


def test_badges_are_known_once_asked_and_a_change_is_said_once(caplog: Any) -> None:
    stock = {"low": 3}
    redrawn: list[str] = []
    tasks: Any = Later()
    badges = Badges(tasks, lambda: redrawn.append(badges.of("stock")))
    screens = [screen("stock", lambda pos: f"{pos}{stock['low']}"), screen("plain", None),
               screen("broken", lambda _pos: str(1 / 0))]  # fmt: skip
    badges.ask(screens, "pos")
    assert badges.of("stock") == ""  # nothing waits for the answer
    tasks.do()
    assert [badges.of(name) for name in ("stock", "plain", "broken")] == ["pos3", "", ""]
    assert "plugin probe: the badge of broken failed" in caplog.text
    badges.ask(screens, "pos")
    tasks.do()
    assert redrawn == ["pos3"]
    stock["low"] = 0
    badges.ask(screens, "pos")
    tasks.do()
    assert redrawn == ["pos3", "pos0"]
