"""The looks are readable and their screens are what the drawing says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from genesis.hooks import platform
from genesis.shell.designed import SURFACES, choose, screens
from genesis.shell.kit.theme import GRAPHIC_PAIRS, TEXT_PAIRS, contrast, load
from tests.layout.documents import shell

HERE = Path(__file__).parents[1]


@pytest.fixture
def looks(store):
    app = store("bistro")
    themes = app.hooks.collect(platform.themes, app.enabled)[0][0][1]
    return {theme.id: load(theme.folder / "theme.json") for theme in themes}


def test_every_declared_pair_is_readable_by_day_and_by_night(looks):
    assert {name: look.mode for name, look in looks.items()} == {"bistro": "light", "bistro_dark": "dark"}
    for look in looks.values():
        for pairs, least in ((TEXT_PAIRS, 4.5), (GRAPHIC_PAIRS, 3.0)):
            for front, back in pairs:
                assert contrast(getattr(look.color, front), getattr(look.color, back)) >= least, (front, back)
        assert all(contrast(front, back) >= 4.5 for back, front in look.tint.values())


def test_both_looks_have_all_screens_and_nothing_is_wrong_with_them(looks):
    for look in looks.values():
        found, faults = screens(look)
        assert faults == []
        assert set(found) == set(SURFACES)


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1920, 1080), (640, 400), (960, 540), (1366, 768)])
def test_every_window_from_the_smallest_has_a_layout(looks, size):
    found = screens(looks["bistro"])[0]
    assert [name for name in ("payment", "sign_in") if choose(found[name], *size) is None] == []


def test_the_customers_window_has_its_layout_on_every_shape_of_monitor(looks):
    drawn = screens(looks["bistro"])[0]["display"]
    for width, height in ((720, 405), (720, 450), (720, 540), (720, 576), (945, 405)):  # dp
        assert choose(drawn, width, height) is not None, (width, height)


def test_it_shares_no_ground_with_the_house_look_and_is_rounder(looks):
    house = load(HERE.parent / "genesis_daylight/light/theme.json")
    for name in ("app", "surface", "cap", "nav", "primary", "primary_soft", "mark", "chip", "text"):
        assert getattr(looks["bistro"].color, name) != getattr(house.color, name), name
    assert looks["bistro"].radius.button > 1.5 * house.radius.button


def test_the_screens_are_what_the_command_of_the_readme_makes_of_the_drawing(tmp_path):
    copy = tmp_path / "themes/genesis_bistro"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("screens", "__pycache__"))
    (command,) = re.findall(
        r"^```sh\n(.*?)^```$", (HERE / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    shell(command, tmp_path / "none", folder=tmp_path)
    kept, made = ({p.relative_to(x): p.read_bytes() for p in (x / "light/screens").rglob("*.*")} for x in (HERE, copy))
    pictures = {path for path in kept if path.suffix == ".png"}
    assert {path: kept[path] for path in set(kept) - pictures} == {path: made[path] for path in set(made) - pictures}
    assert pictures == {path for path in made if path.suffix == ".png"} != set()
