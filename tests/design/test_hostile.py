"""Design files that mean harm, or are only wrong: refused by name, or made harmless; nothing of them is ever run."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from genesis import UserError
from genesis.design import adopt
from genesis.design.bring import run_tool
from tests.design import drawing
from tests.design.conftest import screen

PWNED = "__import__('pathlib').Path('pwned').touch()"
TEXTS = [
    f'"); {PWNED} #',
    f'" + {PWNED} + "',
    "'''\"\"\"\\",
    "\\N{BULLET} \\x41 \\u0041 {0} %s ${x}",
    "{{ 7 * 7 }}{% include 'x' %}{{ ''.__class__.__mro__ }}",
    "back\\slash at the end\\",
    "Grüße, 你好 שלום 🍎",
    "</script><!-- -->",
]
PLACE = (800.0, 20.0, 300.0, 30.0)


@pytest.mark.parametrize("case", ["ORIGINAL", "UPPER"])
def test_a_text_stays_the_text_it_is(bring, theme, tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    texts = [drawing.text(words, (800, 20 + 40 * i, 300, 30), textCase=case) for i, words in enumerate(TEXTS)]
    assert bring(drawing.file(drawing.payment(*texts)))[0] == 0
    kept = [item["text"] for item in screen(theme)["layouts"][0]["items"] if item["kind"] == "text"]
    assert kept == [words.upper() if case == "UPPER" else words for words in TEXTS]
    assert not list(tmp_path.rglob("pwned"))


def test_control_characters_and_endless_texts_are_cut(bring, theme):
    node = drawing.text("a\x00b\u202ec\nd\te" + "x" * 400, PLACE)
    assert bring(drawing.file(drawing.payment(node)))[0] == 0
    text = screen(theme)["layouts"][0]["items"][-1]["text"]
    assert (text[:7], len(text)) == ("abc d e", 200)


def test_names_and_fonts_that_hold_code_go_no_further(bring, theme, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = f'Rectangle"); {PWNED}; ("'
    nodes = [
        drawing.rect(evil, (800, 100, 50, 50), "#FFFFFF"),
        drawing.text("Hello", PLACE, fontFamily=evil, fontPostScriptName=evil),
        drawing.group(evil, (800, 200, 50, 50), drawing.rect("x", (800, 200, 50, 50), "#FFFFFF")),
    ]
    code, _out, err = bring(drawing.file(drawing.payment(*nodes)))
    assert (code, "is not shipped: Inter is used" in err) == (0, True)
    assert "__import__" not in (theme / "screens/payment.json").read_text()
    assert not list(tmp_path.rglob("pwned"))


def _with(**more):
    return drawing.file(drawing.payment(drawing.rect("odd", PLACE, "#FFFFFF") | more))


def _deep(levels):
    node = drawing.rect("core", PLACE, "#FFFFFF")
    for _ in range(levels):
        node = drawing.group("g", PLACE, node)
    return drawing.file(drawing.payment(node))


BAD = {
    "an unknown action": (drawing.file(drawing.payment(drawing.button("till.empty", PLACE))), "known are: payment.back, "),
    "a button without action": (drawing.file(drawing.payment(drawing.rect("Button", PLACE, "#FFFFFF"))), "names no button"),
    "an unknown slot": (drawing.file(drawing.payment(drawing.rect("Slot: secrets", PLACE, "#FFFFFF"))), "slot.tenders"),
    "an unknown screen": (drawing.file(drawing.payment(name="kiosk")), "payment, sign_in"),
    "no frame": (drawing.file(), "has no frame"),
    "a slot twice": (
        drawing.file(drawing.payment(drawing.rect("Slot: due", PLACE, "#FFFFFF"))),
        "slot.due is there twice",
    ),
    "a hidden button": (
        drawing.file(drawing.payment(drawing.button("amount.exact", (300, 320, 60, 60)))),
        "slot.keypad and amount.exact overlap",
    ),
    "a tiny button": (drawing.file(drawing.payment(drawing.button("amount.exact", (800, 20, 30, 30)))), "too small"),
    "a button outside": (
        drawing.file(drawing.payment(drawing.button("amount.exact", (1260, 20, 60, 60)))),
        "amount.exact lies outside",
    ),
    "a layer left of the frame": (_with(absoluteBoundingBox={"x": -50, "y": 0, "width": 9, "height": 9}), "lies outside"),
    "a faint text": (drawing.file(drawing.payment(drawing.text("Psst", PLACE, "#D0D0D0"))), "a contrast of 1.35 < 4.5"),
    "an unknown icon": (
        drawing.file(drawing.payment(drawing.group("Button: amount.exact", (*PLACE[:3], 60), drawing.layer("Icon: pwn", "VECTOR", PLACE)))),
        "no icon 'pwn'",
    ),
    "a gradient": (_with(fills=[{"type": "GRADIENT_LINEAR", "gradientStops": []}]), "is filled with GRADIENT_LINEAR"),
    "a shape": (_with(type="ELLIPSE"), "(ELLIPSE) cannot be drawn"),
    "a turned layer": (_with(rotation=0.7), "is turned"),
    "a layer without place": (_with(absoluteBoundingBox=None), "has no place"),
    "a huge layer": (_with(absoluteBoundingBox={"x": 0, "y": 0, "width": 1e9, "height": 1}), "is not a Figma file"),
    "a text for a number": (_with(cornerRadius='0); import os; ("'), "is not a Figma file"),
    "an id that is a path": (_with(id="../../etc/passwd?x=1&ids=2"), "has the id"),
    "an endless colour": (_with(fills=[{"type": "SOLID", "color": {"r": 7e5}}]), "is not a Figma file"),
    "layers in layers": (_deep(60), "nested too deeply"),
    "layers without end": (b'{"document": ' + b'{"name":"","type":"","children":[' * 30_000, "nested too deeply"),
    "too many layers": (drawing.file(drawing.payment(*[drawing.rect("r", PLACE, "#FFFFFF")] * 3_100)), "more than 3000 layers"),
    "no JSON": (b"<html>", "is not a Figma file"),
    "another JSON": (b'{"err": "Not found"}', "is not a Figma file"),
    "not-a-number": (b'{"document": {"name": "x", "type": "y", "rotation": NaN}}', "is not a Figma file"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_with_what_is_wrong_and_nothing_is_written(bring, theme, what):
    node, said = BAD[what]
    code, out, err = bring(deepcopy(node))
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not (theme / "screens").exists()


def test_a_screen_that_is_there_stays_when_the_next_import_is_refused(bring, theme):
    assert bring(drawing.file(drawing.payment()))[0] == 0
    before = (theme / "screens/payment.json").read_bytes()
    assert bring(BAD["a hidden button"][0])[0] == 1
    assert (theme / "screens/payment.json").read_bytes() == before


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """What Tkinter Designer itself writes, given a document as Figma has it, without the pass before."""
    folder = tmp_path_factory.mktemp("tool")
    place = (10.0, 20.0, 200.0, 60.0)
    children = [
        drawing.rect("Button", place, "#FFFFFF"),
        drawing.rect("TextBox", place, "#FFFFFF"),
        drawing.rect("Image", place, "#FFFFFF"),
        drawing.rect("r", place, "#123456"),
        drawing.text("Hello", place),
    ]
    (folder / "file.json").write_text(json.dumps(drawing.file(drawing.frame("f", (0, 0, 640, 480), *children))))
    run_tool(folder)
    return (folder / "gui.py").read_text()


def test_what_the_tool_writes_is_read_as_it_stands(generated):
    code = adopt.read(generated, "f")
    assert (code.w, code.h) == (640, 480)
    assert [(e.kind, e.x, e.y, e.w, e.h, e.text) for e in code.elements] == [
        ("button", 10, 20, 200, 60, ""),
        ("field", 10, 20, 200, 60, ""),
        ("image", 110, 50, None, None, ""),
        ("rect", 10, 20, 200, 60, ""),
        ("text", 10, 20, None, None, "Hello"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("window = Tk()", "window = Tk(); import os"),
        ("window = Tk()", PWNED),
        ('text="Hello"', f"text={PWNED}"),
        ('text="Hello"', 'text=f"{1}"'),
        ('print("button_1 clicked")', 'exec("button_1 clicked")'),
        ("    x=10.0,", "    x=exit(),"),
        ("canvas.create_text(\n    10.0", 'canvas.create_text(\n    eval("1")'),
        ("button_1.place", "button_2.place"),
        ("window.mainloop()", "window.mainloop()\nquit()"),
        ("import Tk,", "import Tk, TclError,"),
        ('relative_to_assets("button_1.png")', 'relative_to_assets("/etc/passwd")'),
    ],
)  # fmt: skip
def test_code_that_no_design_becomes_is_refused_with_its_line(generated, tmp_path, monkeypatch, old, new):
    monkeypatch.chdir(tmp_path)
    assert generated.count(old) >= 1
    with pytest.raises(UserError, match=r"f, line \d+: ") as refused:
        adopt.read(generated.replace(old, new, 1), "f")
    assert refused.value.remedy.startswith("nothing was imported")
    assert list(tmp_path.iterdir()) == []


def test_code_that_breaks_off_is_refused(generated):
    for cut in range(0, len(generated), 97):
        with pytest.raises(UserError):
            adopt.read(generated[:cut], "f")
