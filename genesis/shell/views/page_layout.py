"""Where everything is on a page of the back office: pure arithmetic in dp, tested without a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from genesis.hooks.pages import Column
from genesis.shell.kit.geometry import Box, columns

ROW, HEAD, GAP = 48, 44, 12
WIDTHS = {"number": 84, "money": 104, "date": 112, "badge": 124, "bar": 150, "text": 128}
RIGHT = {"number", "money"}
WIDEST = 168  # dp that a heading may ask for
LEAST = 144  # dp that a growing column needs
# What gives way first reads well in the line below the name: a badge is seen by its colour, figures by their column.
# Of the same worth the last one gives way.
WORTH = {"text": 0, "date": 1, "badge": 2, "number": 3, "money": 3, "bar": 3}


class PageLayout(NamedTuple):
    """A page beside its drawer; a narrow window shows the drawer over the page. places: rows that fit."""

    title: Box
    cards: tuple[Box, ...]
    search: Box
    table: Box
    drawer: Box | None
    covered: bool
    places: int


def page(width: float, height: float, *, cards: int, drawer: bool, search: bool) -> PageLayout:
    """Lay out title, cards, search, table and drawer."""
    low = height < 640
    pad = 12.0 if width < 720 else 24.0
    beside = min(max(width * 0.3, 300), 380)
    covered = drawer and width - beside < 480
    room = width if covered or not drawer else width - beside
    title = Box(pad, 8 if low else 14, room - 2 * pad, 48)
    y = title.bottom + (8 if low else 14)
    fitting = max(int((room - 2 * pad + GAP) // (150 + GAP)), 0)
    shown = min(cards, fitting) if not low or (height >= 480 and not drawer) else 0
    places = tuple(columns(Box(pad, y, room - 2 * pad, 92), shown, GAP)) if shown else ()
    y += 92 + (12 if low else 16) if shown else 0
    bar = Box(pad, y, room - 2 * pad, 48 if search else 0)
    y = bar.bottom + (12 if search else 0)
    table = Box(pad, y, room - 2 * pad, height - y - (12 if low else 20))
    side = None if not drawer else Box(0, 0, width, height) if covered else Box(room, 0, beside, height)
    return PageLayout(title, places, bar, table, side, covered, max(int((table.h - HEAD - 8) // ROW), 1))


def cells(
    box: Box, wanted: Sequence[Column], heads: Mapping[str, float], *, ticks: bool, icons: bool
) -> dict[str, Box]:
    """Return the place of each column that fits, in a row of this box; the least worth gives way first.

    What gave way stands below the name (`beneath`). heads: how wide each heading is (dp).
    """
    left = box.x + (48 if ticks else 16) + (48 if icons else 0)
    room = box.right - 16 - left
    widths = {c.id: max(WIDTHS[c.kind], min(heads.get(c.id, 0), WIDEST)) for c in wanted}
    growing = [c.id for c in wanted if c.wide] or [c.id for c in wanted[:1]]
    kept = list(wanted)
    while len(kept) > 1 and _needed(kept, widths, growing) > room:
        rest = [c for c in reversed(kept) if c.id != growing[0]]
        kept.remove(min(rest, key=lambda column: WORTH[column.kind]))
    grown = [c.id for c in kept if c.id in growing]
    gaps = _gaps(kept)
    free = room - sum(widths[c.id] for c in kept if c.id not in grown) - sum(gaps)
    found, x = {}, left
    for column, gap in zip(kept, (*gaps, 0.0), strict=False):
        width = max(free / len(grown), 40) if column.id in grown else widths[column.id]
        found[column.id] = Box(x, box.y, width, box.h)
        x += width + gap
    return found


def beneath(wanted: Sequence[Column], places: Mapping[str, Box]) -> tuple[str, list[Column]]:
    """Return the column below whose texts those stand that have no place, and which these are: what is up first."""
    kept = [column for column in wanted if column.id in places]
    name = next((column for column in kept if column.wide), kept[0])
    hidden = [column for column in wanted if column.id not in places]
    return name.id, sorted(hidden, key=lambda column: column.kind != "badge")


def _needed(kept: Sequence[Column], widths: Mapping[str, float], growing: Sequence[str]) -> float:
    return sum(LEAST if c.id in growing else widths[c.id] for c in kept) + sum(_gaps(kept))


def _gaps(kept: Sequence[Column]) -> list[float]:
    """Return the room between columns: more where one that stands right meets one that stands left."""
    return [24 if one.kind in RIGHT and other.kind not in RIGHT else 12 for one, other in pairwise(kept)]
