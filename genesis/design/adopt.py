"""Reads what Tkinter Designer wrote, without ever running it: a syntax tree of a few known shapes, or a refusal."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from genesis.kernel.errors import UserError

NUMBER = (int, float)
SMOOTH = 1.0  # design units that halving a picture may shift its middle by


class Element(NamedTuple):
    """What a piece of code places. w, h: None where the code leaves the size to a picture."""

    kind: str
    x: float
    y: float
    w: float | None = None
    h: float | None = None
    text: str = ""
    fill: str = ""
    size: int = 0


class Code(NamedTuple):
    """A window as Tkinter Designer describes it."""

    w: int
    h: int
    elements: list[Element]


def read(code: str, file: str) -> Code:
    """Read a generated file; raises UserError with the line of anything that does not belong there."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError) as wrong:
        raise _refusal(file, getattr(wrong, "lineno", 0) or 0, "is no code") from None
    return _Reader(file).window(body)


def _refusal(file: str, line: int, what: str) -> UserError:
    return UserError(f"{file}, line {line}: {what}", "nothing was imported; the design holds what cannot be drawn")


FRAME = (  # what stands around the elements, as it is written when parsed and printed again
    r"from pathlib import Path",
    r"from tkinter import Tk, Canvas, Entry, Text, Button, PhotoImage",
    r"OUTPUT_PATH = Path\(__file__\)\.parent",
    r"ASSETS_PATH = OUTPUT_PATH / Path\('[^'\n]*'\)",
    r"def relative_to_assets\(path: str\) -> Path:\n    return ASSETS_PATH / Path\(path\)",
    r"window = Tk\(\)",
    r"window\.geometry\('(\d+)x(\d+)'\)",
    r"window\.configure\(bg='#[0-9A-F]{6}'\)",
    r"canvas = Canvas\(window, bg='#[0-9A-F]{6}', height=\d+, width=\d+, bd=0, highlightthickness=0, relief='ridge'\)",
    r"canvas\.place\(x=0, y=0\)",
)
END = (r"window\.resizable\(False, False\)", r"window\.mainloop\(\)")
NUM = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
PLACE = rf"x=({NUM}), y=({NUM}), width=({NUM}), height=({NUM})"
RECT = re.compile(
    rf"canvas\.create_rectangle\(({NUM}), ({NUM}), ({NUM}), ({NUM}), fill='(#[0-9A-F]{{6}})', outline=''\)"
)
PHOTO = re.compile(r"(\w+)_image_(\d+) = PhotoImage\(file=relative_to_assets\('\1_\2\.png'\)\)")
BUTTON = re.compile(
    r"button_(\d+) = Button\(image=button_image_\1, borderwidth=0, highlightthickness=0, "
    r"command=lambda: print\('button_\1 clicked'\), relief='flat'\)"
)
PICTURE = re.compile(
    rf"(?:image|entry_bg)_(\d+) = canvas\.create_image\(({NUM}), ({NUM}), image=(image|entry)_image_\1\)"
)
ENTRY = re.compile(r"entry_(\d+) = Entry\(bd=0, bg='#[0-9A-F]{6}', fg='#000716', highlightthickness=0\)")
PLACED = re.compile(rf"(button|entry)_(\d+)\.place\({PLACE}\)")


class _Reader:
    """Takes one statement after another; each must be one of the shapes above, in the order of the template."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._elements: list[Element] = []
        self._expected: list[tuple[str, str]] = []  # what must come next: (shape, number)

    def window(self, body: list[ast.stmt]) -> Code:
        """Return the window that the statements describe."""
        head, middle, end = body[: len(FRAME)], body[len(FRAME) : -len(END)], body[-len(END) :]
        size = (0, 0)
        for pattern, found in ((FRAME, head), (END, end)):
            for shape, statement in zip(pattern, found, strict=False):
                match = re.fullmatch(shape, ast.unparse(statement))
                if match is None:
                    raise self._strange(statement)
                if match.groups():
                    size = int(match[1]), int(match[2])
        if len(body) < len(FRAME) + len(END):
            raise _refusal(self._file, 0, "is not whole")
        for statement in middle:
            self._take(statement)
        if self._expected:
            raise _refusal(self._file, middle[-1].lineno, "ends in the middle of an element")
        return Code(*size, self._elements)

    def _strange(self, node: ast.stmt) -> UserError:
        return _refusal(self._file, node.lineno, f"{ast.unparse(node)[:60]!r} is not what a design becomes")

    def _take(self, node: ast.stmt) -> None:
        code = ast.unparse(node)
        if self._expected:
            self._follow(node, code)
        elif text := _text(node):
            self._elements.append(text)
        elif rect := RECT.fullmatch(code):
            x, y, right, bottom = (float(rect[i]) for i in range(1, 5))
            self._elements.append(Element("rect", x, y, right - x, bottom - y, fill=rect[5]))
        elif photo := PHOTO.fullmatch(code):
            kind, number = photo[1], photo[2]
            steps = {"button": ("button", "placed"), "image": ("picture",), "entry": ("picture", "entry", "placed")}
            if kind not in steps:
                raise self._strange(node)
            self._expected = [(step, number) for step in steps[kind]]
        else:
            raise self._strange(node)

    def _follow(self, node: ast.stmt, code: str) -> None:
        """Take the next statement of an element of several."""
        step, number = self._expected.pop(0)
        if step == "placed":
            match, at = PLACED.fullmatch(code), 2
        else:
            match, at = {"button": BUTTON, "picture": PICTURE, "entry": ENTRY}[step].fullmatch(code), 1
        if match is None or match[at] != number:
            raise self._strange(node)
        if step == "placed":
            kind = "button" if match[1] == "button" else "field"
            more = 0 if kind == "button" else 2  # an entry is made two units lower than its frame
            x, y, w, h = (float(match[i]) for i in range(3, 7))
            self._elements.append(Element(kind, x, y, w, h + more))
        elif step == "picture" and match[4] == "image":
            self._elements.append(Element("image", float(match[2]), float(match[3])))


def _text(node: ast.stmt) -> Element | None:
    """Return the text that `canvas.create_text(x, y, anchor="nw", text=, fill=, font=(name, size * -1))` draws."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "canvas.create_text" or len(call.args) != 2:
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if list(named) != ["anchor", "text", "fill", "font"]:
        return None
    values = [getattr(value, "value", None) for value in (*call.args, named["anchor"], named["text"], named["fill"])]
    x, y, anchor, text, fill = values
    size = re.fullmatch(r"\('(?:Inter|Roboto)', (\d+) \* -1\)", ast.unparse(named["font"]))
    if not isinstance(x, NUMBER) or not isinstance(y, NUMBER) or anchor != "nw" or size is None:
        return None
    if not isinstance(text, str) or not isinstance(fill, str):
        return None
    return Element("text", float(x), float(y), text=text, fill=fill, size=int(size[1]))
