"""Screens that a theme designed, on real windows: what is touched is what was drawn, and no fault stops a sale."""

from __future__ import annotations

import json

import pytest

from genesis import UserError
from genesis.design.bring import bring
from genesis.design.source import LocalFile
from genesis.shell import words
from genesis.shell.designed import SURFACES
from genesis.shell.session import Look
from genesis.shell.vm.sign_in import Door
from tests.design import drawing
from tests.shell.memory import code

SLOTS = {"tenders": (150, 200), "presets": (300, 40), "keypad": (280, 180), "amount": (200, 40), "due": (120, 30),
         "change": (120, 30)}  # fmt: skip


@pytest.fixture
def design(tmp_path):
    """`design(frame, ...)`: import frames into a theme of their own; returns its look."""

    def make(*frames, **theme):
        (tmp_path / "theme.json").write_text(json.dumps({"name": "Drawn"} | theme))
        (tmp_path / "file.json").write_text(json.dumps(drawing.file(*frames)))
        bring(LocalFile(tmp_path / "file.json"), tmp_path)
        return Look("drawn", "Drawn", tmp_path / "theme.json")

    return make


def to_pay(driver, item=0):
    driver.desk.scan(code(item))
    driver.press("F12")
    driver.settle(lambda: driver.desk.screen == "payment" and driver.window.views["payment"].main.hots)


def click(driver, *places):
    root, steps = driver.window.root, []
    for x, y in places:
        steps += ["mousemove", root.winfo_rootx() + round(x), root.winfo_rooty() + round(y), "click", 1]
    driver._x(*steps)


@pytest.mark.parametrize(("seed", "size"), [(11, (1024, 600)), (12, (1920, 1080))])
def test_a_click_where_the_designer_put_a_button_does_what_the_button_is_called(
    window, till, design, monkeypatch, seed, size
):
    actions = list(SURFACES["payment"].actions)
    node, places = drawing.by_chance(seed, actions, SLOTS)
    driver = window(size=size, theme="drawn", more=(design(node),))
    to_pay(driver)
    vm, fired = driver.window.payment, []
    monkeypatch.setattr(driver.desk, "dispatch", lambda action, _owner=None: fired.append(action))
    monkeypatch.setattr(vm, "press", lambda symbol: fired.append(f"amount.{'point' if symbol == '.' else symbol}"))
    monkeypatch.setattr(vm, "give", lambda amount: fired.append("amount.exact" if amount == vm.asked else "wrong"))
    larger = min(size[0] / 1280, size[1] / 800)
    vm.changed()
    driver.settle()
    middles = [(x + width / 2, y + height / 2) for x, y, width, height in (places[action] for action in actions)]
    click(driver, *((x * larger, y * larger) for x, y in middles))
    possible = {"payment.back", "payment.complete", "payment.receipt", *(f"payment.method.{n}" for n in (1, 2, 3))}
    now = possible | {action for action in actions if action.startswith("amount.")}
    assert fired == [action for action in actions if action in now]


def test_every_key_works_as_on_the_built_in_screen_and_so_does_touch(window, till, design):
    driver = window(theme="drawn", more=(design(drawing.payment()),))
    to_pay(driver)
    driver.press("2", "5", "BackSpace", "0", "Escape")
    assert driver.desk.screen == "sell"
    driver.press("F12", "2", "0", "Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert (till.last_receipt().tendered.minor, till.last_receipt().change.minor) == (2000, 2000 - 367)
    driver.press("Return")
    to_pay(driver)
    driver.press("1", "alt+3")
    driver.settle(lambda: till.cart.paid)
    assert [(paid.text, paid.amount.minor) for paid in till.cart.paid] == [("Voucher", 100)]
    driver.press("alt+1")
    driver.tap("preset.exact")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert till.last_receipt().total.minor == 367


def shown(driver, screen="payment"):
    pane = driver.window.views[screen].main
    texts = [pane.itemcget(item.number, "text") for item in pane._items.values() if item.kind == "text"]
    return " | ".join(texts)


def test_the_live_texts_tell_what_is_due_typed_and_given_back(window, till, design):
    said = drawing.group("Slot: said", (600, 20, 300, 30), drawing.text("sample", (600, 20, 300, 30)))
    driver = window(theme="drawn", more=(design(drawing.payment(said)),))
    to_pay(driver)
    driver.press("5")
    assert "Cash received" in shown(driver)
    for text in ("$5", "$3.67", "Change $1.33"):
        assert text in shown(driver)
    assert "sample" not in shown(driver)


def test_a_refund_never_wears_a_word_of_the_design(window, till, design):
    done = drawing.button("payment.complete", (300, 700, 300, 60), "Pay now!")
    driver = window(theme="drawn", more=(design(drawing.payment(done)),))
    to_pay(driver)
    assert "Pay now!" in shown(driver)
    driver.press("Return")
    number = next(reversed(till.sold))
    driver.press("Return", "F9")
    driver.desk.scan(number)
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "payment")
    assert "Give back $3.67" in shown(driver)
    assert "Pay now!" not in shown(driver)
    driver.tap("do.payment.complete")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert till.last_receipt().total.minor == -367


def test_a_terminal_that_is_waited_for_can_be_stopped_and_the_rest_cannot_be_touched(window, till, design):
    stop = drawing.button("payment.stop", (800, 300, 200, 60))
    exact = drawing.button("amount.exact", (800, 400, 200, 60), "Genau")
    driver = window(theme="drawn", more=(design(drawing.payment(stop, exact)),))
    till.polls = 10_000
    to_pay(driver)
    main = driver.window.views["payment"].main
    assert (main.hots["do.payment.stop"].enabled, main.hots["do.amount.exact"].enabled) == (False, True)
    driver.press("alt+2")
    driver.settle(lambda: driver.window.payment.waiting is not None and main.hots["do.payment.stop"].enabled)
    assert not any(main.hots[key].enabled for key in ("do.payment.back", "do.amount.exact", "pad.enter", "method.cash"))
    assert "stop" in main.hots  # in the place of the presets, whatever else a design has
    driver.tap("do.payment.stop")
    driver.settle(lambda: "stop" in till.calls[-1])


def test_a_way_to_pay_says_its_own_name_and_what_is_not_there_cannot_be_touched(window, till, design):
    second = drawing.button("payment.method.2", (800, 300, 200, 60), "Beer")
    ninth = drawing.button("payment.method.9", (800, 400, 200, 60), "Cheque")
    driver = window(theme="drawn", more=(design(drawing.payment(second, ninth)),))
    to_pay(driver)
    hots = driver.window.views["payment"].main.hots
    assert (hots["do.payment.method.2"].name, hots["do.payment.method.2"].enabled) == ("Card", True)
    assert not hots["do.payment.method.9"].enabled


def test_captions_are_said_in_the_language_of_the_screens(window, till, design, tmp_path):
    due = drawing.text("To be paid", (800, 20, 200, 30))
    look = design(drawing.payment(due))
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "de.po").write_text(
        head + 'msgid "To be paid"\nmsgstr "Zu zahlen"\n\nmsgid "Back"\nmsgstr "Zum Korb"\n'
    )
    words.speak("de", [tmp_path])
    try:
        driver = window(theme="drawn", more=(look,))
        to_pay(driver)
        assert "Zu zahlen" in shown(driver)
        assert "Zurück" in shown(driver)  # what the shell says itself, a theme cannot change
    finally:
        words.speak("en_US")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda screen: screen[:-20], "truncated"),
        (lambda screen: screen.replace('"payment.back"', '"till.empty"'), "till.empty"),
        (lambda screen: screen.replace('"slot.due"', '"slot.detail"'), "slot.due is missing"),
        (lambda screen: screen.replace('"kind":"button"', '"kind":"script"'), "script"),
        (lambda screen: screen.replace('"h":360', '"h":900'), "lies outside"),
        (lambda screen: screen.replace('"ink":"text"', '"ink":"surface"'), "contrast"),
    ],
)
def test_a_broken_layout_gives_way_to_the_built_in_screen_and_the_sale_goes_on(
    window, till, design, caplog, damage, why
):
    look = design(drawing.payment())
    path = look.path.parent / "screens/payment.json"
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    caplog.set_level("WARNING", "genesis.shell")
    driver = window(theme="drawn", more=(look,))
    assert "cannot be used: the usual one is shown" in driver.desk.toast.text
    assert why in caplog.text
    to_pay(driver)
    assert "pad.enter" in driver.window.views["payment"].main.hots
    assert not any(key.startswith("do.") for key in driver.window.views["payment"].main.hots)
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")
    assert till.last_receipt().total.minor == 367


def test_a_picture_that_breaks_while_the_till_runs_stops_no_payment(window, till, design, tmp_path):
    (tmp_path / "assets").mkdir()
    drawing_of_us = drawing.layer("Image: us", "RECTANGLE", (900, 20, 60, 40))
    from PIL import Image

    Image.new("RGB", (60, 40), "#00AA00").save(tmp_path / "assets/us.png")
    look = design(drawing.payment(drawing_of_us))
    driver = window(theme="drawn", more=(look,))
    (tmp_path / "screens/assets/us.png").write_bytes(b"broken")
    to_pay(driver)
    driver.settle(lambda: driver.desk.toast is not None)
    assert "cannot be used: the usual one is shown" in driver.desk.toast.text
    hots = driver.window.views["payment"].main.hots
    assert "pad.enter" in hots
    assert "do.payment.back" not in hots
    driver.press("Return")
    driver.settle(lambda: driver.desk.screen == "receipt")


def test_a_window_that_no_layout_fits_shows_the_built_in_screen_without_a_word(window, till, design):
    driver = window(size=(800, 500), theme="drawn", more=(design(drawing.payment()),))
    to_pay(driver)
    assert driver.desk.toast is None
    assert "pad.enter" in driver.window.views["payment"].main.hots
    driver.window.root.geometry("1280x800")
    driver.settle(lambda: "do.payment.back" in driver.window.views["payment"].main.hots)


@pytest.mark.parametrize("language", ["en_US", "ar"])
def test_a_toast_stands_in_the_place_that_the_design_has_for_it_in_every_language(window, till, design, language):
    place = drawing.rect("Slot: notice", (800, 700, 400, 60), "#F0F0F0")
    look = design(drawing.payment(place))
    words.speak(language)
    try:
        driver = window(theme="drawn", more=(look,))
        to_pay(driver)
        driver.desk.say("Look here")
        driver.settle(lambda: driver.window.toast.winfo_ismapped())
        toast = driver.window.toast
        assert (toast.winfo_x(), toast.winfo_y(), toast.winfo_width(), toast.winfo_height()) == (800, 700, 400, 60)
        click(driver, (88, 36))  # the back button is where it was drawn
        assert driver.desk.screen == "sell"
    finally:
        words.speak("en_US")


def test_at_twice_the_scale_a_button_is_drawn_anew_and_not_enlarged(window, till, design):
    small = drawing.frame("payment: small", (0, 2000, 640, 400), *(
        drawing.rect(f"Slot: {slot}", (x, 2000 + y, w, h), "#FFFFFF")
        for slot, (x, y, w, h) in {"tenders": (10, 60, 160, 300), "presets": (180, 100, 320, 44), "keypad": (180, 150, 320, 240), "amount": (180, 60, 120, 30), "due": (310, 60, 90, 30), "change": (410, 60, 90, 30)}.items()
    ), drawing.button("payment.back", (10, 2008, 120, 44), "Back"))  # fmt: skip
    driver = window(size=(1280, 800), scale=2.0, theme="drawn", more=(design(drawing.payment(), small),))
    to_pay(driver)
    pane = driver.window.views["payment"].main
    picture = pane._items["do.payment.back"].keep
    assert (picture.width(), picture.height()) == (240, 88)
    assert pane.bbox(pane._items["do.payment.back.text"].number)[3] > 30  # 16 units, twice as high
    click(driver, (2 * 70, 2 * 30))
    assert driver.desk.screen == "sell"


def test_somebody_signs_in_on_a_door_of_the_theme(window, till, design):
    door = drawing.frame(
        "sign_in",
        (0, 0, 1280, 800),
        drawing.rect("TextBox: sign_in.name", (440, 300, 400, 52), "#FFFFFF"),
        drawing.rect("TextBox: sign_in.secret", (440, 370, 400, 52), "#FFFFFF"),
        drawing.button("sign_in.enter", (440, 440, 400, 52), "Open the shop"),
        drawing.rect("Slot: error", (440, 510, 400, 30), "#F0F0F0"),
        drawing.rect("Slot: people", (440, 100, 400, 160), "#F0F0F0"),
    )
    tried = []

    def enter(name, secret):
        tried.append((name, secret))
        raise UserError("that is not right")

    look = design(door, color={})
    driver = window(theme="drawn", more=(look,), sign_in=Door(enter, (("kim", "Kim"), ("olga", "Olga"))), ready=False)
    driver.window.root.focus_force()
    driver.settle(lambda: "sign_in" in driver.window.views and driver.window.views["sign_in"].main.hots)
    view = driver.window.views["sign_in"]
    driver.tap("person.kim")
    driver.settle(lambda: driver.window.root.focus_get() is view.secret.entry)
    driver.type("abc")
    click(driver, (640, 466))
    driver.settle(lambda: tried)
    assert tried == [("kim", "abc")]
    assert "Open the shop" in shown(driver, "sign_in")
    assert "That is not right" in shown(driver, "sign_in")
    driver.type("x")
    driver.press("Return")
    assert tried[1:] == [("kim", "x")]
