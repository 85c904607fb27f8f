"""The faces of a PDF receipt: static cuts of the Noto fonts, kept in the cache, embedded by reportlab."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import arabic_reshaper
from bidi import get_display  # the module `algorithm` stops at a letter that Unicode has not given out
from platformdirs import user_cache_path
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

CUT = 2  # raise it when the cuts change
FACES = {
    "receipt": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", 400),
    "receipt-bold": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", 700),
    "receipt-arabic": ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", 400),
}


def face_file(name: str) -> Path:
    """Return the file of a face."""
    return _static(name, *FACES[name])


@cache
def register() -> dict[str, frozenset[int]]:
    """Make the faces known to reportlab; returns which characters each can show."""
    shown = {}
    for name in FACES:
        face = TTFont(name, str(face_file(name)))
        pdfmetrics.registerFont(face)
        shown[name] = frozenset(face.face.charToGlyph)
    return shown


def _static(name: str, package: str, file: str, weight: int) -> Path:
    """Return the cut of a variable font, made once (reportlab embeds static fonts only)."""
    path = user_cache_path("genesis-pos", appauthor=False) / "fonts" / f"{name}-{weight}-{CUT}.ttf"
    if not path.exists():
        from fontTools.ttLib import TTFont as Font
        from fontTools.varLib.instancer import instantiateVariableFont

        face = instantiateVariableFont(Font(str(files(package) / "files" / file)), {"wght": weight, "wdth": 100})
        for record in (1, 4, 6):  # reportlab tells faces apart by their names
            face["name"].removeNames(nameID=record)
            face["name"].setName(f"Genesis-{name}", record, 3, 1, 0x409)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        face.save(fresh)
        fresh.replace(path)
    return path


@lru_cache(4096)
def runs(text: str, bold: bool) -> tuple[tuple[str, str], ...]:
    """Return (face, part) of a text in the order it is drawn; what no face can show becomes a box."""
    shown = register()
    if any("\u0590" <= c <= "\u08ff" for c in text):
        text = str(get_display(arabic_reshaper.reshape(text)))
    first = "receipt-bold" if bold else "receipt"
    found: list[tuple[str, str]] = []
    for character in text:
        code = ord(character)
        face = first if code in shown[first] else "receipt-arabic" if code in shown["receipt-arabic"] else ""
        part = character if face else "\u25a1" if 0x25A1 in shown[first] else "?"
        face = face or first
        if found and found[-1][0] == face:
            found[-1] = (face, found[-1][1] + part)
        else:
            found.append((face, part))
    return tuple(found)
