"""Pills side by side: what is wrong keeps its words longest, and a touch tells what an icon alone stands for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.vm.till import Label

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Desk

GAP, TOUCH, HEIGHT = 10, 48, 34
ICONS = {"bad": "circle-alert", "warn": "triangle-alert", "good": "circle-check"}


def wish(p: Pane, pills: Sequence[Label]) -> float:
    """Return the room (dp) that pills take with all their words."""
    return sum(_width(p, pill) for pill in pills)


def draw_pills(p: Pane, box: Box, desk: Desk, pills: Sequence[Label], under: str = "") -> float:
    """Draw pills from the right edge inwards, the first one there; returns where they begin."""
    widths, words = [_width(p, pill) for pill in pills], len(pills)
    while words and sum(widths[:words]) + TOUCH * (len(pills) - words) > box.w:
        words -= 1
    right = box.right
    for i, pill in enumerate(pills):
        width = widths[i] if i < words else TOUCH
        if right - width < box.x - 1:
            break
        slot = Box(right - width, box.cy - TOUCH / 2, width, TOUCH)
        if i < words:
            controls.pill(p, f"pill.{i}", right, box.cy, pill.text, pill.tone, icon=pill.icon, under=under)
        else:
            _draw_icon(p, f"pill.{i}", slot, pill, under)
        p.hot(f"pill.{i}", slot, partial(desk.say, " · ".join(filter(None, (pill.text, pill.detail)))), pill.text)
        right -= width
    return right


def _width(p: Pane, pill: Label) -> float:
    return max(controls.pill_width(p, pill.text, icon=pill.icon, height=HEIGHT) + GAP, TOUCH)


def _draw_icon(p: Pane, key: str, slot: Box, pill: Label, under: str) -> None:
    front, back = p.kit.theme.tone(pill.tone)
    disc = Box(slot.right - HEIGHT, slot.cy - HEIGHT / 2, HEIGHT, HEIGHT)
    p.surface(key, disc, 999, back, None, under or p.under)
    p.icon(f"{key}.icon", pill.icon or ICONS.get(pill.tone, "info"), disc.cx, disc.cy, 18, front, back)
