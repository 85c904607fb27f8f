"""The screens are laid out without overlap or clipping at every size a window can have."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, strategies as st

from genesis.shell.kit.geometry import Box, columns, fitting, grid, rows
from genesis.shell.kit.kit import LEAST_HEIGHT, LEAST_WIDTH, fitting_scale
from genesis.shell.views import layout

WIDTH = st.integers(LEAST_WIDTH, 3840)
HEIGHT = st.integers(LEAST_HEIGHT, 2160)


def apart(*boxes):
    """Return whether no two boxes share more than rounding."""
    return not any(a.inset(0.01).overlaps(b.inset(0.01)) for a, b in combinations(boxes, 2))


@given(st.integers(1, 9), st.integers(1, 9), st.floats(50, 2000), st.floats(50, 2000), st.integers(0, 20))
def test_a_grid_fills_its_box_with_equal_cells(across, down, width, height, gap):
    box = Box(7, 11, width + across * gap, height + down * gap)
    cells = grid(box, across, down, gap)
    assert len(cells) == across * down
    assert apart(*cells)
    assert all(cell.within(box) for cell in cells)
    assert len({(round(c.w, 6), round(c.h, 6)) for c in cells}) == 1
    assert abs(cells[-1].right - box.right) < 1e-6
    assert abs(cells[-1].bottom - box.bottom) < 1e-6


def test_nothing_can_be_divided_into_nothing():
    assert columns(Box(0, 0, 10, 10), 0, 5) == []
    assert rows(Box(0, 0, 10, 10), 0, 5) == []
    assert fitting(10, 50, 5) == 1


@given(WIDTH, HEIGHT)
def test_the_selling_page(width, height):
    page = layout.frame(width, height).page
    inner = page.w - layout.cart_width(width)
    made = layout.sell(inner, height)
    room = Box(0, 0, inner, height)
    parts = [
        made.scan,
        made.chips,
        *made.cells,
        *([made.footer] if made.footer.h else []),
        *([made.pager] if made.pager else []),
    ]
    assert apart(*parts)
    assert all(part.within(room) for part in (*parts, made.status))
    assert made.scan.w >= 180
    assert all(cell.w >= 110 and cell.h >= 80 for cell in made.cells)
    assert made.chips.h >= 48


@given(WIDTH, HEIGHT, st.booleans(), st.integers(0, 12), st.integers(0, 4))
def test_the_cart_always_has_room_for_the_chosen_line(width, height, customer, totals, notices):
    wide = layout.cart_width(width)
    made = layout.cart(wide, height, customer=customer, totals=totals, notices=notices)
    room = Box(0, 0, wide, height)
    parts = [made.head, made.lines, *made.notices, *made.totals, made.total, made.actions, made.charge]
    parts += [made.customer] if made.customer else []
    assert apart(*parts)
    assert all(part.within(room) for part in parts)
    assert made.lines.h >= 100
    assert made.charge.h >= 48
    assert made.actions.h >= 48
    assert len(made.totals) <= totals


@given(WIDTH, HEIGHT, st.integers(1, 9))
def test_the_payment_screen(width, height, methods):
    made = layout.pay(width, height, methods)
    room = Box(0, 0, width, height)
    parts = [made.head, *made.cells, made.amount, *made.presets, made.pad, *([made.summary] if made.summary else [])]
    assert apart(*parts)
    assert all(part.within(room) for part in parts)
    assert made.pad.h >= 150
    assert made.pad.w >= 300
    assert len(made.cells) == methods


@given(st.floats(0.8, 4), st.floats(0.8, 2), st.integers(640, 4000), st.integers(400, 3000))
def test_the_scale_is_what_was_asked_for_as_far_as_the_window_holds_it(dpi, user, width, height):
    scale = fitting_scale(dpi, user, width, height)
    assert scale <= dpi * user
    assert width / scale >= LEAST_WIDTH - 1e-6
    assert height / scale >= LEAST_HEIGHT - 1e-6
    if dpi * user * LEAST_WIDTH <= width and dpi * user * LEAST_HEIGHT <= height:
        assert scale == dpi * user
