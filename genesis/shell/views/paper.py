"""Rows of a receipt or report drawn as they are on paper."""

from __future__ import annotations

from collections.abc import Sequence

from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane

LINE = 21
UNSEEN = {"image", "qr"}


def places(box: Box) -> int:
    """Return how many rows fit."""
    return max(int((box.h - 40) // LINE), 1)


def draw_paper(p: Pane, box: Box, rows: Sequence[tuple[str, str, str]]) -> None:
    """Draw the rows that fit, in the styles that a printer has."""
    c = p.kit.theme.color
    p.surface("paper", box, 6, c.surface, c.border, raised=True)
    before, p.under = p.under, c.surface
    left, right, y = box.x + 20, box.right - 20, box.y + 20 + LINE / 2
    for i, (style, start, end) in enumerate([row for row in rows if row[0] not in UNSEEN][: places(box)]):
        key = f"row.{i}"
        font = "paper_bold" if style in {"bold", "title", "total"} else "paper_small" if style == "small" else "paper"
        ink = c.text2 if style == "small" else c.text
        if style == "rule":
            p.rect(f"{key}.rule", Box(left, y, right - left, 1), c.border)
        elif style in {"centre", "title", "barcode"} and not end:
            p.text(f"{key}.centre", box.cx, y, start, font, ink, "center", right - left)
        else:
            used = p.text(f"{key}.right", right, y, end, font, ink, "e") if end else 0
            p.text(f"{key}.left", left, y, start, font, ink, "w", right - left - used - 10)
        y += LINE
    p.under = before
