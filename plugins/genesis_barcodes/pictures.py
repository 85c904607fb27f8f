"""Codes in pictures, for `genesis scan --image` and cameras: two readers, of which one checks the other."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from genesis import UserError
from genesis_barcodes.gtin import expand_upc_e

GS1 = "]C1", "]e0", "]d2", "]Q3", "]J1"  # symbology identifiers (ISO/IEC 15424) of codes that hold GS1 elements
MOST_PIXELS = 100_000_000
RETAIL = ("EAN13", "EAN8", "UPCA", "UPCE")
SHORT = ("EAN8", "UPCE")  # the lines of a long code, read askew, look like one of these
SCAN_LINES = 30  # of zbar that have to agree: below it, blurred codes come out with a digit changed
ITF_DIGITS = 14  # shorter ones, and Codabar, are read off parts of other codes
REMEDY = "install it with: pip install 'genesis-pos[barcodes]'"


class Reading(NamedTuple):
    """One code a reader found; text as a scanner sends it, EAN and UPC as 13 or 8 digits."""

    kind: str
    text: str


def codes_in(file: str) -> list[str]:
    """Return every code of a picture that was read for certain, from top to bottom and left to right.

    A GS1 code comes with its symbology identifier, as a scanner sends it. UserError where the file is no picture.
    """
    readers()
    return codes_of(_opened(Path(file), file), still=True)


def codes_in_frame(frame: bytes, most_side: int = 1_280) -> list[str]:
    """Return the codes of a camera's frame, a PNG or JPEG; UserError where it is none.

    A frame is followed by the next one, so it is read once, and a JPEG no larger than needed.
    """
    return codes_of(_opened(BytesIO(frame), "the frame", most_side), still=False)


def readers() -> list[str]:
    """Return the readers there are, zxing and zbar; UserError where not even the first is installed."""
    try:
        import zxingcpp  # noqa: F401
    except ImportError:
        raise UserError("pictures cannot be read here", REMEDY, "image") from None
    return ["zxing", "zbar"] if _zbar() else ["zxing"]


def codes_of(picture: Any, *, still: bool) -> list[str]:
    """Return the codes of a grey picture of Pillow.

    still: it is all there is, so where nothing is read it is tried again at twice the size, for EAN and UPC alone.
    """
    found = _agreed(_by_zxing(picture), _by_zbar(picture))
    if not found and still:
        large = picture.resize((picture.width * 2, picture.height * 2)) if _fits(picture, 4) else picture
        found = _agreed([r for r in _by_zxing(large) if r.kind in RETAIL], _by_zbar(large))
    return list(dict.fromkeys(found))


def _agreed(first: list[Reading], second: list[tuple[Reading, int]]) -> list[str]:
    """Return what zxing read and zbar does not gainsay; where zxing is silent, what zbar is sure of.

    A short code counts only where both read it, and so does each of several: one code can be read in two ways.
    """
    if not first:
        return [r.text for r, lines in second if r.kind not in SHORT and lines >= SCAN_LINES]
    other = {r.text for r, _lines in second}
    retail = {r.text for r in first if r.kind in RETAIL}
    alone = not other and len(retail) == 1
    return [r.text for r in first if r.text in other or r.kind not in RETAIL or (alone and r.kind not in SHORT)]


def _by_zxing(picture: Any) -> list[Reading]:
    import zxingcpp

    found = [result for result in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain) if result.valid]
    found.sort(key=lambda result: (result.position.top_left.y, result.position.top_left.x))
    read = [Reading(result.format.name, _as_scanned(result)) for result in found]
    return [r for r in read if r.kind != "Codabar" and (r.kind != "ITF" or len(r.text) == ITF_DIGITS)]


def _as_scanned(result: Any) -> str:
    name = str(result.symbology_identifier)
    return f"{name}{result.text}" if name in GS1 else str(result.text)


def _by_zbar(picture: Any) -> list[tuple[Reading, int]]:
    """Return what zbar reads of EAN and UPC, and how many lines through the picture agreed."""
    zbar = _zbar()
    if zbar is None:
        return []
    kinds = [zbar.ZBarSymbol[kind] for kind in RETAIL]
    return [(_retail(found.type, found.data.decode()), found.quality) for found in zbar.decode(picture, kinds)]


def _retail(kind: str, digits: str) -> Reading:
    whole = expand_upc_e(digits) or digits if kind == "UPCE" else digits
    return Reading(kind, whole if kind == "EAN8" else whole.zfill(13))


def _zbar() -> Any:
    """Return pyzbar; None where it or the system's libzbar is missing."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None
    return pyzbar


def _fits(picture: Any, times: int) -> bool:
    return bool(picture.width * picture.height * times <= MOST_PIXELS)


def _opened(source: Path | BytesIO, name: str, most_side: int = 0) -> Any:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(source) as picture:
            if not _fits(picture, 1):
                raise UserError(f"{name} is too large", "use a picture below 100 megapixels", "image")
            if most_side:
                picture.draft("L", (most_side, most_side))
            return picture.convert("L")
    except FileNotFoundError:
        raise UserError(f"there is no file {name}", "check its name", "image") from None
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise UserError(f"{name} is no picture that can be read", "use a PNG or JPEG", "image") from error
