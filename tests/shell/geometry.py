"""What can be wrong with a drawn pane: clipped, overlapping, cut short or too small to touch."""

from __future__ import annotations

from itertools import combinations

from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane

WHOLE = (
    "preset.22.00.text",
    "pay.text",
    "back.text",
    ".price",
    ".amount",
    ".value",
    "total",
    "due",
    "clock",
    ".cap.text",
    "change",
)


def texts(pane: Pane) -> dict[str, tuple[str, Box]]:
    """Return every text in sight by key, with its box in pixels (without the empty part of the line height)."""
    found = {}
    for key, item in pane._items.items():
        if item.kind == "text" and item.options["text"]:
            x0, y0, x1, y1 = pane.bbox(item.number)
            slack = (y1 - y0) * 0.2
            found[key] = (item.options["text"], Box(x0 + 1, y0 + slack, x1 - x0 - 2, y1 - y0 - 2 * slack))
    return found


def faults(name: str, pane: Pane, least: float, *, scrolls: bool = False) -> list[str]:
    """Return every fault of a pane in words. least: smallest side of a touch area in dp.

    scrolls: rows at the edge may be cut.
    """
    room = Box(0, 0, pane.winfo_width(), pane.winfo_height())
    shown = texts(pane)
    out = []
    for key, (text, box) in shown.items():
        if not scrolls and not box.within(room, 1):
            out.append(f"{name}: text {key} {text!r} leaves its pane: {box} in {room}")
        if text == "…" or ("…" in text and key.endswith(WHOLE)):
            out.append(f"{name}: text {key} is cut to {text!r}")
    for (one, (text, box)), (other, (more, place)) in combinations(shown.items(), 2):
        if box.overlaps(place):
            out.append(f"{name}: {one} {text!r} lies on {other} {more!r}")
    return out + _list_faults(name, pane) + _touch_faults(name, pane, least, scrolls=scrolls)


def _list_faults(name: str, pane: Pane) -> list[str]:
    """Say which headings of a list have nothing below them in its first row, which has a place for each."""
    heads = [key.removeprefix("head.") for key in pane._items if key.startswith("head.") and key != "head.line"]
    drawn = [key.removeprefix("row.0.") for key in pane._items if key.startswith("row.0.")]
    empty = [head for head in heads if not any(key == head or key.startswith(f"{head}.") for key in drawn)]
    return [f"{name}: nothing stands below the heading {head}" for head in empty] if len(empty) < len(heads) else []


def _touch_faults(name: str, pane: Pane, least: float, *, scrolls: bool) -> list[str]:
    out = []
    for key, hot in pane.hots.items():
        if not scrolls and not hot.box.within(pane.area, 1):
            out.append(f"{name}: {key} leaves its pane: {hot.box}")
        if min(hot.box.w, hot.box.h) < least - 0.5:
            out.append(f"{name}: {key} is too small to touch: {hot.box.w:.0f} x {hot.box.h:.0f}")
        if not hot.name:
            out.append(f"{name}: {key} has no name")
    for (one, a), (other, b) in combinations(pane.hots.items(), 2):
        inside = b.box.within(a.box, 1) or a.box.within(b.box, 1)
        shrunk = a.box.inset(0.6)
        if shrunk.overlaps(b.box.inset(0.6)) and not inside:
            out.append(f"{name}: {one} and {other} overlap")
    return out
