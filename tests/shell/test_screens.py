"""Draws every screen in every theme and size into build/screens, for people to look at (`./run screens`)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from genesis.shell.app import Shell
from genesis.shell.first import FirstWindow
from genesis.shell.preferences import PreferencesFile
from genesis.shell.words import speak
from tests.shell.beginning import Card, Maker
from tests.shell.driver import Driver
from tests.shell.office import busy_store, office_scenes
from tests.shell.scenes import first_scenes, scenes

FOLDER = Path(__file__).parents[2] / "build" / "screens"
LOOKS = pytest.mark.parametrize(
    ("theme", "size", "scale"),
    [
        ("daylight", (1280, 800), 1.0),
        ("daylight_dark", (1280, 800), 1.0),
        ("contrast", (1280, 800), 1.0),
        ("bistro", (1280, 800), 1.0),
        ("bistro_dark", (1280, 800), 1.0),
        ("bistro", (1280, 800), 2.0),
        ("daylight", (1024, 600), 1.0),
        ("daylight", (1920, 1080), 1.0),
        ("daylight", (1280, 800), 2.0),
    ],
)

LANGUAGES = pytest.mark.parametrize("language", ["de", "es", "fr", "ar"])


@pytest.mark.screens
@LOOKS
def test_every_screen_is_drawn(window, till, theme, size, scale):
    _draw_the_till(window, till, f"{theme}-{size[0]}x{size[1]}-{scale:g}", size=size, theme=theme, scale=scale)


@pytest.mark.screens
@LANGUAGES
def test_every_screen_is_drawn_in_every_language(window, till, language, speaking):
    speaking(language)
    _draw_the_till(window, till, language, theme="daylight")


def _draw_the_till(window, till, folder, **look):
    logging.getLogger("genesis.shell").disabled = True
    driver = window(**look)
    drawn: list[Path] = []
    for scene in scenes(driver, till):
        path = FOLDER / folder / f"{len(drawn):02d}-{scene}.png"
        driver.shot(path)
        drawn.append(path)
    logging.getLogger("genesis.shell").disabled = False
    assert all(path.stat().st_size > 10_000 for path in drawn)


@pytest.mark.screens
@LOOKS
def test_every_page_of_the_back_office_is_drawn(display, store, theme, size, scale):
    _draw_the_office(store, f"{theme}-{size[0]}x{size[1]}-{scale:g}", "en_US", size=size, theme=theme, scale=scale)


@pytest.mark.screens
@LANGUAGES
def test_every_page_of_the_back_office_is_drawn_in_every_language(display, store, language):
    _draw_the_office(store, language, language, size=(1280, 800), theme="daylight", scale=1.0)


def _draw_the_office(store, folder, language, *, size, theme, scale):
    preferences = PreferencesFile(None)
    preferences.change(theme=theme, scale=scale)
    shell = Shell(busy_store(store), preferences, computer=language)
    driver = Driver(shell.window)
    shell.window.root.geometry(f"{size[0]}x{size[1]}")
    driver.ready()
    drawn: list[Path] = []
    for scene in office_scenes(driver):
        path = FOLDER / folder / f"office-{len(drawn):02d}-{scene}.png"
        driver.shot(path)
        drawn.append(path)
    faults = list(shell.window.faults)
    shell.close()
    assert not faults, faults
    assert all(path.stat().st_size > 10_000 for path in drawn)


@pytest.mark.screens
@pytest.mark.parametrize("size", [(960, 720), (1024, 600)])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ar"])
def test_every_step_of_the_first_start_is_drawn(display, monkeypatch, size, language):
    monkeypatch.setattr("genesis.shell.first.SIZE", size)
    speak(language)
    card = Card(FirstWindow(Maker(asks_taxes=True, tries_printers=True)))
    for scene in first_scenes(card.window.vm):
        card.settle(lambda: not card.window.vm.busy)
        card.shot(FOLDER / f"first-{language}-{size[0]}x{size[1]}" / f"{scene}.png")
    card.window.close()
