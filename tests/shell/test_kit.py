"""The kit on a real window: drawing by key, touch, fonts, fields and the virtual table."""

from __future__ import annotations

import tkinter
from collections.abc import Iterator

import pytest
from PIL import Image

from genesis.shell.kit import fonts, icons, styles, surfaces, theme
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import PICTURES, Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.surfaces import Look
from genesis.shell.tasks import Tasks
from tests.shell.geometry import faults


@pytest.fixture
def kit(display: str) -> Iterator[Kit]:
    fonts.load_private(fonts.prepare())
    root = tkinter.Tk()
    root.geometry("800x600")
    failed: list[BaseException] = []
    root.report_callback_exception = lambda _kind, error, _trace: failed.append(error)
    kit = Kit(root, theme.load(theme.BASE), 1.0)
    styles.apply(kit)
    yield kit
    root.update_idletasks()
    root.destroy()
    assert failed == []


def shown(kit: Kit, draw: object, wide: int = 400, high: int = 300) -> Pane:
    pane = Pane(kit.root, kit, draw)  # type: ignore[arg-type]
    pane.place(x=0, y=0, width=wide, height=high)
    kit.root.update()
    return pane


def test_our_fonts_are_found_by_name_and_figures_have_one_width(kit):
    families = set(tkinter.font.families(kit.root))
    assert {fonts.family(face, weight) for face, weight in fonts.weights()} <= families
    widths = {kit.fonts["num_strong"].measure(digit) for digit in "0123456789"}
    assert len(widths) == 1


def test_fonts_are_cut_once_and_only_once(tmp_path):
    first = fonts.prepare(tmp_path, {("num", 500)})
    assert first[0] == tmp_path / "num-500.ttf"
    assert all(path.exists() for path in first)
    cut = first[0].stat().st_mtime_ns
    assert fonts.prepare(tmp_path, {("num", 500)}) == first
    assert first[0].stat().st_mtime_ns == cut
    assert [path.name for path in tmp_path.iterdir()] == ["num-500.ttf"]


def test_text_is_cut_to_its_room_and_broken_at_blanks(kit):
    text = "Free-range eggs from the farm next door"
    cut = kit.fonts.fit("name", text, 120)
    assert cut.endswith("…")
    assert kit.fonts["name"].measure(cut) <= 120
    assert kit.fonts.fit("name", "Tea", 120) == "Tea"
    lines = kit.fonts.wrap("name", text, 120, 3)
    assert len(lines) == 3
    assert all(kit.fonts["name"].measure(line) <= 120 for line in lines)
    assert kit.fonts.wrap("name", "one\ntwo", 120, 5) == ["one", "two"]


def test_only_what_differs_reaches_tk_and_what_is_gone_is_deleted(kit):
    words = {"a": "one", "b": "two"}

    def draw(p: Pane) -> None:
        p.clear("#FFFFFF")
        for i, (key, word) in enumerate(words.items()):
            p.text(key, 10, 20 + 30 * i, word, "name", "#000000")

    pane = shown(kit, draw)
    before = {key: item.number for key, item in pane._items.items()}
    words["b"] = "three"
    pane.redraw()
    assert {key: item.number for key, item in pane._items.items()} == before
    assert pane.itemcget(before["b"], "text") == "three"
    del words["a"]
    words["c"] = "four"
    pane.redraw()
    assert set(pane._items) == {"b", "c"}
    assert before["a"] not in pane.find_all()


def test_the_order_of_the_drawing_is_the_order_on_the_screen(kit):
    keys = ["a", "c"]

    def draw(p: Pane) -> None:
        p.clear("#FFFFFF")
        for key in keys:
            p.rect(key, Box(0, 0, 10, 10), "#000000")

    pane = shown(kit, draw)
    keys[:] = ["a", "b", "c"]
    pane.redraw()
    numbers = [pane._items[key].number for key in keys]
    assert list(pane.find_all()) == numbers


def test_no_raw_emoji_reaches_a_canvas(kit):
    pane = shown(kit, lambda p: p.text("a", 10, 10, "Beer 🍺", "name", "#000000"))
    assert pane.itemcget(pane._items["a"].number, "text") == "Beer □"


def test_a_press_acts_on_release_inside_only_and_not_when_disabled(kit):
    ran: list[str] = []

    def draw(p: Pane) -> None:
        p.hot("under", Box(0, 0, 200, 200), lambda: ran.append("under"), "Under")
        p.hot("over", Box(50, 50, 50, 50), lambda: ran.append("over"), "Over")
        p.hot("dead", Box(250, 0, 50, 50), lambda: ran.append("dead"), "Dead", enabled=False)

    pane = shown(kit, draw)
    for press, release in (((60, 60), (60, 60)), ((10, 10), (12, 12)), ((60, 60), (10, 10)), ((260, 10), (260, 10))):
        pane.event_generate("<ButtonPress-1>", x=press[0], y=press[1])
        pane.event_generate("<B1-Motion>", x=release[0], y=release[1])
        pane.event_generate("<ButtonRelease-1>", x=release[0], y=release[1])
        kit.root.update()
    assert ran == ["over", "under"]


def test_a_drag_scrolls_and_presses_nothing(kit):
    ran: list[int] = []
    moved: list[float] = []
    pane = shown(kit, lambda p: p.hot("row", Box(0, 0, 200, 200), lambda: ran.append(1), "Row"))
    pane.on_scroll = moved.append
    pane.event_generate("<ButtonPress-1>", x=10, y=100)
    for y in (96, 80, 60):
        pane.event_generate("<B1-Motion>", x=10, y=y)
    pane.event_generate("<ButtonRelease-1>", x=10, y=60)
    kit.root.update()
    assert ran == []
    assert sum(moved) == 40


def test_the_checks_of_the_geometry_test_can_fail(kit):
    def draw(p: Pane) -> None:
        p.text("one", 10, 20, "over", "name", "#000000")
        p.text("two", 14, 20, "lap", "name", "#000000")
        p.text("out", 390, 100, "leaves its pane", "name", "#000000")
        p.text("x.price", 10, 150, "$1,234.56", "price", "#000000", "w", 20)
        p.hot("small", Box(0, 200, 20, 48), list, "Small")
        p.hot("nameless", Box(100, 200, 48, 48), list, "")
        p.hot("a", Box(200, 200, 60, 60), list, "A")
        p.hot("b", Box(240, 220, 60, 60), list, "B")

    text = "\n".join(faults("pane", shown(kit, draw), 48))
    for part in (
        "lies on",
        "leaves its pane",
        "is cut to",
        "small is too small",
        "nameless has no name",
        "a and b overlap",
    ):
        assert part in text


def test_pictures_are_kept_within_a_limit_and_stay_alive_while_shown(kit):
    def draw(p: Pane) -> None:
        p.surface("s", Box(10, 10, 50, 50), 8, "#123456", None, "#FFFFFF")

    pane = shown(kit, draw)
    name = pane.itemcget(pane._items["s"].number, "image")
    for i in range(PICTURES + 5):
        kit.picture(i, lambda: Image.new("RGB", (1, 1)))
    assert len(kit._pictures) == PICTURES
    assert name in kit.root.image_names()


def test_a_surface_is_opaque_round_and_bordered():
    picture = surfaces.paint(Look(100, 60, 12, "#FFFFFF", "#00FF00", "#FF0000", 2, None, (20, "#0000FF", None)))
    assert picture.mode == "RGB"
    assert picture.size == (100, 60)
    assert picture.getpixel((0, 0)) == (0, 255, 0)
    assert picture.getpixel((50, 0)) == (255, 0, 0)
    assert picture.getpixel((50, 10)) == (0, 0, 255)
    assert picture.getpixel((50, 19)) == (0, 0, 255)
    assert picture.getpixel((50, 21)) == (255, 255, 255)
    corner = picture.getpixel((3, 3))
    assert corner not in {(0, 255, 0), (255, 0, 0)}  # anti-aliased between the two


def test_a_shadow_needs_its_margin():
    look = Look(40, 40, 8, "#FFFFFF", "#EEEEEE", None, 1, ("#000000", 0.5, 3))
    picture = surfaces.paint(look)
    pad = surfaces.margin(look)
    assert picture.size == (40 + 2 * pad, 40 + 2 * pad)
    assert picture.getpixel((pad + 20, pad + 41)) != (0xEE, 0xEE, 0xEE)
    assert picture.getpixel((0, 0)) == (0xEE, 0xEE, 0xEE)


def test_every_icon_the_shell_names_is_in_the_font():
    import re
    from pathlib import Path

    import genesis.shell

    named: set[str] = set()
    for path in Path(genesis.shell.__file__).parent.rglob("*.py"):
        text = path.read_text()
        named |= set(re.findall(r'icon="([a-z0-9-]+)"', text))
        named |= set(re.findall(r'\.icon\([^,]+, "([a-z0-9-]+)"', text))
        named |= set(re.findall(r'Command\([^()]*(?:\([^()]*\))?[^()]*, "([a-z0-9]+(?:-[a-z0-9]+)*)"', text))
    named = {name for name in named if "." not in name}
    assert len(named) > 25
    assert [name for name in sorted(named) if not icons.exists(name)] == []
    assert icons.paint("no such icon", 24, "#000000", "#FFFFFF").size == (24, 24)


def test_a_field_tells_what_is_written_at_once_and_not_what_it_was_given(kit):
    told: list[str] = []
    pane = Pane(kit.root, kit, lambda _p: field.draw(Box(10, 10, 300, 48), "Hint"))
    field = Field(pane, "field", told.append)
    pane.place(x=0, y=0, width=400, height=200)
    kit.root.update()
    field.write("given 🍺")
    assert field.text == "given □"
    assert told == []
    field.entry.insert("end", "!")
    assert told == ["given □!"]
    assert not field._hint.winfo_ismapped()
    field.write("")
    kit.root.update()
    assert field._hint.winfo_ismapped()


def test_a_text_that_comes_back_in_capitals_leaves_the_cursor_where_it_is(kit):
    field = Field(Pane(kit.root, kit, lambda _p: None), "field", lambda text: field.write(text.upper()))
    field.write("R1")
    field.entry.icursor(0)
    for char in "till":
        field.entry.insert("insert", char)
    assert field.text == "TILLR1"


def test_work_comes_back_on_the_thread_of_the_window_and_faults_too(kit):
    import threading

    here = threading.get_ident()
    told: list[object] = []
    tasks = Tasks(kit.root)
    gate = threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    tasks.submit(
        threading.get_ident, lambda ident: told.append(("done", ident != here, threading.get_ident() == here)), print
    )
    tasks.submit(fail, print, lambda error: told.append(type(error)))
    while len(told) < 2:
        kit.root.update()
    assert ("done", True, True) in told
    assert ZeroDivisionError in told
    tasks.submit(lambda: gate.wait(5), lambda _r: told.append("late"), print)
    tasks.drop()
    gate.set()
    while tasks._under_way:
        kit.root.update()
    assert "late" not in told
    assert tasks._timer == ""  # nothing under way, no timer
    tasks.close()


def test_a_timer_of_a_screen_that_is_gone_does_nothing(kit):
    told: list[str] = []
    tasks = Tasks(kit.root)
    tasks.later(1, lambda: told.append("gone"))
    tasks.drop()
    tasks.later(1, lambda: told.append("here"))
    while not told:
        kit.root.update()
    assert told == ["here"]
    tasks.close()
