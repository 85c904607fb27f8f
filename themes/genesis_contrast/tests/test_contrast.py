"""The high contrast look keeps its promise of 7 to 1 and never tells by ground alone."""

from __future__ import annotations

from genesis.hooks import platform
from genesis.shell.kit.theme import TEXT_PAIRS, contrast, load


def test_every_text_has_seven_to_one(store):
    app = store("contrast")
    (_, (theme,)), *_rest = app.hooks.collect(platform.themes, app.enabled)[0]
    look = load(theme.folder / "theme.json")
    assert look.mode == "contrast"
    for front, back in TEXT_PAIRS:
        assert contrast(getattr(look.color, front), getattr(look.color, back)) >= 7.0, (front, back)
    assert look.color.outline is not None
    assert look.shadow == 0
