"""A layout fills windows of other sizes: enlarged as a whole, what is left over given as each thing holds on."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from genesis.shell.designed import LEAST_SCALE, STRETCHED, Design, Item, Layout, choose, fit, problems
from genesis.shell.kit.geometry import Box


def layout(*items, w=1000, h=500):
    return Layout(w=w, h=h, ground="app", items=tuple(items))


def thing(x, y, w, h, **more):
    return Item(kind="rect", x=x, y=y, w=w, h=h, **more)


@pytest.mark.parametrize(
    ("hold", "expected"),
    [
        ("start", Box(200, 40, 400, 60)),
        ("end", Box(1200, 40, 400, 60)),  # a window of 1500x500 units, doubled: 500 units are left over
        ("middle", Box(700, 40, 400, 60)),
        ("stretch", Box(200, 40, 1400, 60)),
        ("scale", Box(300, 40, 600, 60)),
    ],
)
def test_what_is_left_over_goes_where_a_thing_holds_on(hold, expected):
    assert fit(layout(thing(100, 20, 200, 30, across=hold)), 3000, 1000) == [expected]


def test_a_thing_holds_on_to_the_frame_it_is_in():
    outer = thing(600, 100, 300, 100, across="end", down="stretch")
    inner = thing(700, 160, 100, 40, across="middle", down="end", inside=0)
    assert fit(layout(outer, inner), 1000, 800) == [Box(600, 100, 300, 400), Box(700, 460, 100, 40)]


@given(st.floats(0.75, 3), st.floats(1, STRETCHED), st.booleans(), st.data())
def test_what_is_apart_in_every_checked_size_is_apart_in_all(scale, stretch, wide, data):
    holds = st.sampled_from(["start", "end", "middle", "stretch", "scale"])
    cells = [(x, y) for x in (20, 520) for y in (20, 270)]
    items = [
        Item(kind="slot", id=name, x=x, y=y, w=300, h=200, across=data.draw(holds), down=data.draw(holds))
        for name, (x, y) in zip(("slot.tenders", "slot.keypad", "slot.presets", "slot.due"), cells, strict=True)
    ]
    drawn = layout(*items)
    clash = any("overlap" in p or "outside" in p for p in problems(Design(screen="payment", layouts=(drawn,)), None))
    width, height = (1000 * stretch, 500) if wide else (1000, 500 * stretch)
    boxes = fit(drawn, width * scale, height * scale)
    room = Box(0, 0, width * scale, height * scale)
    apart = not any(a.inset(scale).overlaps(b.inset(scale)) for a, b in combinations(boxes, 2))
    assert clash or (apart and all(box.within(room, 1.01 * scale) for box in boxes))


def test_the_layout_whose_size_is_nearest_is_chosen_and_none_that_would_shrink_too_far():
    large, small = layout(w=1280, h=800), layout(w=640, h=400)
    design = Design(screen="payment", layouts=(large, small))
    assert choose(design, 1280, 800) is large
    assert choose(design, 1920, 1080) is large
    assert choose(design, 1024, 600) is large  # 0.75 is nearer to 1 than 1.5
    assert choose(design, 640, 400) is small
    assert choose(Design(screen="payment", layouts=(large,)), 1280 * LEAST_SCALE - 1, 800) is None
    assert choose(design, 4000, 500) is None
