"""Fonts of our own: cut once from the variable fonts, loaded for this process only, installed nowhere."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import tkinter.font
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

from genesis.shell.kit.safe import safe_text

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

log = logging.getLogger(__name__)

CUT = 1  # raise it when `_cut` writes other bytes


class Face(NamedTuple):
    """A variable font in an installed package, and the axes that are fixed beside the weight."""

    module: str
    file: str
    axes: dict[str, float]


FACES = {
    "ui": Face("fontpkg_inter", "Inter[opsz,wght].ttf", {"opsz": 14}),
    "num": Face("fontpkg_roboto", "Roboto[wdth,wght].ttf", {"wdth": 100}),  # its figures are tabular, Inter's not
}
FALLBACK_FILES = (
    ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
)
FALLBACKS = ("Inter", "Roboto", "Noto Sans", "Segoe UI", "DejaVu Sans")


class Style(NamedTuple):
    """A text style: face, size in dp, weight."""

    face: str
    size: int
    weight: int


STYLES = {
    "tiny": Style("ui", 11, 500),
    "cap": Style("ui", 11, 600),
    "small": Style("ui", 13, 400),
    "small_medium": Style("ui", 13, 500),
    "label": Style("ui", 12, 500),
    "body": Style("ui", 14, 400),
    "body_medium": Style("ui", 14, 500),
    "name": Style("ui", 15, 500),
    "strong": Style("ui", 15, 600),
    "input": Style("ui", 16, 400),
    "heading": Style("ui", 18, 600),
    "heading_big": Style("ui", 21, 600),
    "small_cap": Style("ui", 13, 600),
    "title": Style("ui", 20, 600),
    "logo": Style("ui", 22, 600),
    "hero": Style("ui", 26, 600),
    "num_tiny": Style("num", 12, 500),
    "num_small": Style("num", 13, 500),
    "num": Style("num", 15, 500),
    "num_strong": Style("num", 16, 700),
    "price": Style("ui", 16, 600),
    "count": Style("num", 16, 600),
    "clock": Style("num", 18, 600),
    "key": Style("num", 30, 600),
    "due": Style("num", 28, 700),
    "total": Style("num", 30, 700),
    "display": Style("num", 56, 700),
    "paper": Style("num", 14, 400),
    "paper_small": Style("num", 13, 400),
    "paper_bold": Style("num", 14, 700),
}
# What a till in Latin, Greek or Cyrillic writing prints; other writing comes from the fallback fonts.
_RANGES = ((0x20, 0x250), (0x370, 0x530), (0x1E00, 0x2070), (0x20A0, 0x20C2), (0x2100, 0x2300))


_loaded: set[Path] = set()  # what this process has told fontconfig of


def style_of(name: str) -> Style:
    """Return a style by its name, or what "ui 600 18" (face, weight, size) says."""
    if name in STYLES:
        return STYLES[name]
    face, weight, size = name.split()
    return Style(face, int(size), int(weight))


def weights() -> set[tuple[str, int]]:
    """Return every (face, weight) that the styles use."""
    return {(style.face, style.weight) for style in STYLES.values()}


def family(face: str, weight: int) -> str:
    """Return the family name that a cut carries; each weight is its own family, as Tk knows only two weights."""
    return f"Genesis {face} {weight}"


def prepare(folder: Path | None = None, wanted: set[tuple[str, int]] | None = None) -> list[Path]:
    """Return the files of the wanted (face, weight) pairs, cutting the missing ones (half a second each, once).

    wanted: all that the styles use by default. A face whose package is not installed is left out: the
    fallback fonts serve.
    """
    folder = folder or Path(platformdirs.user_cache_dir("genesis-pos")) / f"fonts-{CUT}"
    files = []
    for face, weight in sorted(weights() if wanted is None else wanted):
        target = folder / f"{face}-{weight}.ttf"
        try:
            if not target.exists():
                folder.mkdir(parents=True, exist_ok=True)
                _cut(FACES[face], weight, family(face, weight), target)
            files.append(target)
        except (ImportError, OSError) as missing:
            log.warning("font %s %s is not available (%s); a system font is used", face, weight, missing)
    return files + [path for module, name in FALLBACK_FILES if (path := _package_file(module, name))]


def load_private(files: list[Path]) -> None:
    """Make the files known to this process alone; must run before the first Tk window."""
    if sys.platform == "win32":
        for path in files:
            ctypes.windll.gdi32.AddFontResourceExW(str(path), 0x10, 0)  # FR_PRIVATE
        return
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError as missing:
        log.warning("fonts cannot be loaded (%s); system fonts are used", missing)
        return
    for path in files:
        if path not in _loaded:  # each one more makes every choice of a font slower
            fontconfig.FcConfigAppFontAddFile(None, os.fsencode(path))
            _loaded.add(path)


class Fonts:
    """The text styles at one scale, as named Tk fonts. sizes: style -> dp of the theme."""

    def __init__(self, root: tkinter.Misc, scale: float, sizes: dict[str, int]) -> None:
        self._root, self._scale, self._sizes = root, scale, sizes
        self._known = set(tkinter.font.families(root))
        self._fonts: dict[str, tkinter.font.Font] = {}
        self._widths: dict[tuple[str, str], int] = {}

    def __getitem__(self, style: str) -> tkinter.font.Font:
        font = self._fonts.get(style)
        if font is None:
            font = self._fonts[style] = self._make(style)
        return font

    def _make(self, style: str) -> tkinter.font.Font:
        face, size, weight = style_of(style)
        pixels = -max(round(self._sizes.get(style, size) * self._scale), 8)
        name = family(face, weight)
        if name in self._known:
            return tkinter.font.Font(self._root, family=name, size=pixels)
        name = next((f for f in FALLBACKS if f in self._known), "TkDefaultFont")
        return tkinter.font.Font(self._root, family=name, size=pixels, weight="bold" if weight >= 600 else "normal")

    def width(self, style: str, text: str) -> int:
        """Return the width of a text in pixels, as it is shown."""
        known = self._widths.get((style, text))
        if known is None:
            if len(self._widths) > 8_000:
                self._widths.clear()
            known = self._widths[style, text] = self[style].measure(safe_text(text))
        return known

    def fit(self, style: str, text: str, pixels: int) -> str:
        """Return the text, shortened with an ellipsis so that it is not wider than `pixels`."""
        if self.width(style, text) <= pixels:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self[style].measure(safe_text(text[:middle].rstrip() + "…")) <= pixels:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…"

    def wrap(self, style: str, text: str, pixels: int, lines: int) -> list[str]:
        """Break a text into at most `lines` lines at blanks; what is left over ends in an ellipsis."""
        out: list[str] = []
        for paragraph in text.split("\n"):
            rest = paragraph.split()
            while rest and len(out) < lines:
                count = 1
                while count < len(rest) and self.width(style, " ".join(rest[: count + 1])) <= pixels:
                    count += 1
                if len(out) == lines - 1:
                    count = len(rest)
                out.append(self.fit(style, " ".join(rest[:count]), pixels))
                rest = rest[count:]
        return out


def _package_file(module: str, name: str) -> Path | None:
    try:
        path = Path(str(import_module(module).ROOT)) / "files" / name
    except ImportError:
        return None
    return path if path.exists() else None


def _cut(face: Face, weight: int, name: str, target: Path) -> None:
    """Write one static weight without layout tables (Xft does no shaping) under a name of its own."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    source = _package_file(face.module, face.file)
    if source is None:
        raise ImportError(f"{face.module} is not installed")
    for noisy in ("fontTools.subset", "fontTools.varLib"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT", "MVAR", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in _RANGES for code in range(low, high)])
    with TTFont(source, lazy=True) as font:
        subsetter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight, **face.axes}, inplace=True)
        _rename(font, name)
        half = target.with_suffix(f".{os.getpid()}")
        font.save(half)
    half.replace(target)  # another process may be cutting the same file


def _rename(font: TTFont, name: str) -> None:
    """Make the cut a family of its own, in its plain style."""
    names = font["name"]
    names.names = [n for n in names.names if n.nameID not in {16, 17, 21, 22, 25}]
    for name_id, text in ((1, name), (2, "Regular"), (3, name), (4, name), (6, name.replace(" ", ""))):
        names.setName(text, name_id, 3, 1, 0x409)
        names.setName(text, name_id, 1, 0, 0)
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x21 | 0x40
    font["head"].macStyle = 0
