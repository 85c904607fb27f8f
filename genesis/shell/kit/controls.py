"""The controls of the till: buttons, chips, pills, key caps and the keypad, drawn on a pane."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

from genesis.shell.kit.geometry import Box, grid
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import mix

Kind = Literal["plain", "primary", "chosen", "danger", "alert", "flat", "quiet"]
Run = Callable[[], object]


class Paint(NamedTuple):
    """The colours of a control."""

    fill: str
    text: str
    border: str | None
    stroke: int = 1


def paints(p: Pane, kind: Kind, *, enabled: bool, pressed: bool, under: str) -> Paint:
    """Return the colours of a control in its state."""
    c = p.kit.theme.color
    if not enabled:
        return Paint(under, c.disabled, None) if kind == "quiet" else Paint(c.disabled_soft, c.disabled, c.border)
    paint = {
        "plain": Paint(c.surface, c.text, c.border),
        "primary": Paint(c.primary, c.on_primary, None),
        "chosen": Paint(c.primary_soft, c.primary_text, c.primary, 2),
        "danger": Paint(c.surface, c.bad, c.border),
        "alert": Paint(c.bad, c.surface, None),
        "flat": Paint(c.cap, c.text, c.border),
        "quiet": Paint(under, c.text2, None),
    }[kind]
    return paint._replace(fill=mix(paint.fill, paint.text, 0.12)) if pressed else paint


def button(
    p: Pane,
    key: str,
    box: Box,
    run: Run,
    *,
    text: str = "",
    icon: str = "",
    kind: Kind = "plain",
    cap: str = "",
    style: str = "strong",
    under: str = "",
    name: str = "",
    enabled: bool = True,
) -> None:
    """A button with an icon, a text, or both side by side; `cap` shows its key at the right end."""
    under = under or p.under
    paint = paints(p, kind, enabled=enabled, pressed=p.pressed == key, under=under)
    radius = p.kit.theme.radius.button
    if kind != "quiet" or p.pressed == key:
        p.surface(key, box, radius, paint.fill, paint.border, under, paint.stroke)
    taken = keycap(p, f"{key}.cap", box.right - 10, box.cy, cap, paint.fill) + 8 if cap else 0
    room = box.w - 24 - taken
    if text:
        style = fitted(p, style, text, room - 28 if icon else room)
        room = max(room, min(p.measure(style, text) + (28 if icon else 0), room + 16))  # rather a narrow edge
    size = (22 if text else 20) if style in {"strong", "heading"} else 18
    wide = (size + (8 if text else 0)) if icon else 0
    shown = min(p.measure(style, text), room - wide) if text else 0
    left = box.x + min((box.w - wide - shown) / 2, box.w - taken - 12 - wide - shown)
    if icon:
        p.icon(f"{key}.icon", icon, left + size / 2, box.cy, size, paint.text, paint.fill)
    if text:
        p.text(f"{key}.text", left + wide, box.cy, text, style, paint.text, "w", room - wide)
    p.hot(key, box, run, name or text, enabled=enabled)


# What a text becomes where its words are longer than its room: rather small than cut short.
SMALLER = {
    "heading_big": ("heading", "strong", "body_medium", "small_medium", "label", "tiny"),
    "heading": ("strong", "body_medium", "small_medium", "label", "tiny"),
    "strong": ("body_medium", "small_medium", "label", "tiny"),
    "body_medium": ("small_medium", "label", "tiny"),
    "small_medium": ("label", "tiny"),
    "display": ("total", "due", "clock", "num_strong", "num", "num_small", "num_tiny"),
    "due": ("clock", "num_strong", "num", "num_small", "num_tiny"),
    "num_strong": ("num", "num_small", "num_tiny"),
}


def fitted(p: Pane, style: str, text: str, room: float) -> str:
    """Return the largest style, from this one down, in which a text fits into its room (dp)."""
    styles = (style, *SMALLER.get(style, ()))
    return next((one for one in styles if p.measure(one, text) <= room), styles[-1])


def scrollbar(p: Pane, track: Box, shown: float, above: float, under: str = "") -> None:
    """Say at the right edge of a place that there is more than has room. shown, above: shares of the whole."""
    if shown < 1:
        size = max(track.h * shown, min(28, track.h))
        at = track.y + (track.h - size) * min(above / (1 - shown), 1)
        p.surface("bar", Box(track.right - 4, at, 4, size), 2, p.kit.theme.color.input_border, None, under)


def stacked(p: Pane, key: str, box: Box, run: Run, *, text: str, icon: str, kind: Kind = "plain") -> None:
    """A button with its icon above its text."""
    paint = paints(p, kind, enabled=True, pressed=p.pressed == key, under=p.under)
    p.surface(key, box, p.kit.theme.radius.button, paint.fill, paint.border, stroke=paint.stroke)
    p.icon(f"{key}.icon", icon, box.cx, box.cy - 10, 20, paint.text, paint.fill)
    style = "label" if p.measure("label", text) <= box.w - 12 else "tiny"
    p.text(f"{key}.text", box.cx, box.cy + 14, text, style, paint.text, "center", box.w - 4)
    p.hot(key, box, run, text)


def keycap_width(p: Pane, text: str, *, tall: bool = False) -> float:
    """Return the width of a key cap."""
    return max(p.measure("small_cap" if tall else "cap", text) + (16 if tall else 12), 24)


def keycap(p: Pane, key: str, right: float, cy: float, text: str, under: str = "", *, tall: bool = False) -> float:
    """The key of a command as a small cap; returns its width."""
    c = p.kit.theme.color
    style, width = "small_cap" if tall else "cap", keycap_width(p, text, tall=tall)
    box = Box(right - width, cy - (14 if tall else 10), width, 28 if tall else 20)
    fill, front = (c.primary_cap, c.on_primary_cap) if under == c.primary else (c.cap, c.text2)
    p.surface(key, box, p.kit.theme.radius.cap, fill, None if under == c.primary else c.border, under or p.under)
    p.text(f"{key}.text", box.cx, cy, text, style, front, "center", width - 4)
    return width


def pill_width(p: Pane, text: str, *, icon: str = "", height: float = 34, style: str = "") -> float:
    """Return the width of a pill."""
    style = style or ("small_medium" if height > 28 else "label")
    return p.measure(style, text) + (22 if icon else 0) + (28 if height > 28 else 20)


def pill(
    p: Pane,
    key: str,
    right: float,
    cy: float,
    text: str,
    tone: str,
    *,
    icon: str = "",
    height: float = 34,
    under: str = "",
    style: str = "",
) -> float:
    """A rounded label of a tone that ends at `right`; returns its width."""
    front, back = p.kit.theme.tone(tone)
    width = pill_width(p, text, icon=icon, height=height, style=style)
    style = style or ("small_medium" if height > 28 else "label")
    side = 14 if height > 28 else 10
    box = Box(right - width, cy - height / 2, width, height)
    p.surface(key, box, 999, back, None, under or p.under)
    if icon:
        p.icon(f"{key}.icon", icon, box.x + side + 8, cy, 16, front, back)
    p.text(f"{key}.text", box.right - side, cy, text, style, front, "e")
    return width


def chip_width(p: Pane, text: str, *, dot: bool) -> float:
    """Return the width that a chip takes."""
    return max(p.measure("name", text) + 36 + (16 if dot else 0), 54)


def chip(p: Pane, key: str, box: Box, text: str, run: Run, *, dot: str = "", chosen: bool = False) -> None:
    """A filter that can be chosen; `dot` is the colour of its category."""
    c = p.kit.theme.color
    fill, front = (c.chip, c.on_chip) if chosen else (c.surface, c.text)
    if p.pressed == key:
        fill = mix(fill, front, 0.1)
    p.surface(key, box, 999, fill, None if chosen else c.border)
    left = box.x + 18
    if dot:
        p.surface(f"{key}.dot", Box(left - 2, box.cy - 6, 12, 12), 999, dot, None, fill)
        left += 16
    if dot:
        p.text(f"{key}.text", left, box.cy, text, "name", front, "w", box.right - 14 - left)
    else:
        p.text(f"{key}.text", box.cx, box.cy, text, "name", front, "center", box.w - 12)
    p.hot(key, box, run, text)


def count(
    p: Pane, key: str, cx: float, cy: float, text: str, under: str, *, fill: str, front: str, size: float = 28
) -> None:
    """A number in a disc (a pill when it is long)."""
    style = "count" if size > 24 else "num_tiny"
    width = max(p.measure(style, text) + size * 0.5, size)
    p.surface(key, Box(cx - width / 2, cy - size / 2, width, size), 999, fill, None, under)
    p.text(f"{key}.text", cx, cy, text, style, front, "center")


PAD = ("7", "8", "9", "back", "4", "5", "6", "clear", "1", "2", "3", "enter", "0", "00", ".", "enter")


def keypad(
    p: Pane,
    key: str,
    box: Box,
    press: Callable[[str], object],
    done: Run,
    *,
    text: str,
    cap: str,
    point: str = ".",
    enabled: bool = True,
) -> None:
    """Digits, erase, clear and a tall main button; `press` gets "0".."9", "00", ".", "back" or "clear".

    point: how it is written; "" for digits alone, as those of a PIN.
    """
    cells = grid(box, 4, 4, 10)
    if p.mirrored:  # digits stand in one order in every language
        cells = [cells[row * 4 + 3 - column] for row in range(4) for column in range(4)]
    for symbol, cell in zip(PAD, cells, strict=True):
        if symbol == "enter" or (not point and symbol in {"00", "."}):
            continue
        if not point and symbol == "0":
            cell = Box(min(cells[at].x for at in (12, 13, 14)), cell.y, 3 * cell.w + 20, cell.h)  # noqa: PLW2901
        name = f"{key}.{symbol}"
        kind: Kind = "flat" if symbol in {"back", "clear"} else "plain"
        paint = paints(p, kind, enabled=True, pressed=p.pressed == name, under=p.under)
        p.surface(name, cell, p.kit.theme.radius.primary, paint.fill, paint.border, raised=kind == "plain")
        if symbol == "back":
            p.icon(f"{name}.icon", "delete", cell.cx, cell.cy, 30, paint.text, paint.fill)
        else:
            shown = {"clear": "C", ".": point}.get(symbol, symbol)
            p.text(f"{name}.text", cell.cx, cell.cy, shown, "key", paint.text, "center")
        p.hot(name, cell, partial(press, symbol), symbol)
    tall = Box(cells[11].x, cells[11].y, cells[11].w, cells[15].bottom - cells[11].y)
    _done(p, f"{key}.enter", tall, done, text, cap, enabled=enabled)


def _done(p: Pane, key: str, box: Box, run: Run, text: str, cap: str, *, enabled: bool) -> None:
    """The main button of a keypad."""
    paint = paints(p, "primary", enabled=enabled, pressed=p.pressed == key, under=p.under)
    p.surface(key, box, p.kit.theme.radius.primary, paint.fill, paint.border)
    roomy = box.h > 130
    if roomy:
        p.icon(f"{key}.icon", "check", box.cx, box.cy - 26, 38, paint.text, paint.fill)
    style = fitted(p, "strong", text, box.w - 12)
    p.text(f"{key}.text", box.cx, box.cy + (18 if roomy else -8), text, style, paint.text, "center", box.w - 12)
    p.text(f"{key}.cap", box.cx, box.cy + (41 if roomy else 14), cap, "small", paint.text, "center", box.w - 12)
    p.hot(key, box, run, text, enabled=enabled)
