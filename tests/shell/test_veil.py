"""What lies behind a dialog is in sight under a veil and out of reach, and itself again when the dialog is gone."""

from __future__ import annotations

import io
import subprocess
import tkinter

import pytest
from PIL import Image

from genesis.kernel.errors import UserError
from genesis.shell.vm.desk import Question
from tests.shell.memory import code


def picture(driver) -> Image.Image:
    driver.settle()
    shown = subprocess.run(
        ["import", "-window", str(driver.window.root.winfo_id()), "png:-"], capture_output=True, check=True
    ).stdout
    return Image.open(io.BytesIO(shown)).convert("RGB")


def ask(driver) -> Question:
    question = Question(driver.desk, "Sure?", "It is asked.", "Yes", lambda: None)
    driver.desk.open(question)
    driver.settle()
    return question


@pytest.mark.parametrize(
    ("screen", "theme"),
    [
        ("sell", "daylight"),
        ("sell", "daylight_dark"),
        ("sell", "contrast"),
        ("payment", "daylight"),
        ("payment", "bistro"),
    ],
)
def test_the_page_is_seen_through_the_veil_and_comes_back_as_it_was(window, till, screen, theme):
    till.add("m:0")
    driver = window(theme=theme)
    driver.window.cashier.opened()
    if screen == "payment":
        driver.desk.key("F12")
    before = picture(driver)
    question = ask(driver)
    behind = picture(driver)
    spot = (before.width // 2 - 20, before.height - 2)  # the page, below every card
    seen = driver.window.kit.theme.veiled("#{:02X}{:02X}{:02X}".format(*before.getpixel(spot)))
    wanted = tuple(int(seen[i : i + 2], 16) for i in (1, 3, 5))
    assert max(abs(a - b) for a, b in zip(behind.getpixel(spot), wanted, strict=True)) <= 2
    assert len(behind.crop((100, 90, 400, 400)).getcolors(1 << 20)) > 20, "tiles or ways to pay are still in sight"
    driver.desk.close(question)
    body = (0, 90, before.width, before.height)  # without the clock, whose minute may have turned
    assert picture(driver).crop(body).tobytes() == before.crop(body).tobytes()


def test_nothing_behind_a_dialog_can_be_touched_or_typed_into(window, till):
    driver = window()
    driver.type("te")
    driver.settle(lambda: driver.window.cashier.hits)
    question = ask(driver)
    where = driver.sell.main.hots["hit.0"].box
    driver._x("mousemove", driver.sell.main.winfo_rootx() + int(where.cx),
              driver.sell.main.winfo_rooty() + int(where.cy), "click", 1)  # fmt: skip
    entry = driver.sell.scan.entry
    driver._x("mousemove", entry.winfo_rootx() + 40, entry.winfo_rooty() + 8, "click", 1)
    driver.type("x")
    assert (till.cart.lines, driver.sell.scan.text, driver.desk.dialogs) == ([], "te", [question])
    driver.press("Escape")
    driver.type("a")
    driver.settle(lambda: driver.sell.scan.text == "tea")


def test_widgets_of_a_plugin_lie_behind_it_too_and_can_be_pressed_again_afterwards(shell):
    driver, _house = shell()
    driver.ready()
    driver.tap("rail.goods.fine")
    view = driver.window.views["goods.fine"]
    pressed = []
    button = tkinter.Button(view, text="Press", command=lambda: pressed.append(1), background="#CC3300")
    button.place(x=20, y=60, width=160, height=60)
    driver.settle(button.winfo_viewable)
    root = driver.window.root
    spot = (button.winfo_rootx() + 12, button.winfo_rooty() + 12)
    inside = (spot[0] - root.winfo_rootx(), spot[1] - root.winfo_rooty())
    assert picture(driver).getpixel(inside) == (0xCC, 0x33, 0x00)
    question = ask(driver)
    behind = picture(driver).getpixel(inside)
    seen = driver.window.kit.theme.veiled("#CC3300")
    wanted = tuple(int(seen[i : i + 2], 16) for i in (1, 3, 5))
    assert max(abs(a - b) for a, b in zip(behind, wanted, strict=True)) <= 2
    driver._x("mousemove", *spot, "click", 1)
    driver._x("key", "--delay", 20, "Tab", "space", "Tab", "space")
    assert (pressed, driver.desk.dialogs) == ([], [question])
    driver.desk.close(question)
    driver.settle()
    driver._x("mousemove", *spot, "click", 1)
    driver.settle(lambda: pressed == [1])


def test_where_no_picture_can_be_taken_the_page_behind_is_a_plain_veil(shell, monkeypatch):
    driver, _house = shell()
    driver.ready()
    driver.tap("rail.goods.fine")
    monkeypatch.setattr("PIL.ImageGrab.grab", refuse)
    ask(driver)
    corner = picture(driver).getpixel((driver.window.root.winfo_width() - 2, 2))
    seen = driver.window.kit.theme.veiled(driver.window.kit.theme.color.app)
    assert max(abs(a - int(seen[i : i + 2], 16)) for a, i in zip(corner, (1, 3, 5), strict=True)) <= 2


def refuse(*_arguments, **_options):
    raise OSError("this system shows nobody its screen")


def test_the_dialog_below_another_lies_behind_it(window, till):
    driver = window()
    driver.scan(code(0))
    driver.press("F6")
    below = driver.window.sheets[driver.desk.top]
    question = ask(driver)
    assert [pane.veiled for pane in below.panes] == [True]
    driver.desk.close(question)
    driver.settle(lambda: not below.panes[0].veiled)


def test_the_card_grows_with_what_it_says(window, till):
    driver = window()
    question = ask(driver)
    sheet = driver.window.sheets[question]
    before = sheet.winfo_height()
    question.refuse(UserError("it cannot be", "ask for something else"))
    driver.settle(lambda: sheet.winfo_height() > before)
    assert abs(sheet.winfo_y() + sheet.winfo_height() / 2 - driver.window.root.winfo_height() / 2) <= 1
