"""Sheets and rolls of labels: each is a line of the settings, all sizes in millimetres."""

from __future__ import annotations

import re
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from genesis import Pos, UserError

_SIZE = r"(\d{1,4}(?:\.\d{1,2})?)x(\d{1,4}(?:\.\d{1,2})?)"
_LINE = re.compile(rf"(.{{1,40}}?): {_SIZE} (\d{{1,2}})x(\d{{1,2}}) {_SIZE}(?: {_SIZE})?(?: {_SIZE})?", re.ASCII)
_FORM = "NAME: PAGE COLUMNSxROWS LABEL [FROM-LEFTxFROM-TOP] [GAPxGAP]"
USUAL = """\
A4 3x8: 210x297 3x8 70x37 0x0.5
A4 4x10: 210x297 4x10 48.5x25.4 8x21.5
Roll 62x29: 62x29 1x1 62x29"""
LEAST = 15.0  # mm, side of a label that has room for anything


class LabelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The labels that this store prints on. ends: what stands behind a label of a receipt printer."""

    layouts: Annotated[
        str, Meta(title="Sheets and rolls", max_length=4000, description=f"One a line, in mm: {_FORM}")
    ] = USUAL
    ends: Annotated[
        Literal["cut", "gap"],
        Meta(title="Receipt printer: after a label", description="cut it off, or feed to the next label of a roll"),
    ] = "cut"


class Layout(NamedTuple):
    """Where labels stand on a page, in mm from its top left corner."""

    name: str
    page: tuple[float, float]
    grid: tuple[int, int]
    label: tuple[float, float]
    start: tuple[float, float]
    gap: tuple[float, float]

    @property
    def places(self) -> int:
        """How many labels a page has."""
        return self.grid[0] * self.grid[1]

    def place(self, number: int) -> tuple[float, float]:
        """Return the top left corner of a label of the page, counted row by row from 0."""
        row, column = divmod(number, self.grid[0])
        return (self.start[0] + column * (self.label[0] + self.gap[0]),
                self.start[1] + row * (self.label[1] + self.gap[1]))  # fmt: skip


def layouts(pos: Pos) -> dict[str, Layout]:
    """Return the layouts of the settings by name; UserError names the line at fault."""
    lines = filter(None, (line.strip() for line in pos.settings(LabelSettings).layouts.splitlines()))
    found = {one.name: one for one in map(_layout, lines)}
    if not found:
        raise UserError("layouts: no sheet or roll is set", f"write one in the settings of Labels: {_FORM}", "layouts")
    return found


def chosen(pos: Pos, name: str) -> Layout:
    """Return a layout by its name, the first where none is named."""
    known = layouts(pos)
    if name and name not in known:
        raise UserError(f"layout: {name[:40]!r} is not known", f"use {', '.join(known)}", "layout")
    return known[name] if name else next(iter(known.values()))


def _layout(line: str) -> Layout:
    match = _LINE.fullmatch(line)
    if match is None:
        raise UserError(f"layouts: {line[:80]!r} cannot be read", f"write it as {_FORM}", "layouts")
    name, *numbers = match.groups()
    page, grid, label, start, gap = (
        (float(numbers[at] or 0), float(numbers[at + 1] or 0)) for at in range(0, len(numbers), 2)
    )
    one = Layout(name, page, (int(grid[0]), int(grid[1])), label, start, gap)
    if not one.places or min(label) < LEAST:
        raise UserError(f"layouts: {name} has no room for a label", f"labels have at least {LEAST:g} mm", "layouts")
    last = one.place(one.places - 1)
    if any(last[side] + label[side] > page[side] + 0.01 for side in (0, 1)):
        raise UserError(f"layouts: the labels of {name} do not fit on its page", "correct its sizes", "layouts")
    return one
