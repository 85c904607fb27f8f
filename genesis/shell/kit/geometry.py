"""Boxes in dp: layout is arithmetic on values, so that it can be tested without a window."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in dp."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The x behind the last column."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The y below the last row."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """The middle across."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """The middle down."""
        return self.y + self.h / 2

    def inset(self, dx: float, dy: float | None = None) -> Box:
        """Return the box made smaller on each side."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, max(self.w - 2 * dx, 0), max(self.h - 2 * dy, 0))

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box at another place."""
        return Box(self.x + dx, self.y + dy, self.w, self.h)

    def contains(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes share an area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def within(self, outer: Box, slack: float = 0.5) -> bool:
        """Tell whether the box lies inside another, up to rounding."""
        return (
            self.x >= outer.x - slack
            and self.y >= outer.y - slack
            and self.right <= outer.right + slack
            and self.bottom <= outer.bottom + slack
        )


def columns(box: Box, count: int, gap: float) -> list[Box]:
    """Divide a box into equal columns."""
    if count < 1:
        return []
    width = (box.w - gap * (count - 1)) / count
    return [Box(box.x + i * (width + gap), box.y, width, box.h) for i in range(count)]


def rows(box: Box, count: int, gap: float) -> list[Box]:
    """Divide a box into equal rows."""
    if count < 1:
        return []
    height = (box.h - gap * (count - 1)) / count
    return [Box(box.x, box.y + i * (height + gap), box.w, height) for i in range(count)]


def grid(box: Box, across: int, down: int, gap: float) -> list[Box]:
    """Divide a box into equal cells in reading order."""
    return [cell for row in rows(box, down, gap) for cell in columns(row, across, gap)]


def fitting(length: float, least: float, gap: float) -> int:
    """Return how many cells of at least `least` fit into a length; at least one."""
    return max(int((length + gap) // (least + gap)), 1)
