"""The two looks are found through the hook and are what they say."""

from __future__ import annotations

import msgspec

from genesis.hooks import platform
from genesis.shell.kit.theme import Colors, contrast, load


def looks(store):
    app = store("daylight")
    return {
        theme.id: load(theme.folder / "theme.json")
        for theme in app.hooks.collect(platform.themes, app.enabled)[0][0][1]
    }


def test_the_hook_gives_a_light_and_a_dark_look(store):
    found = looks(store)
    assert {name: theme.mode for name, theme in found.items()} == {"daylight": "light", "daylight_dark": "dark"}


def test_the_dark_look_has_a_colour_of_its_own_for_every_duty_that_shows_a_ground(store):
    light, dark = (msgspec.structs.asdict(theme.color) for theme in looks(store).values())
    grounds = ("app", "surface", "subtle", "cap", "primary_soft", "good_soft", "warn_soft", "bad_soft", "info_soft")
    assert all(contrast(dark[name], "#000000") < 2.0 < contrast(light[name], "#000000") for name in grounds)
    assert set(light) == set(Colors.__struct_fields__)


def test_both_looks_know_the_same_tints(store):
    light, dark = looks(store).values()
    assert set(light.tint) == set(dark.tint) >= {"drinks", "bakery", "dairy", "produce", "meat", "snacks", "deli"}
