"""The main screens in every theme look as they were recorded: pixel by pixel where the same fonts draw, else no clipping.

After a wanted change: GENESIS_RECORD=1 python -m pytest tests/shell/test_recorded.py, and look at what was written.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tkinter import ttk

import pytest
from PIL import Image, ImageChops

from tests.shell.driver import Driver
from tests.shell.geometry import faults
from tests.shell.memory import MemoryTill
from tests.shell.scenes import scenes

FOLDER = Path(__file__).parent / "recorded"
LOST = Path(__file__).parents[2] / "build" / "screens" / "recorded"
MADE_WITH = FOLDER / "made_with.json"
MAIN = ("sell", "discount", "customer", "payment", "receipt", "return_lines")
COLOURS = 96  # of a recorded picture
NEAR, MOST = 24, 0.002  # a channel may differ by so much, and so large a share of the pixels by more


def drawn_with(driver: Driver) -> dict[str, object]:
    """Return what decides about pixels beside our own code: Tk, its fonts and their size."""
    kit, root = driver.window.kit, driver.window.root
    name = ctypes.util.find_library("freetype")
    version = [ctypes.c_int() for _ in range(3)]
    if name is not None:
        library, handle = ctypes.CDLL(name), ctypes.c_void_p()
        library.FT_Init_FreeType(ctypes.byref(handle))
        library.FT_Library_Version(handle, *map(ctypes.byref, version))
    styles = ("title", "body", "strong", "small", "num", "total", "display")
    return {
        "tk": str(root.tk.call("info", "patchlevel")),
        "dpi": round(root.winfo_fpixels("1i"), 1),
        "freetype": ".".join(str(part.value) for part in version),
        "fonts": {style: [kit.fonts[style].actual("family"), kit.fonts[style].measure("Wqg 0123")] for style in styles},
    }


def picture(driver: Driver) -> Image.Image:
    driver.settle()
    window = str(driver.window.root.winfo_id())
    png = subprocess.run(["import", "-window", window, "png:-"], capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(png)).convert("RGB")


def main_scenes(driver: Driver, till: MemoryTill) -> Iterator[str]:
    """Go through the scenes with what does not stand still held still: the clock and the cursor."""
    driver.desk.formats.clock = lambda at: "10:42"  # type: ignore[method-assign]  # noqa: ARG005
    ttk.Style(driver.window.root).configure("Genesis.TEntry", insertwidth=0)
    for scene in scenes(driver, till):
        if scene in MAIN:
            driver.settle(lambda: not getattr(driver.desk.top, "waiting", False))  # a list is whole
            yield scene
        if scene == MAIN[-1]:
            return


def differing(one: Image.Image, other: Image.Image) -> float:
    """Return which share of the pixels differs by more than a little."""
    if one.size != other.size:
        return 1.0
    worst = ImageChops.difference(one, other).point(lambda value: 255 if value > NEAR else 0).convert("L")
    return 1 - worst.histogram()[0] / (one.width * one.height)


@pytest.mark.parametrize("theme", ["daylight", "daylight_dark", "contrast", "bistro", "bistro_dark"])
def test_the_main_screens_look_as_recorded(window, till, theme):
    driver = window(theme=theme)
    made = json.loads(MADE_WITH.read_text(encoding="utf-8")) if MADE_WITH.exists() else {}
    same = drawn_with(driver) == made.get(theme)
    record = bool(os.environ.get("GENESIS_RECORD"))
    seen, wrong = [], []
    for scene in main_scenes(driver, till):
        seen.append(scene)
        path = FOLDER / f"{theme}-{scene}.png"
        if record:
            FOLDER.mkdir(exist_ok=True)
            MADE_WITH.write_text(json.dumps(made | {theme: drawn_with(driver)}, indent=1) + "\n", encoding="utf-8")
            shown = picture(driver).quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            shown.save(path, optimize=True)
        elif same:
            shown = picture(driver)
            with Image.open(path) as kept:
                share = differing(shown, kept.convert("RGB"))
            if share > MOST:
                LOST.mkdir(parents=True, exist_ok=True)
                shown.save(LOST / path.name)
                wrong.append(f"{path.name}: {share:.2%} of the pixels differ, see {LOST / path.name}")
        else:
            panes = [(name, pane) for name, pane in driver.panes() if pane.winfo_ismapped()]
            for name, pane in panes:
                wrong += faults(f"{scene}/{name}", pane, 48, scrolls=type(pane).__name__ == "LinesPane")
    assert seen == list(MAIN)
    assert not wrong, "\n".join(wrong)
    if not same and not record:
        pytest.skip(
            f"NO PICTURE WAS COMPARED, only the geometry: recorded with other fonts or another Tk ({MADE_WITH})"
        )
