"""Themes are checked when they are loaded: shape, colours, contrast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from genesis import UserError
from genesis.shell.kit.theme import BASE, GRAPHIC_PAIRS, TEXT_PAIRS, contrast, faint_pairs, load, luminance
from genesis.shell.views.rail import ink

THEMES = sorted((Path(__file__).parents[2] / "themes").rglob("theme.json"))
HEX = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


def write(folder, **values):
    path = folder / "theme.json"
    path.write_text(json.dumps(values))
    return path


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#FFFFFF", "#0F766E", 5.47),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_what_the_standard_says(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio


@pytest.mark.parametrize("path", THEMES, ids=lambda path: path.parent.name)
def test_store_and_person_can_be_read_on_the_navigation_of_every_theme(path):
    color = load(path).color
    assert contrast(ink(color), color.nav) >= 4.5


@given(HEX, HEX)
def test_contrast_is_symmetric_and_between_1_and_21(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.000001
    assert 0 <= luminance(one) <= 1


def test_the_plain_look_is_good_and_declares_every_pair_of_colours_it_has():
    theme = load(BASE)
    assert faint_pairs(theme) == []
    assert {name for pair in (*TEXT_PAIRS, *GRAPHIC_PAIRS) for name in pair} <= set(theme.color.__struct_fields__)


def test_a_theme_extends_another_and_changes_only_what_it_names(tmp_path):
    theme = load(write(tmp_path, name="Mine", color={"primary": "#1D4ED8", "primary_cap": "#173EA6"}))
    plain = load(BASE)
    assert (theme.name, theme.color.primary) == ("Mine", "#1D4ED8")
    assert theme.color.text == plain.color.text
    assert theme.radius == plain.radius


def test_a_theme_has_the_screens_beside_it_or_those_of_the_theme_it_extends(tmp_path):
    light, dark = tmp_path / "light", tmp_path / "dark"
    (light / "screens").mkdir(parents=True)
    dark.mkdir()
    assert load(write(light, name="Light")).screens == str(light / "screens")
    extended = write(dark, name="Dark", extends="../light/theme.json")
    assert load(extended).screens == str(light / "screens")
    (dark / "screens").mkdir()
    assert load(extended).screens == str(dark / "screens")
    assert load(write(tmp_path, name="None")).screens == ""


def test_a_faint_theme_is_refused_with_the_pair_and_its_ratio(tmp_path):
    with pytest.raises(UserError) as refused:
        load(write(tmp_path, name="Faint", color={"text2": "#999999"}))
    assert "text2 on surface: 2.85 < 4.5" in refused.value.what


def test_high_contrast_asks_for_seven_to_one(tmp_path):
    with pytest.raises(UserError) as refused:
        load(write(tmp_path, name="Nearly", mode="contrast"))
    assert "< 7" in refused.value.what


def test_a_tint_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(UserError) as refused:
        load(write(tmp_path, name="Tint", tint={"fish": ["#FFFFFF", "#EEEEEE"]}))
    assert "tint fish" in refused.value.what


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"name": "x", "color": {"text": "black"}}, "$.color.text"),
        ({"name": "x", "colour": {}}, "colour"),
        ({"name": "x", "mode": "sepia"}, "$.mode"),
        ({"name": "x", "shadow": 7}, "$.shadow"),
        ({"name": "x", "sizes": {"name": 4}}, "$.sizes"),
        ({"name": "x", "extends": 3}, "extends"),
        ({"name": "x", "extends": "missing.json"}, "missing.json"),
        ({"name": "x", "extends": "theme.json"}, "extends itself"),
        ([1, 2], "object"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, values, part):
    path = tmp_path / "theme.json"
    path.write_text(json.dumps(values))
    with pytest.raises(UserError) as refused:
        load(path)
    assert part in refused.value.what


def test_a_file_that_is_no_json_is_refused_with_its_path(tmp_path):
    path = tmp_path / "theme.json"
    path.write_text("{")
    with pytest.raises(UserError) as refused:
        load(path)
    assert str(path) in refused.value.what


def test_unknown_tints_and_every_tone_have_colours():
    theme = load(BASE)
    assert theme.tints("no such tint") == (theme.color.cap, theme.color.text2)
    for tone in ("", "info", "good", "warn", "bad", "off"):
        front, back = theme.tone(tone)
        assert contrast(front, back) >= 4.5, tone
