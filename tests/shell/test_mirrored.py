"""A language that is written from right to left: the screen stands as in a mirror, figures and digits do not."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genesis import Money
from genesis.shell import words
from genesis.shell.kit.field import Field
from genesis.shell.kit.safe import safe_text
from genesis.shell.vm.formats import Formats, joined
from genesis.upkeep import catalogues
from tests.shell.driver import Driver
from tests.shell.memory import MemoryTill
from tests.shell.scenes import fill
from tests.shell.spoken import ROOT


@pytest.fixture
def arabic() -> Iterator[None]:
    words.speak("ar", [folder for folder in catalogues.domains(ROOT) if folder.parts[-3] != "genesis"])
    yield
    words.speak("en_US")


def places(driver: Driver) -> dict[str, tuple[int, int, float]]:
    """Return what can be touched by key: left and right edge in the window in pixels, and the top."""
    root, out = driver.window.root.winfo_rootx(), dict[str, tuple[int, int, float]]()
    for _name, pane in driver.panes():
        if pane.winfo_ismapped():
            at = pane.winfo_rootx() - root
            for key, hot in pane.hots.items():
                out[key] = (at + pane.kit.px(hot.box.x), at + pane.kit.px(hot.box.right), hot.box.y)
    return out


def test_rail_page_and_cart_change_sides(window: Callable[..., Driver], arabic: None) -> None:
    driver = window()
    width, rail, sell = driver.window.root.winfo_width(), driver.window.rail, driver.sell
    assert rail.winfo_x() + rail.winfo_width() == width
    assert sell.winfo_x() == sell.cart.winfo_x() == 0
    assert sell.main.winfo_x() + sell.main.winfo_width() == sell.winfo_width() == width - rail.winfo_width()


def test_what_can_be_touched_is_where_a_mirror_shows_it(
    window: Callable[..., Driver], till: MemoryTill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = window()
    fill(driver, till)
    driver.settle()
    plain, width = places(driver), driver.window.root.winfo_width()
    monkeypatch.setattr(words, "LOCALES", tmp_path)  # a mirror without another word
    words.speak("ar")
    driver.window.rebuild(driver.window.session)
    driver.settle()
    turned = places(driver)
    words.speak("en_US")
    fixed = [key for key in plain if key.startswith(("tile.", "rail.", "pay", "more", "cancel", "cart."))]
    assert len(fixed) > 18
    for key in fixed:
        left, right, top = plain[key]
        now = turned[key]
        assert abs(now[0] - (width - right)) <= 2, key
        assert abs(now[1] - (width - left)) <= 2, key
        assert now[2] == top, key


def test_a_finger_finds_what_it_sees(window: Callable[..., Driver], till: MemoryTill, arabic: None) -> None:
    driver = window()
    driver.tap("tile.1")
    assert [line.item for line in till.cart.lines] == [1]
    driver.tap("pay")
    driver.settle(lambda: driver.desk.screen == "payment")
    driver.tap("pad.5")
    assert driver.window.payment.number.text == "5"


def test_digits_stand_in_one_order_in_every_language(window: Callable[..., Driver], arabic: None) -> None:
    driver = window()
    driver.desk.scan("952000000001")
    driver.window.cashier.touch(driver.desk.till.tiles("", 0, 1).tiles[0])
    driver.desk.key("F12")
    driver.settle()
    at = places(driver)
    row = [at[f"pad.{key}"][0] for key in ("7", "8", "9", "back")]
    assert row == sorted(row)
    assert at["pad.enter"][0] == at["pad.back"][0]


def test_a_line_is_cut_at_its_end_and_then_ordered(window: Callable[..., Driver], arabic: None) -> None:
    fonts = window().window.kit.fonts
    text = words.told("The cart is empty: scan or tap an item first")
    cut = fonts.fit("body", text, 120)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert fonts.width("body", cut) <= 120
    lines = fonts.wrap("body", text, 120, 9)
    assert " ".join(lines) == text


def shown_in(field: Field) -> str:
    """Return what lies on the entry, "" where the entry itself is seen."""
    assert field._shaped is not None
    label = field._shaped._label
    return str(label["text"]) if label.winfo_viewable() else ""


@pytest.mark.parametrize("mirrored", [True, False])
def test_what_is_typed_is_joined_until_somebody_goes_back_into_it(
    window: Callable[..., Driver], speaking: Callable[[str], None], mirrored: bool
) -> None:
    speaking("ar" if mirrored else "en_US")
    driver = window()
    field, arabic = driver.sell.scan, "قهوة 25"
    field.entry.insert("end", "tea")
    driver.settle()
    assert shown_in(field) == ""  # Tk does that well
    field.entry.delete(0, "end")
    field.entry.insert("end", arabic)
    driver.settle(lambda: shown_in(field) == safe_text(arabic, mirrored=mirrored))
    assert field._shaped is not None
    assert field._shaped._caret.winfo_viewable()
    driver.press("Left")
    driver.settle(lambda: shown_in(field) == "")
    driver.press("End")
    driver.settle(lambda: shown_in(field))
    driver.press("F3")  # the keys go elsewhere: the text stays as it reads, without a cursor
    driver.settle(lambda: shown_in(field) == safe_text(arabic, mirrored=mirrored))
    assert not field._shaped._caret.winfo_viewable()
    assert field.text == arabic


def test_a_password_shows_nothing_of_itself(window: Callable[..., Driver]) -> None:
    driver = window()
    secret = Field(driver.sell.main, "secret", lambda _text: None, secret=True)
    secret.entry.insert("end", "قهوة")
    driver.settle()
    assert not any(isinstance(child, tkinter.Label) and child["text"] for child in secret.entry.winfo_children())


def test_figures_keep_together_in_a_line_from_right_to_left(arabic: None) -> None:
    formats = Formats("ar", "USD")
    line = joined("خصم", formats.money(Money(-180, "USD")), formats.measured(1240, "kg"), "Ana")
    shown = safe_text(line, mirrored=True)
    assert shown.endswith(safe_text("خصم"))
    assert shown.startswith("Ana · 1.240 kg · \u22121.80\xa0US$ · ")


def test_english_comes_back(window: Callable[..., Driver], arabic: None) -> None:
    driver = window()
    words.speak("en_US")
    driver.window.rebuild(driver.window.session)
    driver.settle()
    assert driver.window.rail.winfo_x() == 0
    assert driver.sell.cart.winfo_x() > 0
