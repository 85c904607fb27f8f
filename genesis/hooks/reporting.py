"""Questions about figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.hooks.marks import spec
from genesis.hooks.values import Exporter, Figure, Report, ReportSection

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("collect")
def reports(pos: Pos) -> list[Report] | None:
    """Which reports do you bring?"""


@spec("collect")
def exporters(pos: Pos) -> list[Exporter] | None:
    """Into which forms can you write a document or a table (PDF, ESC/POS, CSV)?"""


@spec("isolate")
def figures(pos: Pos, day: str) -> list[Figure] | None:
    """Which figures belong on the dashboard for this business day?"""


@spec("isolate")
def closing_sections(pos: Pos, shift: str) -> list[ReportSection] | None:
    """Which sections of yours belong on the X or Z report of this shift?"""
