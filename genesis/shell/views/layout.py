"""Where everything is on a screen of any size: pure arithmetic in dp, tested without a window."""

from __future__ import annotations

from typing import NamedTuple

from genesis.shell.kit.geometry import Box, columns, fitting, grid

GAP = 12
TOUCH = 48
SCAN, WORDS = 260, 340  # dp that the scan field keeps, and before pills get more room for their words
NOTICE = 42


class Frame(NamedTuple):
    """A window cut into rail and page."""

    rail: Box
    page: Box


def frame(width: float, height: float) -> Frame:
    """Divide the window."""
    rail = 84.0 if width >= 900 else 60.0
    return Frame(Box(0, 0, rail, height), Box(rail, 0, width - rail, height))


def cart_width(window: float) -> float:
    """Return the width of the cart panel for a window width."""
    return min(max(round(window * 0.3125), 292), 440)


class SellLayout(NamedTuple):
    """The selling page without its cart: boxes relative to the page. cells: places for tiles."""

    compact: bool
    scan: Box
    status: Box
    chips: Box
    pager: Box | None
    body: Box
    cells: tuple[Box, ...]
    footer: Box


def sell(width: float, height: float, said: float = 0) -> SellLayout:
    """Lay out scan field, category chips, tiles and key strip with pager. said: what clock and pills would like."""
    compact = height < 560 or width < 480
    pad = 12.0 if compact else 20.0
    top, field = (8.0, 48.0) if compact else (16.0, 52.0)
    room = width - 2 * pad
    status = min(max(256.0, min(said, room - WORDS)), max(room - SCAN, 0))
    scan = Box(pad, top, width - 2 * pad - status, field)
    chips_top = scan.bottom + (8 if compact else 16)
    footer = Box(0, height - (0 if compact else TOUCH), width, 0 if compact else TOUCH)
    pager = Box(width - pad - 136, chips_top, 136, TOUCH) if compact else None  # else it stands in the key strip
    chips = Box(pad, chips_top, (pager.x - 8 if pager else width - pad) - pad, TOUCH)
    body_top = chips.bottom + (8 if compact else 16)
    body = Box(pad, body_top, width - 2 * pad, footer.y - (8 if compact else GAP) - body_top)
    least = 120 if compact or width < 560 else 168
    across, down = fitting(body.w, least, GAP), fitting(body.h, 88 if compact else 120, GAP)
    return SellLayout(
        compact, scan, Box(scan.right, top, status, field), chips, pager, body,
        tuple(grid(body, across, down, GAP)), footer,
    )  # fmt: skip


class CartLayout(NamedTuple):
    """The cart panel. totals: places for the rows above the total, fewer than there are where room is short."""

    compact: bool
    inner: Box
    head: Box
    customer: Box | None
    lines: Box
    notices: tuple[Box, ...]
    totals: tuple[Box, ...]
    total: Box
    actions: Box
    charge: Box


def cart(width: float, height: float, *, customer: bool, totals: int, notices: int = 0) -> CartLayout:
    """Lay the cart panel out from the bottom up; the lines get what is left, at least room for the chosen one."""
    compact, lowest = height < 640, height < 560
    inner = Box(20, 0, width - 40, height)
    charge_h, action_h, row_h, total_h = (56, 48, 20, 38) if compact else (72, 56, 24, 44)
    edge = 8 if compact else 16
    charge = Box(inner.x, height - edge - charge_h, inner.w, charge_h)
    actions = Box(inner.x, charge.y - (8 if compact else 12) - action_h, inner.w, action_h)
    total = Box(inner.x, actions.y - total_h, inner.w, total_h)
    head = Box(inner.x, 6 if lowest else 18, inner.w, TOUCH)
    top = head.bottom + (6 if lowest else 10 if compact else 16)
    strip = Box(inner.x, top, inner.w, 52 if compact else 60) if customer and height >= 500 else None
    if strip is not None:
        top = strip.bottom + (8 if compact else 12)
    free = total.y - 12 - top - 112
    said = max(min(notices, int(free // NOTICE), 2), 0)
    shown = max(min(totals, int((free - said * NOTICE) // row_h)), 0)
    first = total.y - shown * row_h
    places = tuple(Box(inner.x, first + i * row_h, inner.w, row_h) for i in range(shown))
    first -= said * NOTICE
    bands = tuple(Box(inner.x, first + i * NOTICE, inner.w, NOTICE - 6) for i in range(said))
    lines = Box(0, top, width, max(first - (8 if compact else 12) - top, 0))
    return CartLayout(compact, inner, head, strip, lines, bands, places, total, actions, charge)


class PayLayout(NamedTuple):
    """The payment screen. summary is None where there is no room for it."""

    compact: bool
    head: Box
    methods: Box
    cells: tuple[Box, ...]
    amount: Box
    presets: tuple[Box, ...]
    pad: Box
    summary: Box | None


def pay(width: float, height: float, methods: int) -> PayLayout:
    """Lay out methods, amount, presets, keypad and the order beside them."""
    compact = height < 560
    head = Box(0, 0, width, 56 if compact else 72)
    edge, gap = (10.0, 8.0) if compact else (20.0, 16.0)
    summary_w = cart_width(width) if width >= 860 else 0.0
    summary = Box(width - summary_w, head.bottom, summary_w, height - head.bottom) if summary_w else None
    top, bottom = head.bottom + edge, height - (edge if compact else 22)
    across = 260.0 if width >= 1100 else max(min(width * 0.22, 220.0), 150.0)
    places = max(methods, 5 if compact else 7)
    pitch = min((bottom - top + gap) / places, 98.0)
    cells = tuple(Box(edge, top + i * pitch, across, pitch - (8 if compact else 14)) for i in range(methods))
    left = edge + across + edge
    middle = Box(left, top, width - summary_w - left - edge, bottom - top)
    amount = Box(middle.x, top, middle.w, 84 if compact else 132)
    presets = Box(middle.x, amount.bottom + gap, middle.w, TOUCH if compact else 64)
    pad_top = presets.bottom + gap
    return PayLayout(
        compact, head, Box(edge, top, across, bottom - top), cells, amount,
        tuple(columns(presets, 5, 8 if compact else 10)), Box(middle.x, pad_top, middle.w, bottom - pad_top), summary,
    )  # fmt: skip


def tenders(box: Box, count: int) -> list[Box]:
    """Divide a place of any shape among the ways to pay: below each other, in more columns where they are many."""
    across, gap = 1, 10.0
    while -(-count // across) * (56 + gap) > box.h + gap and box.w / (across + 1) >= 120:
        across += 1
    down = max(-(-count // across), 1)
    high = min((box.h - gap * (down - 1)) / down, 84.0)
    return grid(Box(box.x, box.y, box.w, high * down + gap * (down - 1)), across, down, gap)[:count]
